/** Conditions and gates on both databases: what crosses its line fires once, whatever is killed when. */
import { sql } from 'drizzle-orm'
import pino from 'pino'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { samplesOf } from '#db/queries/conditions.ts'
import { list as evaluationsOf } from '#db/queries/evaluations.ts'
import type { Store } from '#db/store.ts'
import { raw } from '#db/testing/raw.ts'
import { stores } from '#db/testing/stores.ts'
import { type Clock, minutes, seconds } from '../clock.ts'
import type { LookAt } from '../conditions/looking.ts'
import type { NewTriggerInput } from '../contract/trigger.ts'
import { createOccur } from './occurring.ts'
import { lookAt, seen } from './testing/scripted.ts'
import { ADA, goneAfter, type World } from './testing/world.ts'
import { worlds } from './testing/worlds.ts'
import { createWatching, nextCheckOf } from './watching.ts'

const allAreDue = raw(sql`update condition_states set next_check_at = 1 where next_check_at is not null`)
const quiet = pino({ level: 'silent' })
const occurOn = (store: Store, clock: Clock) =>
  createOccur({ store, clock, hint() {}, lookAtQueue() {}, async lookForStops() {}, look() {} })
const source = { kind: 'http', url: 'https://example.com/load', path: 'load', as: 'number' } as const
type Condition = NonNullable<NewTriggerInput['condition']>

describe.each(stores)('on $name', ({ open }) => {
  const on = worlds(open)
  let it: World
  beforeEach(async () => {
    Object.assign(seen, { value: 1, looks: 0, until: null })
    it = await on.open()
  })

  const watched = (condition: Partial<Condition> = {}, change: Partial<NewTriggerInput> = {}) =>
    it.schedule({
      ...{ name: 'Load', kind: 'condition', cronExpression: undefined, ...change },
      condition: { source, everySeconds: 60, when: { op: 'above', value: 90 }, ...condition },
    })
  /** So much time passes, and all that are on are due. */
  async function comes(ms: number) {
    it.clock.advance(ms)
    await it.store.atomically([allAreDue])
  }
  /** A look of each of the values, a minute apart. */
  async function looks(...values: (typeof seen.value)[]) {
    for (const value of values) {
      seen.value = value
      await comes(minutes(1))
      await it.engine.watching.tick()
    }
  }
  const fired = async (id: number) => (await it.history(id)).map((run) => run.occurrence)
  const state = async (id: number) => (await it.triggers.get(it.workspaceId, id)).condition?.state
  const verdicts = async (id: number) =>
    (await evaluationsOf(it.store, id, { limit: 50 })).reverse().map((row) => [row.verdict, row.count])
  const notices = async () =>
    (await it.feed()).filter(({ kind }) => kind === 'notice').map(({ text }) => text)
  const away = new Error('example.com answers 503.')

  test('a line that is crossed fires once, and again only after it came back', async () => {
    const { id } = await watched()
    await looks(1, 91, 95, 91, 50, 99)
    expect(await fired(id)).toEqual(['condition:1', 'condition:2'])
    expect(await verdicts(id)).toEqual([
      ['not_true', 1],
      ['fired', 1],
      ['filtered', 2],
      ['not_true', 1],
      ['fired', 1],
    ])
    expect(await state(id)).toMatchObject({ state: 'true', lastValue: 99, crossings: 2, lastError: null })
    const samples = await samplesOf(it.store, id, { from: null, to: null, limit: 10 })
    expect(samples.map(({ value, state }) => [value, state]).reverse()).toEqual([
      ['1', 'false'],
      ['91', 'true'],
      ['95', 'true'],
      ['91', 'true'],
      ['50', 'false'],
      ['99', 'true'],
    ])
  })

  test('the agent is told what it was and what it was before', async () => {
    const { id } = await watched()
    await looks(1, 91)
    const [run] = await it.history(id)
    const { event } = await it.executions.get(it.workspaceId, run?.id ?? 0)
    expect(event).toMatchObject({
      type: 'condition.crossed',
      actor: { kind: 'source', name: 'Load' },
      data: { value: 91, previous: 1, op: 'above', line: 90, crossing: 1 },
    })
  })

  test('a figure of the workspace itself does not come from outside', async () => {
    const figure = { kind: 'workspace', measure: 'failures', windowSeconds: 3600 } as const
    const { id } = await watched({ source: figure })
    await looks(1, 91)
    const [run] = await it.history(id)
    const { event } = await it.executions.get(it.workspaceId, run?.id ?? 0)
    expect(event).toMatchObject({ type: 'condition.crossed', actor: { kind: 'system' } })
  })

  test('what must hold for a while survives a restart in the middle, and a server that was away does not count', async () => {
    const { id } = await watched({ forSeconds: 180 })
    await looks(1, 91, 91)
    on.kill(it)
    it = await on.again(it)
    await looks(91)
    expect([await fired(id), (await state(id))?.state]).toEqual([[], 'pending'])
    await looks(91)
    expect(await fired(id)).toEqual(['condition:1'])

    await looks(1, 91, 91)
    on.kill(it)
    it.clock.advance(minutes(30))
    it = await on.again(it)
    await looks(91, 91)
    expect((await state(id))?.state).toBe('pending')
    await looks(91)
    expect(await fired(id)).toEqual(['condition:1', 'condition:2'])
  })

  test('edits of other fields keep what is known; another line or source begins anew, and says so', async () => {
    const { id } = await watched({ forSeconds: 120 })
    await looks(1, 91)
    const edit = (condition: Partial<Condition>) =>
      it.triggers.change(
        it.workspaceId,
        id,
        { condition: { ...parsed, ...condition } as never, name: 'Load of the shop' },
        ADA,
      )
    const { condition } = await it.triggers.get(it.workspaceId, id)
    const { state: _, ...parsed } = condition ?? ({} as never)
    const pendingSince = (await state(id))?.pendingSince
    expect((await edit({ cooldownSeconds: 60 })).condition?.state).toMatchObject({
      ...{ state: 'pending', pendingSince },
    })
    const changed = await edit({ when: { op: 'above', value: 95 } })
    expect(changed.condition?.state).toMatchObject({ state: 'unknown', lastValue: null, reset: true })
    await looks(99)
    expect((await state(id))?.reset).toBeUndefined()
    expect(await fired(id)).toEqual([])
  })

  test('checks that fail keep the state; five in a row are told once, and that it is well again', async () => {
    const { id } = await watched()
    await looks(1, 91, away, away, away, away)
    expect([await state(id), await notices()]).toMatchObject([
      { state: 'true', lastError: 'example.com answers 503.', errorsInARow: 4 },
      [],
    ])
    await looks(away, away)
    expect(await it.triggers.get(it.workspaceId, id)).toMatchObject({
      health: 'unready',
      unready: 'Its last 5 checks failed. example.com answers 503.',
    })
    // Its agent is ready: that says nothing of what it watches.
    await it.engine.readiness.lasting({ ...(await it.trigger(id)), triggerId: id, triggerName: 'Load' }, true)
    expect((await it.triggers.get(it.workspaceId, id)).health).toBe('unready')
    await looks(92, 1)
    expect(await notices()).toEqual([
      '**Load** cannot be checked: example.com answers 503. It does not fire until this is fixed.',
      '**Load** can be checked again.',
    ])
    expect((await it.triggers.get(it.workspaceId, id)).unready).toBeNull()
    expect(await fired(id)).toEqual(['condition:1'])
    expect((await verdicts(id)).at(-3)).toEqual(['error', 6])
  })

  test('what is off is not looked at; switched on again, it is', async () => {
    const { id } = await watched()
    await looks(1)
    await it.triggers.toggle(it.workspaceId, id, { enabled: false }, ADA)
    const before = seen.looks
    await looks(91, 91)
    expect(seen.looks).toBe(before)
    await it.triggers.toggle(it.workspaceId, id, { enabled: true }, ADA)
    await looks(91)
    expect(await fired(id)).toEqual(['condition:1'])
  })

  test('several servers look once, and one that died is followed by another', async () => {
    const ids = (await Promise.all(Array.from({ length: 8 }, () => watched()))).map(({ id }) => id)
    const other = await on.again(it, { shared: true })
    await comes(minutes(1))
    await Promise.all([it.engine.watching.tick(), other.engine.watching.tick()])
    expect(seen.looks).toBe(ids.length)

    seen.until = new Promise(() => {})
    await comes(minutes(1))
    void it.engine.watching.tick()
    await it.until(() => seen.looks === 2 * ids.length)
    on.kill(it)
    Object.assign(seen, { until: null, value: 91 })
    it = other
    it.clock.advance(minutes(2))
    await it.engine.watching.tick()
    for (const id of ids) expect(await fired(id)).toEqual(['condition:1'])
  })

  test('a workspace full of what hangs holds no other up', async () => {
    await Promise.all(Array.from({ length: 20 }, () => watched()))
    const { q, t } = it.store
    const [elsewhere] = await q
      .insert(t.workspaces)
      .values({ name: 'b', slug: 'b', createdAt: 0 })
      .returning()
    const [trigger] = await q.select().from(t.triggers)
    const { id: _, workspaceId: __, ...config } = trigger as NonNullable<typeof trigger>
    const made = await q
      .insert(t.triggers)
      .values({ ...config, workspaceId: elsewhere?.id ?? 0 })
      .returning()
    await it.store.atomically([allAreDue])
    const { store, clock, workspaceId } = it
    const looked: number[] = []
    const hangs = Promise.withResolvers<never>()
    hangs.promise.catch(() => {})
    const lookAt: LookAt = async (_, whose) => {
      looked.push(whose.triggerId ?? 0)
      if (whose.workspaceId === workspaceId) await hangs.promise
      return { kind: 'read', reading: { value: 1 } }
    }
    const watching = createWatching({
      store,
      clock,
      log: quiet,
      lookAt,
      occur: occurOn(store, clock),
      hint() {},
    })
    watching.start()
    await it.until(() => looked.length === 13)
    expect(looked).toContain(made[0]?.id)
    // And again, beside all that still hang.
    clock.advance(minutes(1))
    await it.store.atomically([allAreDue])
    watching.look()
    await it.until(() => looked.filter((id) => id === made[0]?.id).length === 2)
    expect(looked.filter((id) => id !== made[0]?.id)).toHaveLength(12)
    hangs.reject(new Error('It was let go.'))
    await watching.stop()
  })

  test('killed anywhere between look and firing, a crossing fires once', { timeout: 60_000 }, async () => {
    const { id } = await watched()
    await looks(1)
    for (let kill = 0; kill < 200; kill++) {
      const value = kill % 2 === 0 ? 91 : 1
      seen.value = value
      await comes(minutes(2))
      const dying = goneAfter(Math.floor(kill / 2) % 4, it.store)
      const { clock } = it
      const watching = createWatching({
        ...{ store: dying, clock, log: quiet, lookAt, occur: occurOn(dying, clock), hint() {} },
      })
      await watching.tick().catch(() => {})
      await watching.stop()
      it.clock.advance(minutes(2))
      await it.engine.watching.tick()
    }
    const all = await fired(id)
    expect(all).toEqual(Array.from({ length: 100 }, (_, n) => `condition:${n + 1}`))
    expect((await state(id))?.crossings).toBe(100)
  })

  test('a check by hand says what it would come to, and changes nothing', async () => {
    const { id } = await watched()
    await looks(1)
    const before = await state(id)
    seen.value = 95
    expect(await it.watching.check(it.workspaceId, id)).toEqual({
      ...{ value: 95, state: 'true', wouldFire: true, error: null },
    })
    seen.value = away
    expect(await it.watching.check(it.workspaceId, id)).toEqual({
      ...{ value: null, state: 'false', wouldFire: false, error: away.message },
    })
    expect([await state(id), await fired(id)]).toEqual([before, []])
    const clockwork = await it.schedule()
    await expect(it.watching.check(it.workspaceId, clockwork.id)).rejects.toThrow('watches no value')
  })
})

describe.each(stores)('a gate on $name', ({ open }) => {
  const on = worlds(open)
  let it: World
  beforeEach(async () => {
    Object.assign(seen, { value: 1, looks: 0, until: null })
    it = await on.begin()
  })
  const onlyIf = { source, op: 'above', value: 90 } as const
  const history = async () => (await it.history()).map((run) => [run.status, run.reasonCode, run.reason])

  test('keeps a run from beginning, with the value, and no agent is asked', async () => {
    const { id } = await it.schedule({ onlyIf })
    await it.at('2026-03-01T09:00:00Z')
    await it.settled(1)
    await it.at('2026-03-02T09:00:00Z')
    await it.settled(2)
    const skipped = ['skipped', 'condition', 'It runs only if the value is above 90; it is 1.']
    expect(await history()).toEqual([skipped, skipped])
    expect((await evaluationsOf(it.store, id, { limit: 9 })).map((row) => [row.verdict, row.count])).toEqual([
      ['not_true', 2],
    ])
    seen.value = 91
    await it.at('2026-03-03T09:00:00Z')
    await it.settled(3)
    expect((await it.history()).at(-1)?.status).toBe('success')
    expect(seen.looks).toBe(3)
  })

  test('that cannot be looked at lets it run, and that is noted', async () => {
    const { id } = await it.schedule({ onlyIf })
    seen.value = new Error('example.com answers 503.')
    await it.at('2026-03-01T09:00:00Z')
    await it.settled(1)
    expect((await it.history())[0]?.status).toBe('success')
    const note = 'Whether it should run could not be looked at, so it does: example.com answers 503.'
    const [row] = await evaluationsOf(it.store, id, { limit: 9 })
    expect([row?.verdict, row?.reason]).toEqual(['error', note])
    const run = await it.executions.get(it.workspaceId, (await it.history())[0]?.id ?? 0)
    expect(run.steps.map(({ text }) => text)).toEqual([note, 'begins to succeed'])
  })

  test('of which the look breaks off lets it run, and that is noted', async () => {
    seen.of = () => {
      throw new Error('a bug')
    }
    onTestFinished(() => {
      seen.of = null
    })
    const { id } = await it.schedule({ onlyIf })
    await it.at('2026-03-01T09:00:00Z')
    await it.settled(1)
    const note = 'Whether it should run could not be looked at, so it does: the look broke off.'
    expect((await evaluationsOf(it.store, id, { limit: 9 })).map((row) => [row.verdict, row.reason])).toEqual(
      [['error', note]],
    )
    const run = await it.executions.get(it.workspaceId, (await it.history())[0]?.id ?? 0)
    expect([run.status, run.steps[0]?.text]).toEqual(['success', note])
  })

  test('does not keep a person from running it', async () => {
    const { id } = await it.schedule({ onlyIf })
    await it.triggers.runNow(it.workspaceId, id, {}, ADA)
    await it.settled(1)
    expect([(await it.history())[0]?.status, seen.looks]).toEqual(['success', 0])
  })

  test('that takes its time holds nobody else up', async () => {
    const gate = Promise.withResolvers<void>()
    seen.until = gate.promise
    await it.schedule({ name: 'Gated', onlyIf })
    const other = await it.schedule({ name: 'Other' })
    await it.at('2026-03-01T09:00:00Z')
    await it.settled(1, other.id)
    seen.value = 99
    gate.resolve()
    await it.settled(2)
    expect((await it.history()).map((run) => run.status)).toEqual(['success', 'success'])
  })
})

test('looks of many that were made at once are spread over their interval, and each keeps to its own instant', () => {
  const now = new Date('2026-03-01T09:00:00Z')
  const first = Array.from({ length: 300 }, (_, id) => nextCheckOf(id + 1, 300, now) - now.getTime())
  const tenths = Map.groupBy(first, (ms) => Math.floor((ms - seconds(150)) / seconds(30)))
  expect([...tenths.keys()].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  for (const group of tenths.values()) expect(group.length).toBeGreaterThan(10)
  const at = nextCheckOf(7, 300, now)
  expect(nextCheckOf(7, 300, new Date(at + 900))).toBe(at + seconds(300))
})
