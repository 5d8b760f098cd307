/** Starts one real PostgreSQL for a run of the tests, and ends it with the run. */
import type { TestProject } from 'vitest/node'
import { startPostgres } from './postgres-server.ts'

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres()
  project.provide('postgres', server.url)
  return server.stop
}

declare module 'vitest' {
  interface ProvidedContext {
    postgres: string
  }
}
