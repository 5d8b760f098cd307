/** An empty database of its own for each test file, on the run's PostgreSQL. */
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'

export async function freshDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const server = inject('postgres')
  const name = `t_${randomUUID().replaceAll('-', '')}`
  const run = async (statement: string) => {
    const client = new pg.Client(`${server}/postgres`)
    await client.connect()
    await client.query(statement)
    await client.end()
  }
  await run(`create database ${name}`)
  return { url: `${server}/${name}`, drop: () => run(`drop database if exists ${name} with (force)`) }
}
