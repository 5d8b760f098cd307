/**
 * A backtest of conditions against life, on both databases: hundreds of all kinds look at the same things, and are
 * tried on what was recorded of it.
 */
import { sql } from 'drizzle-orm'
import { afterEach, describe, expect, test } from 'vitest'
import { raw } from '#db/testing/raw.ts'
import { stores } from '#db/testing/stores.ts'
import { hours, seconds } from '../clock.ts'
import type { ConditionSource } from '../contract/condition-trigger.ts'
import { NewTrigger } from '../contract/trigger.ts'
import type { Look } from '../conditions/state.ts'
import { configFrom } from '../verbs/editing.ts'
import { callingOff, type Choose, letStart, livedOn, random } from './testing/drafts.ts'
import { seen } from './testing/scripted.ts'
import { happens } from './testing/telling-facts.ts'
import type { World } from './testing/world.ts'
import { worlds } from './testing/worlds.ts'

const allAreDue = raw(sql`update condition_states set next_check_at = 1 where next_check_at is not null`)
const OVERLAPS = ['skip', 'buffer_one', 'buffer_all', 'cancel_other', 'allow_all'] as const
const number = { kind: 'http', url: 'https://example.com/load', path: 'load', as: 'number' } as const
const text = { kind: 'page', url: 'https://example.com/' } as const
/** Of a long text only the beginning is kept: that tells whether it has changed, and no more. */
const long = { kind: 'page', url: 'https://example.com/long' } as const
const feed = { kind: 'feed', url: 'https://example.com/feed' } as const

function watching(pick: Choose) {
  const line = 20 + pick(60)
  const spans = { stale: 30 + pick(300) }
  const any = [
    { source: number, when: { op: 'above', value: line, ...(pick(2) && { clear: line - 10 }) } },
    { source: number, when: { op: 'below', value: line, ...(pick(2) && { clear: line + 10 }) } },
    { source: number, when: { op: 'changes_by', value: 1 + pick(50) } },
    { source: text, when: { op: pick(2) ? 'equals' : 'not_equals', value: 'open' } },
    { source: text, when: { op: 'matches', value: '^o' } },
    { source: pick(2) ? text : long, when: { op: 'changes' } },
    { source: pick(2) ? long : feed, when: { op: 'stale', value: spans.stale } },
    { source: feed, when: { op: pick(2) ? 'new_items' : 'changes' } },
  ] as const
  return any[pick(any.length)] ?? any[0]
}

const CALLING = { types: ['custom.a', 'custom.b'], path: 'data.n', lane: 'data.value' }

function draft(pick: Choose) {
  const some = <T>(chance: number, it: T) => (pick(100) < chance ? it : undefined)
  const what = watching(pick)
  const overlap = OVERLAPS[pick(OVERLAPS.length)] ?? 'skip'
  const isTurn = ['changes', 'changes_by', 'new_items'].includes(what.when.op)
  return NewTrigger.parse({
    ...{ name: 'Trial', agentId: 'test-agent', kind: 'condition', overlap, bufferLimit: 1 + pick(3) },
    condition: {
      ...what,
      everySeconds: 60 + pick(60),
      forSeconds: isTurn ? undefined : some(40, pick(300)),
      cooldownSeconds: some(40, pick(600)),
      onFirst: pick(2) ? 'arm' : 'fire',
    },
    throttle:
      overlap === 'cancel_other'
        ? undefined
        : some(30, { count: 1 + pick(2), perSeconds: 20 + pick(200), excess: pick(2) ? 'defer' : 'skip' }),
    maxExecutions: some(25, 1 + pick(3)),
    cancelOn: some(30, callingOff(pick, CALLING)),
  })
}

/** What all of them see at one moment. */
function views(pick: Choose, step: number): (source: ConditionSource) => Look {
  const isAway = pick(8) === 0
  const [load, word, end] = [pick(100), ['open', 'closed', 'over'][pick(3)] ?? 'open', pick(2)]
  const ids = Array.from({ length: 2 }, (_, n) => `item ${step - (step % 2) - n}`)
  return ({ kind, ...source }) => {
    if (isAway) return { kind: 'failed', error: 'example.com answers 503.' }
    if (kind === 'feed') return { kind: 'read', reading: { value: ids[0] ?? '', ids } }
    if (kind === 'http') return { kind: 'read', reading: { value: load } }
    const isLong = 'url' in source && source.url === long.url
    return { kind: 'read', reading: { value: isLong ? `${'x'.repeat(600)}${end}` : word } }
  }
}

const STEPS = 12

describe.each(stores)('on $name', ({ open, name }) => {
  const on = worlds(open)
  const count = name === 'SQLite' ? 200 : 15
  afterEach(() => {
    seen.of = null
  })

  async function made(it: World, drafts: NewTrigger[]): Promise<number[]> {
    const { q, t } = it.store
    const now = it.clock.now().getTime()
    const ids: number[] = []
    for (let i = 0; i < drafts.length; i += 100) {
      const rows = drafts.slice(i, i + 100).map((one) => ({
        ...configFrom(one),
        ...{ workspaceId: it.workspaceId, createdAt: now, updatedAt: now, hearsFrom: 0 },
      }))
      ids.push(
        ...(await q.insert(t.triggers).values(rows).returning({ id: t.triggers.id })).map((one) => one.id),
      )
    }
    return ids
  }
  test(`${count} conditions fire on what they would have fired on`, { timeout: 300_000 }, async () => {
    const it = await on.open()
    const pick = random(11)
    const drafts = Array.from({ length: count }, () => draft(pick))
    const ids = await made(it, drafts)
    const from = it.clock.now()
    for (let step = 0; step < STEPS; step++) {
      seen.of = views(pick, step)
      await it.engine.watching.tick()
      if (step % 2) await happens(it, [{ n: pick(10), value: pick(100) }], CALLING.types[pick(2)])
      await letStart(it, seconds(20 + pick(200)))
      // What has had all its runs is switched off.
      await it.engine.loop.tick()
      await it.store.atomically([allAreDue])
    }
    const to = it.clock.now()
    await letStart(it, hours(2))
    const lived = await livedOn(it.store)
    const differing: unknown[] = []
    for (const [n, trigger] of drafts.entries()) {
      const span = { from: from.toISOString(), to: to.toISOString(), assumeSeconds: hours(24) / 1000 }
      const { occurrences } = await it.simulating.run(it.workspaceId, { trigger, id: ids[n], ...span })
      const simulated = occurrences.map((one) => `${one.key} ${one.verdict}`).sort()
      const own = lived.get(ids[n] ?? 0) ?? []
      if (JSON.stringify(own) !== JSON.stringify(simulated))
        differing.push({ own, simulated, of: JSON.stringify(trigger) })
    }
    expect(differing.slice(0, 3)).toEqual([])
    expect([...lived.values()].flat().length).toBeGreaterThan(count)
  })
})
