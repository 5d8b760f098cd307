/**
 * Starts one real PostgreSQL for a run of the tests, and ends it with the run.
 *
 * Promise: the run ends with 1 where a test has failed.
 */
import type { TestProject } from 'vitest/node'
import { startPostgres } from './postgres-server.ts'

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres()
  project.provide('postgres', server.url)
  return async () => {
    await server.stop()
    // Its package ends a process that has nothing left to do with 0, whatever code the process has set.
    process.prependOnceListener('beforeExit', () => process.exit())
  }
}

declare module 'vitest' {
  interface ProvidedContext {
    postgres: string
  }
}
