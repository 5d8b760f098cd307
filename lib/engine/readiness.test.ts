/** Whether schedules could run, on both databases: a lasting fault spends nothing, and is told once. */
import pino from 'pino'
import { beforeEach, describe, expect, test } from 'vitest'
import { remove as removeSecret, write as writeSecret } from '#db/queries/secrets.ts'
import type { Store } from '#db/store.ts'
import { stores } from '#db/testing/stores.ts'
import { minutes } from '../clock.ts'
import type { ReadinessCheck } from '../contract/readiness.ts'
import type { NewTriggerInput } from '../contract/trigger.ts'
import { createReadiness } from './readiness.ts'
import { broken } from './testing/scripted.ts'
import { ADA, goneAfter, type World } from './testing/world.ts'
import { worlds } from './testing/worlds.ts'

const FAILING: ReadinessCheck = {
  kind: 'model',
  name: 'small',
  state: 'failing',
  code: 'reauth_required',
  detail: 'The key is wrong.',
  remedy: null,
  expiresAt: null,
}

describe.each(stores)('on $name', ({ open }) => {
  const on = worlds(open)
  let it: World
  beforeEach(async () => {
    Object.assign(broken, { fault: null, probes: 0, until: null })
    it = await on.begin()
  })
  const asking = (change: Partial<NewTriggerInput> = {}) => it.schedule({ agentType: 'custom', ...change })
  const run = (id: number) => it.triggers.runNow(it.workspaceId, id, {}, ADA)
  const notices = async () =>
    (await it.feed()).filter(({ kind }) => kind === 'notice').map(({ text }) => text)
  const health = async (id: number) => (await it.triggers.get(it.workspaceId, id)).health

  test('a skill that is not ready is skipped, too; an agent of the product that reads no sources is not asked', async () => {
    broken.fault = 'The skill is under review.'
    await run((await asking({ agentType: 'imported' })).id)
    await run((await asking({ name: 'Other', agentType: 'system' })).id)
    await it.settled(2)
    expect((await it.history()).map((e) => [e.status, e.reasonCode])).toEqual([
      ['skipped', 'not_ready'],
      ['success', null],
    ])
  })

  test('a lasting fault skips its runs with the sentence, once told; mended, the next run goes on', async () => {
    const trigger = await asking({ overlap: 'allow_all' })
    broken.fault = 'The key is wrong.'
    await run(trigger.id)
    await run(trigger.id)
    await it.settled(2)
    expect((await it.history()).map((e) => [e.status, e.reasonCode, e.reason])).toEqual(
      Array(2).fill(['skipped', 'not_ready', 'The key is wrong.']),
    )
    expect(await it.triggers.get(it.workspaceId, trigger.id)).toMatchObject({
      health: 'unready',
      unready: 'The key is wrong.',
      consecutiveFailures: 0,
    })
    expect(await notices()).toEqual([
      '**Morning** is not ready: The key is wrong. Its runs are skipped until then.',
    ])
    broken.fault = null
    await run(trigger.id)
    await it.settled(3)
    expect((await it.history()).at(-1)?.status).toBe('success')
    expect(await health(trigger.id)).toBe('healthy')
    const told = (await it.events()).filter(({ type }) => type.startsWith('trigger:')).map(({ type }) => type)
    expect(told).toEqual(['trigger:unready', 'trigger:ready'])
  })

  test('a secret that a context names and that is gone skips the run, with the remedy, until it is entered', async () => {
    const at = { workspaceId: it.workspaceId, name: 'TOKEN' }
    const enter = () =>
      writeSecret(on.store, { ...at, value: 'x', by: 'ada', now: it.clock.now(), most: 500 })
    await enter()
    const context = { token: { secret: 'TOKEN' } }
    const trigger = await asking({ overlap: 'allow_all', context })
    await removeSecret(on.store, at.workspaceId, at.name)
    await run(trigger.id)
    await it.settled(1)
    const reason =
      'The secret TOKEN is not there, or cannot be opened here. An administrator enters it in the settings, under Secrets.'
    expect(await it.history()).toMatchObject([{ status: 'skipped', reasonCode: 'not_ready', reason }])
    expect(await health(trigger.id)).toBe('unready')
    await it.triggers.runNow(it.workspaceId, trigger.id, { context: { text: 'without it' } }, ADA)
    await it.settled(2)
    expect((await it.history()).at(-1)).toMatchObject({ status: 'success' })
    await enter()
    await run(trigger.id)
    await it.settled(3)
    expect((await it.history()).map(({ status }) => status)).toEqual(['skipped', 'success', 'success'])
  })

  test('the same fault in other words is told once', async () => {
    const trigger = await asking({ overlap: 'allow_all' })
    for (const n of [1, 2, 3]) {
      broken.fault = `It ended by itself: 09:00:0${n} no database.`
      await run(trigger.id)
      await it.settled(n)
    }
    expect(await notices()).toHaveLength(1)
    expect((await it.history()).map((e) => e.reason)).toContain('It ended by itself: 09:00:03 no database.')
  })

  test('a look that takes its time keeps nobody else from beginning, and its run begins when it is known', async () => {
    const slow = await asking({ name: 'Slow', overlap: 'allow_all' })
    const others = [await it.schedule({ name: 'Plain' }), await asking({ name: 'Other' })]
    broken.fault = 'The key is wrong.'
    await run(slow.id)
    await it.settled(1)
    let go = () => {}
    Object.assign(broken, {
      fault: null,
      until: new Promise<void>((resolve) => {
        go = resolve
      }),
    })
    for (let n = 0; n < 3; n++) await run(slow.id)
    for (const { id } of others) await run(id)
    await it.settled(3)
    const now = async () => (await it.history()).map((e) => [e.triggerName, e.status])
    expect(await now()).toEqual(
      expect.arrayContaining([
        ['Plain', 'success'],
        ['Other', 'success'],
        ['Slow', 'queued'],
      ]),
    )
    go()
    await it.settled(6)
    expect((await now()).filter(([name, status]) => name === 'Slow' && status === 'success')).toHaveLength(3)
  })

  test.each([0, 1, 2])(
    'a server that dies in transaction %i of it leaves the telling to the next look',
    async (n) => {
      const { id: triggerId } = await it.schedule()
      const at = {
        triggerId,
        triggerName: 'Morning',
        workspaceId: it.workspaceId,
        agentId: 'test-agent',
        agentType: 'custom',
        context: '{}',
      }
      const lookOf = (seen: Store) =>
        createReadiness({
          store: seen,
          clock: it.clock,
          log: pino({ level: 'silent' }),
          checks: async () => [FAILING],
          hint() {},
        })
      await lookOf(goneAfter(n, on.store))
        .lasting(at, false)
        .catch(() => {})
      expect(await health(triggerId)).toBe((await notices()).length === 0 ? 'new' : 'unready')
      await lookOf(on.store).lasting(at, false)
      expect(await health(triggerId)).toBe('unready')
      expect(await notices()).toHaveLength(1)
      expect((await it.events()).filter(({ type }) => type === 'trigger:unready')).toHaveLength(1)
    },
  )

  test('whose owner has left is told of, and runs all the same where somebody else asks for it', async () => {
    const trigger = await asking()
    await on.store.q.insert(on.store.t.user).values({
      ...{ id: 'ada', name: 'Ada', email: 'ada@x', emailVerified: true, disabled: true },
      ...{ createdAt: new Date(0), updatedAt: new Date(0) },
    })
    const ref = { ...(await it.trigger(trigger.id)), triggerId: trigger.id, triggerName: 'x' }
    expect((await it.engine.readiness.of(ref, false)).map(({ kind, state }) => [kind, state])).toEqual([
      ['role', 'failing'],
      ['model', 'ok'],
    ])
    await run(trigger.id)
    await it.settled(1)
    expect((await it.history())[0]?.status).toBe('success')
  })

  test('saved with a fault it says so at once, and the save is none the worse', async () => {
    broken.fault = 'No model is set up.'
    const trigger = await asking()
    await it.until(async () => (await health(trigger.id)) === 'unready')
    broken.fault = null
    await it.triggers.change(it.workspaceId, trigger.id, { name: 'Evening' }, ADA)
    await it.until(async () => (await health(trigger.id)) === 'new')
  })

  test('a quarter of an hour before its instant it is asked, once; of agents without a model nobody is', async () => {
    const trigger = await asking()
    await it.schedule()
    await it.until(() => broken.probes === 1)
    broken.fault = 'The key is wrong.'
    await it.at('2026-03-01T08:40:00Z')
    it.engine.readiness.ahead()
    expect(await health(trigger.id)).toBe('new')
    await it.at('2026-03-01T08:46:00Z')
    await it.until(async () => {
      it.engine.readiness.ahead()
      return (await health(trigger.id)) === 'unready'
    })
    expect(broken.probes).toBe(2)
    it.clock.advance(minutes(5))
    it.engine.readiness.ahead()
    await it.until(async () => (await notices()).length === 1)
    expect(broken.probes).toBe(2)
  })
})
