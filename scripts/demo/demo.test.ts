/** The demo: six days of it, lived through once and brought over to both databases. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as demo from '#db/queries/demo.ts'
import { openSqlite } from '#db/sqlite/index.ts'
import type { Store } from '#db/store.ts'
import { stores } from '#db/testing/stores.ts'
import { makeDemo, zoneThatChanged } from './making.ts'
import { leaveRoom } from './room.ts'
import { chance, saidBy } from './texts.ts'

const NOW = '2026-11-05T15:00:00Z'
const ADA = { id: 'ada', name: 'Ada', email: 'ada@example.com' }
/** As an installation has them that is in use. */
const TAKEN = { workspaces: 600, triggers: 700, executions: 900, messages: 800 }

let folder: string
let made: Store
let workspaceId: number
const progress: number[] = []
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'carillon-demo-test-'))
  const wanted = {
    folder,
    now: NOW,
    zone: 'America/New_York',
    person: ADA,
    slug: 'demo',
    taken: TAKEN,
    days: 6,
  }
  await leaveRoom(wanted)
  ;({ workspaceId } = await makeDemo(wanted, (it) => void progress.push(it)))
  made = await openSqlite({ file: join(folder, 'carillon.db') })
}, 300_000)
afterAll(async () => {
  await made.close()
  rmSync(folder, { recursive: true })
})

const runsOf = async (name: string) => {
  const { executions: it } = made.t
  return made.q.select().from(it).where(eq(it.triggerName, name)).orderBy(it.id)
}

test('its history is the engine’s: what ran, failed, was skipped and missed, and why', async () => {
  expect(progress.at(-1)).toBeGreaterThan(0.8)
  const digests = await runsOf('Morning digest')
  expect(digests.length).toBeGreaterThan(2)
  expect(digests.every((it) => it.status === 'success' && (it.tokensIn ?? 0) > 0 && (it.cost ?? 0) > 0)).toBe(
    true,
  )
  // The new deeds of the story came while it was told: its disk is full on none of these days.
  expect((await runsOf('Photo import')).map((it) => it.reasonCode)).toContain('overlap')
  const away = (await runsOf('Shop pages')).filter((it) => it.reasonCode === 'server_down' || it.isCatchup)
  expect(away.length).toBeGreaterThan(0)
  // The clocks went back at 2:00 on the first of November: 2:30 came once.
  const counts = (await runsOf('Nightly stock count')).map((it) =>
    new Date(it.scheduledFor ?? 0).toISOString(),
  )
  expect(counts).toContain('2026-11-01T07:30:00.000Z')
  expect(new Set(counts.map((it) => it.slice(0, 10))).size).toBe(counts.length)
})

test('everything rests when it is made, and nothing waits', async () => {
  const { triggers: it, executions: e } = made.t
  const clocked = await made.q.select().from(it).where(eq(it.workspaceId, workspaceId))
  expect(clocked.filter((one) => one.kind !== 'chat' && one.enabled)).toEqual([])
  expect(clocked.filter((one) => one.kind !== 'chat')).toHaveLength(12)
  expect(await made.q.$count(e, eq(e.status, 'queued'))).toBe(0)
  expect(await made.q.$count(e, eq(e.status, 'running'))).toBe(0)
})

describe.each(stores)('brought over to $name', ({ open }) => {
  let store: Store
  let close: () => Promise<void>
  let home: number
  beforeAll(async () => {
    ;({ store, close } = await open())
    const { user, workspaces } = store.t
    const now = new Date(NOW)
    await store.q.insert(user).values({ ...ADA, createdAt: now, updatedAt: now })
    const [row] = await store.q
      .insert(workspaces)
      .values({ name: 'Home', slug: 'home', createdAt: now.getTime() })
      .returning()
    home = row?.id as number
  })
  afterAll(() => close())

  test('it is seen when all of it is there, by whoever asked for it, and marked', async () => {
    await demo.copy(store, made, workspaceId)
    expect(await demo.find(store)).toBeNull()
    await demo.open(store, workspaceId, ADA.id, new Date(NOW))
    expect(await demo.find(store)).toEqual({ workspaceId, slug: 'demo' })
    for (const name of ['executions', 'messages', 'events', 'executionSteps'] as const)
      expect([name, await store.q.$count(store.t[name])]).toEqual([name, await made.q.$count(made.t[name])])
  })

  test('new rows have ids of their own, above those that came', async () => {
    const { messages: it } = store.t
    const taken = await demo.takenIds(store)
    const [row] = await store.q
      .insert(it)
      .values({
        ...{ workspaceId: home, kind: 'person', prompt: '', text: 'Hello', authorName: 'Ada' },
        ...{ createdAt: 0, updatedAt: 0 },
      })
      .returning()
    expect(row?.id).toBeGreaterThan(TAKEN.messages)
    expect(taken.messages).toBeGreaterThan(TAKEN.messages)
    expect(await demo.freeSlug(store)).toBe('demo-2')
  })

  test('taken away it leaves nothing, and everything else', async () => {
    await demo.remove(store)
    expect(await demo.find(store)).toBeNull()
    expect(await store.q.$count(store.t.executions)).toBe(0)
    expect(await store.q.$count(store.t.messages)).toBe(1)
    expect(await store.q.$count(store.t.workspaces)).toBe(1)
  })

  test('what a copy that broke off has left is swept away', async () => {
    await store.q.insert(store.t.workspaces).values({ name: 'Demo', slug: 'demo', demo: true, createdAt: 0 })
    expect(await demo.find(store)).toBeNull()
    await demo.sweep(store)
    expect(await store.q.$count(store.t.workspaces)).toBe(1)
  })
})

test('a zone whose clocks were changed in the span is found, where there is one', () => {
  const span = (from: string, to: string) => zoneThatChanged(new Date(from), new Date(to), 'Asia/Tokyo')
  expect(span('2026-10-20T00:00:00Z', '2026-11-19T00:00:00Z')).toBe('Europe/Berlin')
  expect(span('2026-07-01T00:00:00Z', '2026-07-31T00:00:00Z')).toBe('Asia/Tokyo')
})

test('the same day says the same', () => {
  const at = new Date(NOW)
  expect(saidBy('Inbox triage. …', at)).toEqual(saidBy('Inbox triage. …', at))
  expect(chance('a')).not.toBe(chance('b'))
})
