import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { world } from '../lib/engine/testing/world.ts'
import { getTableName, is, Table } from 'drizzle-orm'
import { copyToPostgres, LEFT, TABLES } from './copy-to-postgres.ts'
import * as tables from './tables/sqlite.ts'
import { openPostgres } from './postgres.ts'
import * as triggers from './queries/triggers.ts'
import * as executions from './queries/executions.ts'
import { setting } from './queries/upkeep.ts'
import { openSqlite } from './sqlite/index.ts'
import { freshDatabase } from './testing/fresh-database.ts'

let folder: string
let file: string
let database: Awaited<ReturnType<typeof freshDatabase>>
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'carillon-move-'))
  file = join(folder, 'carillon.db')
  database = await freshDatabase()
})
afterEach(async () => {
  rmSync(folder, { recursive: true })
  await database.drop()
})
const fingerprint = () => createHash('sha256').update(readFileSync(file)).digest('hex')

async function lived(): Promise<{ workspaceId: number }> {
  const store = await openSqlite({ file, exclusive: true })
  const it = await world(store)
  await it.start()
  await it.schedule({ name: 'Grüße 🔔', context: { text: 'NUL \u0000 inside' } })
  await it.at('2026-03-01T09:00:00Z')
  await it.settled(1)
  await it.stop()
  await store.q.insert(store.t.settings).values({ name: 'model_prices', value: '{"small":1}' })
  await store.close()
  return it
}

test('each table is moved, or is left by name', () => {
  const all = Object.values(tables).flatMap((it) => (is(it, Table) ? [getTableName(it)] : []))
  expect([...TABLES, ...LEFT].sort()).toEqual(all.sort())
})

test('everything arrives once, however often it is begun; the file stays as it was; new rows go on counting', async () => {
  const { workspaceId } = await lived()
  const before = fingerprint()
  const copied: Record<string, number> = {}
  await copyToPostgres(file, database.url, ({ table, rows }) => {
    copied[table] = rows
  })
  expect(copied).toMatchObject({
    workspaces: 1,
    triggers: 1,
    executions: 1,
    messages: 1,
    trigger_revisions: 1,
  })
  expect(fingerprint()).toBe(before)

  const store = await openPostgres({ url: database.url, connections: 2 })
  const [row] = await triggers.list(store, workspaceId, { after: 0, limit: 10 })
  expect(row).toMatchObject({ name: 'Grüße 🔔', enabled: true, successfulRuns: 1 })
  expect(await executions.list(store, workspaceId, {}, null, 10)).toMatchObject([{ status: 'success' }])
  expect(await setting(store, 'model_prices')).toBe('{"small":1}')
  const next = await triggers.create(
    store,
    workspaceId,
    { ...(row as triggers.TriggerRow), name: 'next' },
    'ada',
    new Date(),
  )
  expect(next.id).toBe((row?.id ?? 0) + 1)
  await store.close()
  await expect(copyToPostgres(file, database.url, () => {})).rejects.toThrow(
    'already holds a Carillon installation',
  )
})

test('a copy that broke off is finished by the next', async () => {
  await lived()
  await expect(
    copyToPostgres(file, database.url, ({ table }) => {
      if (table === 'triggers') throw new Error('the link broke')
    }),
  ).rejects.toThrow('the link broke')
  await copyToPostgres(file, database.url, () => {})
})

test('a running server keeps its file', async () => {
  const store = await openSqlite({ file, exclusive: true })
  await expect(copyToPostgres(file, database.url, () => {})).rejects.toThrow(
    'Another Carillon server already uses',
  )
  await store.close()
})
