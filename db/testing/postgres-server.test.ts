import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { expect, test } from 'vitest'
import { freshDatabase } from './fresh-database.ts'
import { clearAbandoned } from './postgres-server.ts'

async function ask(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

test('each fresh database is empty, its own, and of a real PostgreSQL', async () => {
  const [one, other] = [await freshDatabase(), await freshDatabase()]
  try {
    await ask(one.url, 'create table bells (name text)')
    const tables = `select tablename from pg_tables where schemaname = 'public'`
    expect(await ask(one.url, tables)).toEqual([{ tablename: 'bells' }])
    expect(await ask(other.url, tables)).toEqual([])
    const [version] = await ask(one.url, `select current_setting('server_version_num')::int as number`)
    expect(version?.number).toBeGreaterThanOrEqual(160_000)
  } finally {
    await Promise.all([one.drop(), other.drop()])
  }
  await expect(ask(one.url, 'select 1')).rejects.toThrow('does not exist')
})

test('what a killed run left is cleared; a living run, one that begins and other folders stay', () => {
  const folder = mkdtempSync(join(tmpdir(), 'carillon-test-'))
  const make = (name: string, owner?: number) => {
    mkdirSync(join(folder, name, 'data'), { recursive: true })
    if (owner !== undefined) writeFileSync(join(folder, name, 'owner.pid'), String(owner))
    return () => existsSync(join(folder, name))
  }
  try {
    const dead = spawnSync(process.execPath, ['--version']).pid
    const left = make('carillon-pg-left', dead)
    const stays = [make('carillon-pg-mine', process.pid), make('carillon-pg-begins'), make('another', dead)]
    clearAbandoned(folder)
    expect(left()).toBe(false)
    expect(stays.map((it) => it())).toEqual([true, true, true])
  } finally {
    rmSync(folder, { recursive: true })
  }
})
