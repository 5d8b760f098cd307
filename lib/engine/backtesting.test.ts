/**
 * A backtest against life, on both databases: a thousand triggers of all kinds are tried on the same events before and
 * while they hear them.
 */
import { describe, expect, test } from 'vitest'
import { following, recordFacts } from '#db/queries/facts.ts'
import { countEvents, lockWorkspaces } from '#db/queries/story.ts'
import { stores } from '#db/testing/stores.ts'
import { hours, seconds } from '../clock.ts'
import { configFrom } from '../verbs/editing.ts'
import { tryOnEvents } from './backtesting.ts'
import { factsIn } from './facts.ts'
import { type Choose, drafted, letStart, livedOn, random } from './testing/drafts.ts'
import type { World } from './testing/world.ts'
import { worlds } from './testing/worlds.ts'

const TYPES = ['custom.a', 'custom.b', 'custom.c'] as const
const CALLING = { types: TYPES, path: 'data.n', lane: 'data.lane' }

function draft(pick: Choose) {
  const event = {
    types: [pick(4) === 0 ? 'custom.*' : (TYPES[pick(3)] ?? 'custom.a')],
    ...(pick(100) < 40 && {
      filter: { path: 'data.n', op: pick(2) ? ('gt' as const) : ('lt' as const), value: pick(10) },
    }),
    maxDepth: 1 + pick(3),
  }
  return drafted(pick, { kind: 'event', event }, 'data.lane', CALLING)
}

const STEPS = 5
/** Those of a step happen at one instant. */
async function happens(it: World, pick: Choose): Promise<void> {
  const { workspaceId } = it
  const facts = Array.from({ length: 1 + pick(4) }, () => ({
    ...{ workspaceId, type: TYPES[pick(3)] ?? 'custom.a', occurredAt: it.clock.now() },
    actor: { kind: 'system', id: null, name: 'Shop' } as const,
    data: { n: pick(10), lane: pick(2) },
  }))
  await it.store.atomically([
    lockWorkspaces([workspaceId]),
    recordFacts(facts, it.clock.now()),
    countEvents([workspaceId]),
  ])
}

describe.each(stores)('on $name', ({ open, name }) => {
  const on = worlds(open)
  const count = name === 'SQLite' ? 1000 : 20

  test(`${count} triggers fire on what they would have fired on, and skip what they would have skipped`, async () => {
    const it = await on.open()
    const pick = random(7)
    const drafts = Array.from({ length: count }, () => draft(pick))
    const { q, t } = it.store
    const now = it.clock.now().getTime()
    const rows = drafts.map((one) => ({
      ...configFrom(one),
      ...{ workspaceId: it.workspaceId, createdAt: now, updatedAt: now, hearsFrom: 0 },
    }))
    const made: { id: number }[] = []
    for (let i = 0; i < rows.length; i += 100)
      made.push(
        ...(await q
          .insert(t.triggers)
          .values(rows.slice(i, i + 100))
          .returning({ id: t.triggers.id })),
      )
    const from = it.clock.now()
    for (let step = 0; step < STEPS; step++) {
      await happens(it, pick)
      await it.engine.matcher.catchUp()
      await letStart(it, seconds(1 + pick(40)))
      // What has had all its runs is switched off.
      await it.engine.loop.tick()
    }
    await letStart(it, hours(2))
    const lived = await livedOn(it.store)
    const events = (await following(it.store, it.workspaceId, { after: 0, limit: 1_000_000 })).flatMap(
      (row) => factsIn(row).map((event) => [event, new Date(row.at)] as const),
    )
    const differing: unknown[] = []
    for (const [n, trigger] of drafts.entries()) {
      const row = { ...configFrom(trigger), createdAt: from.getTime(), workspaceId: it.workspaceId }
      const trial = tryOnEvents(row, { lastsMs: hours(24), bufferLimit: trigger.bufferLimit, most: 10_000 })
      for (const [event, at] of events) trial.hear(event, at)
      const { occurrences } = trial
      const simulated = occurrences.map((one) => `${one.key} ${one.verdict}`).sort()
      const live = lived.get(made[n]?.id ?? 0) ?? []
      if (JSON.stringify(live) !== JSON.stringify(simulated))
        differing.push({ live, simulated, of: JSON.stringify(trigger) })
    }
    expect(differing.slice(0, 3)).toEqual([])
    expect(differing).toHaveLength(0)
    expect([...lived.values()].flat().length).toBeGreaterThan(count)
  })
})
