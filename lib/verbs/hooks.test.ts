/** Calls that come in on several servers, and on some that die meanwhile. On both databases. */
import { setImmediate as turn } from 'node:timers/promises'
import { eq } from 'drizzle-orm'
import pino from 'pino'
import { describe, expect, test } from 'vitest'
import { list as evaluations } from '#db/queries/evaluations.ts'
import { type CalledWebhook, type DeliveryRow, get, prune } from '#db/queries/webhooks.ts'
import type { Store } from '#db/store.ts'
import { stores } from '#db/testing/stores.ts'
import { days, hours, seconds } from '../clock.ts'
import { keepInOrder } from '../engine/upkeep.ts'
import { worlds } from '../engine/testing/worlds.ts'
import { dyingIn, seeded } from '../engine/testing/dying.ts'
import { ADA, type World, world } from '../engine/testing/world.ts'
import { WebhookConfig } from '../contract/webhook-trigger.ts'
import { carry } from './carrying.ts'
import { bind } from './deps.ts'
import * as hooks from './hooks.ts'
import { receivingOn } from './receiving.ts'
import * as webhooks from './webhooks.ts'

const KILLS = 200
/** How many transactions a call may take; one more kills nobody. */
const TRANSACTIONS = 2

const box = { close: (text: string) => text, open: (text: string) => text }
const TOKEN = /hooks\/([\w-]+)$/

function depsOf({ inner: store, clock, engine }: World) {
  return {
    ...{ store, clock, engine, box, ...receivingOn(store), baseUrl: 'http://localhost' },
    log: pino({ level: 'silent' }),
    isStopping: () => false,
    endings: { of: async () => null, close: () => {} },
  }
}
function verbsOf(it: World) {
  const deps = depsOf(it)
  return { ...bind(deps, hooks), webhooks: bind(deps, webhooks) }
}

async function madeIn(it: World, more: Parameters<World['schedule']>[0] = {}) {
  const verbs = verbsOf(it)
  const webhook = { scheme: 'token' as const }
  const trigger = await it.schedule({ kind: 'webhook', webhook, cronExpression: undefined, ...more })
  const { url, secret } = (await verbs.webhooks.opened(trigger)) as { url: string; secret: string }
  const hook = await verbs.at(TOKEN.exec(url)?.[1] as string)
  return { id: trigger.id, secret, hook, verbs }
}

const callOf = (secret: string, id: string, body = '{"order":7}') => ({
  headers: new Headers({ authorization: `Bearer ${secret}`, 'idempotency-key': id }),
  query: new URLSearchParams(),
  body: Buffer.from(body),
  remoteAddress: '192.0.2.1',
})

const SUBJECT = { headers: {}, query: {}, body: { order: 7 } }

describe.each(stores)('on $name', ({ open }) => {
  const on = worlds(open)

  test('one call on two servers at the same moment runs once, and both answer with it', async () => {
    const it = await on.open({ shared: true })
    const beside = await on.again(it, { shared: true })
    const { secret, hook, verbs } = await madeIn(it)
    for (const id of ['a', 'b', 'c', 'd']) {
      const answers = await Promise.all(
        [verbs, verbsOf(beside), verbs, verbsOf(beside)].map((server) =>
          server.receive(hook, callOf(secret, id)),
        ),
      )
      const run = (await it.history()).find(({ occurrence }) => occurrence === `webhook:${id}`)
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 202])
      expect(answers.map(({ answer }) => 'executionId' in answer && answer.executionId)).toEqual(
        Array(4).fill(run?.id),
      )
    }
    expect(await it.history()).toHaveLength(4)
  })

  test(`${KILLS} servers die while they take a call in: what was kept runs once, and the rest is sent again`, async () => {
    const it = await on.open()
    const { id: triggerId, secret, hook } = await madeIn(it)
    const numbers = seeded(7)
    const next = await on.again(it)
    const after = verbsOf(next)
    for (let n = 0; n < KILLS; n++) {
      const { store, died } = dyingIn(
        on.store,
        numbers.next().value % (TRANSACTIONS + 1),
        numbers.next().value % 7 > 2,
      )
      const dying = await world(store, { clock: it.clock, keep: true })
      const call = callOf(secret, `call-${n}`)
      await Promise.race([verbsOf(dying).receive(hook as CalledWebhook, call), died])
      dying.kill()
      it.clock.advance(seconds(31))
      if (n % 3 > 0) await after.carryLeftBehind()
      const again = await after.receive(hook, call)
      const runs = (await it.history(triggerId)).filter(
        ({ occurrence }) => occurrence === `webhook:call-${n}`,
      )
      expect([n, runs.length]).toEqual([n, 1])
      expect(again.answer).toMatchObject({ executionId: runs[0]?.id })
      expect(await after.webhooks.delivery(it.workspaceId, triggerId, `call-${n}`)).toMatchObject({
        verdict: 'accepted',
        executionId: runs[0]?.id,
      })
      await turn()
    }
    expect(await after.carryLeftBehind()).toBe(0)
  })

  test('what was left behind when its trigger was deleted ends without a run', async () => {
    const it = await on.open()
    const { id, secret, hook } = await madeIn(it)
    const { store, died } = dyingIn(on.store, 1, false)
    const dying = await world(store, { clock: it.clock, keep: true })
    await Promise.race([verbsOf(dying).receive(hook, callOf(secret, 'late')), died])
    await it.triggers.remove(it.workspaceId, id, { kind: 'person', id: 'ada', name: 'Ada' })
    it.clock.advance(seconds(31))
    expect(await verbsOf(it).carryLeftBehind()).toBe(1)
    expect(await verbsOf(it).carryLeftBehind()).toBe(0)
    expect(await it.history()).toEqual([])
  })

  test('calls that a schedule gathers are one run, each of them once', async () => {
    const it = await on.open()
    const { id, secret, hook, verbs } = await madeIn(it, { collect: { maxSeconds: 60, keep: 'all' } })
    const answers = []
    for (const key of ['a', 'b', 'a']) answers.push((await verbs.receive(hook, callOf(secret, key))).answer)
    const [run, ...others] = await it.history(id)
    expect(others).toEqual([])
    expect(answers).toEqual([
      { deliveryId: 'a', executionId: run?.id, verdict: 'collected' },
      { deliveryId: 'b', executionId: run?.id, verdict: 'collected' },
      { deliveryId: 'a', executionId: run?.id, verdict: 'duplicate' },
    ])
    expect(run).toMatchObject({ eventCount: 2 })
  })

  test.each(['all', 'last'] as const)(
    'a call that is carried by several at once is gathered once, and each hears of the same run (%s)',
    async (keep) => {
      const it = await on.open({ shared: true })
      const beside = await on.again(it, { shared: true })
      const { id, secret, hook, verbs } = await madeIn(it, { collect: { maxSeconds: 60, keep } })
      await verbs.receive(hook, callOf(secret, 'first'))
      const { store, died } = dyingIn(on.store, 1, false)
      const dying = await world(store, { clock: it.clock, keep: true })
      await Promise.race([verbsOf(dying).receive(hook, callOf(secret, 'twice')), died])
      const row = (await get(it.store, id, 'twice')) as DeliveryRow
      // Whoever has taken it in does not look at the row again: only its transaction can tell.
      const known = { config: WebhookConfig.parse({ scheme: 'token' }), subject: SUBJECT }
      const one = () => carry(depsOf(it), it.workspaceId, row, known)
      const two = () => carry(depsOf(beside), it.workspaceId, row)
      const heard = [...(await Promise.all([one(), two(), one()])), await one(), await two()]
      const [run, ...others] = await it.history(id)
      expect(others).toEqual([])
      expect(run).toMatchObject({ eventCount: 2 })
      expect(heard).toEqual(
        Array(5).fill({ deliveryId: 'twice', executionId: run?.id, verdict: 'collected' }),
      )
      expect((await evaluations(it.store, id, { limit: 50 })).map(({ deliveryId }) => deliveryId)).toEqual([
        'twice',
        'first',
      ])
      expect(await it.store.q.select().from(it.store.t.executionEvents)).toHaveLength(keep === 'all' ? 2 : 1)
    },
  )

  test('a call that is filtered by several at once leaves one trace', async () => {
    const it = await on.open({ shared: true })
    const filter = { path: 'body.order', op: 'gt', value: 100 } as const
    const { id, secret, hook } = await madeIn(it, { webhook: { scheme: 'token', filter } })
    const { store, died } = dyingIn(on.store, 1, false)
    const dying = await world(store, { clock: it.clock, keep: true })
    await Promise.race([verbsOf(dying).receive(hook, callOf(secret, 'small')), died])
    const row = (await get(it.store, id, 'small')) as DeliveryRow
    const known = { config: WebhookConfig.parse({ scheme: 'token', filter }), subject: SUBJECT }
    const one = () => carry(depsOf(it), it.workspaceId, row, known)
    expect([await one(), await one()]).toEqual(
      Array(2).fill({ deliveryId: 'small', executionId: null, verdict: 'filtered' }),
    )
    expect(await evaluations(it.store, id, { limit: 50 })).toMatchObject([{ count: 1 }])
  })

  test('one call that was left behind and cannot be carried stops none behind it', async () => {
    const it = await on.open()
    const { id, secret, hook } = await madeIn(it)
    for (const key of ['spoilt', 'whole']) {
      const { store, died } = dyingIn(on.store, 1, false)
      const dying = await world(store, { clock: it.clock, keep: true })
      await Promise.race([verbsOf(dying).receive(hook, callOf(secret, key)), died])
    }
    const { q, t } = it.store
    await q
      .update(t.webhookDeliveries)
      .set({ headers: 'spoilt' })
      .where(eq(t.webhookDeliveries.deliveryId, 'spoilt'))
    it.clock.advance(seconds(31))
    expect(await verbsOf(it).carryLeftBehind()).toBe(1)
    expect((await it.history(id)).map(({ occurrence }) => occurrence)).toEqual(['webhook:whole'])
  })

  test('a call outside the time of its schedule is told that it is filtered, and so is whoever sends it again', async () => {
    const it = await on.open()
    const { id, secret, hook, verbs } = await madeIn(it, { startsAt: '2026-03-02T08:00:00Z' })
    expect(await verbs.receive(hook, callOf(secret, 'early'))).toEqual({
      status: 200,
      answer: { deliveryId: 'early', executionId: null, verdict: 'filtered' },
    })
    expect(await verbs.webhooks.delivery(it.workspaceId, id, 'early')).toMatchObject({
      verdict: 'filtered',
      status: 200,
      reason: 'It begins at 2026-03-02T08:00:00.000Z.',
    })
    expect(await verbs.receive(hook, callOf(secret, 'early'))).toMatchObject({
      status: 200,
      answer: { executionId: null, verdict: 'duplicate' },
    })
  })

  test('whatever keeps a call from running that was accepted is told by its execution', async () => {
    const it = await on.open()
    const skips = await madeIn(it, { overlap: 'skip', context: { does: 'hang' } })
    const limited = await madeIn(it, { throttle: { count: 1, perSeconds: 60, excess: 'skip' } })
    for (const { id, secret, hook, verbs } of [skips, limited]) {
      await verbs.receive(hook, callOf(secret, 'a'))
      const { status, answer } = await verbs.receive(hook, callOf(secret, 'b'))
      const run = (await it.history(id)).find(({ occurrence }) => occurrence === 'webhook:b')
      expect([status, answer]).toEqual([202, { deliveryId: 'b', executionId: run?.id, verdict: 'accepted' }])
      expect(run?.status).toBe('skipped')
    }
  })

  test('a call whose schedule is deleted while it is taken in finds nothing there, and is in the log once', async () => {
    const it = await on.open()
    const { id, secret, hook, verbs } = await madeIn(it)
    await it.triggers.remove(it.workspaceId, id, { kind: 'person', id: 'ada', name: 'Ada' })
    await expect(verbs.receive(hook, callOf(secret, 'late'))).rejects.toMatchObject({
      problem: { status: 404 },
      isLogged: true,
    })
    expect(await get(it.store, id, 'late')).toMatchObject({ verdict: 'refused', status: 404 })
  })

  test('an id that was forgotten while its run was not runs no second time', async () => {
    const it = await on.open()
    const { id, secret, hook, verbs } = await madeIn(it)
    await verbs.receive(hook, callOf(secret, 'old'))
    const soon = new Date(it.clock.now().getTime() + 1)
    await prune(it.store, { bodiesBefore: soon, idsBefore: soon })
    const [run, ...others] = await it.history(id)
    expect(await verbs.receive(hook, callOf(secret, 'old'))).toEqual({
      status: 200,
      answer: { deliveryId: 'old', executionId: run?.id, verdict: 'duplicate' },
    })
    expect(others).toEqual([])
  })

  test('calls of a pause are made up for on request: counted first, each run once, by the filter of now', async () => {
    const it = await on.open()
    const { id, secret, hook, verbs } = await madeIn(it)
    const pause = (enabled: boolean) => it.triggers.toggle(it.workspaceId, id, { enabled }, ADA)
    await verbs.receive(hook, callOf(secret, 'before'))
    await pause(false)
    for (const [key, body] of [
      ['a', '{"order":7}'],
      ['b', '{"order":8}'],
      ['c', '{"order":900}'],
    ] as const) {
      it.clock.advance(seconds(1))
      await verbs.receive(hook, callOf(secret, key, body))
    }
    const to = it.clock.now().toISOString()
    await pause(true)
    const filter = { path: 'body.order', op: 'lt', value: 100 } as const
    await it.triggers.change(
      it.workspaceId,
      id,
      { kind: 'webhook', webhook: WebhookConfig.parse({ scheme: 'token', filter }) },
      ADA,
    )
    const range = { from: '2026-03-01T00:00:00Z', to }
    const instants = ['2026-03-01T08:00:01.000Z', '2026-03-01T08:00:02.000Z']
    const backfill = (dryRun = false) => it.triggers.backfill(it.workspaceId, id, { ...range, dryRun }, ADA)
    const none = { truncated: false, noLongerKept: 0, created: 0, alreadyThere: 0, daysOff: 0 }
    expect(await backfill(true)).toEqual({ ...none, instants })
    expect(await backfill()).toEqual({ ...none, instants, created: 2 })
    expect(await backfill()).toEqual({ ...none, instants, alreadyThere: 2 })
    const runs = (await it.history(id)).filter(({ kind }) => kind === 'backfill')
    expect(runs.map(({ occurrence }) => occurrence)).toEqual(['webhook:a', 'webhook:b'])
    const one = await it.executions.get(it.workspaceId, runs[0]?.id as number)
    expect(one).toMatchObject({ event: { type: 'webhook', data: { body: { order: 7 } } } })
    expect((await verbs.receive(hook, callOf(secret, 'a'))).answer).toEqual({
      deliveryId: 'a',
      executionId: runs[0]?.id,
      verdict: 'duplicate',
    })

    const soon = new Date(it.clock.now().getTime() + 1)
    await prune(it.store, { bodiesBefore: soon, idsBefore: new Date(0) })
    expect(await backfill()).toEqual({ ...none, instants: [], noLongerKept: 3 })
  })

  test('the log lists the newest first, by verdict and page by page, and forgets what it is to forget', async () => {
    const it = await on.open()
    const { id, secret, hook, verbs } = await madeIn(it)
    for (let n = 0; n < 5; n++) await verbs.receive(hook, callOf(secret, `call-${n}`))
    await verbs.receive(hook, callOf(secret, 'call-0'))
    await verbs.refused(hook, callOf('', ''), { status: 401, reason: 'no', bytes: 3 })
    const list = (query: { verdict?: 'accepted'; cursor?: string }) =>
      verbs.webhooks.deliveries(it.workspaceId, id, { limit: 2, ...query })
    const first = await list({})
    expect(first.deliveries.map(({ verdict }) => verdict)).toEqual(['refused', 'duplicate'])
    const second = await list({ cursor: first.nextCursor as string })
    expect(second.deliveries.map(({ deliveryId }) => deliveryId)).toEqual(['call-4', 'call-3'])
    const accepted = await list({ verdict: 'accepted', cursor: second.nextCursor as string })
    expect(accepted.deliveries.map(({ deliveryId }) => deliveryId)).toEqual(['call-2', 'call-1'])
    const binary = { ...callOf(secret, 'bytes'), body: Buffer.from([0xff, 0x00]) }
    await verbs.receive(hook, binary)
    expect(await verbs.webhooks.delivery(it.workspaceId, id, 'bytes')).toMatchObject({
      body: '/wA=',
      encoding: 'base64',
    })

    const soon = new Date(it.clock.now().getTime() + 1)
    await prune(it.store, { bodiesBefore: soon, idsBefore: new Date(soon.getTime() - days(83)) })
    const left = await verbs.webhooks.deliveries(it.workspaceId, id, { limit: 50 })
    expect(left.deliveries).toHaveLength(6)
    expect(left.deliveries.every(({ verdict }) => verdict === 'accepted')).toBe(true)
    await prune(it.store, { bodiesBefore: soon, idsBefore: soon })
    expect((await verbs.webhooks.deliveries(it.workspaceId, id, { limit: 50 })).deliveries).toEqual([])
  })

  test('a server that goes on forgets after a week what calls have said, and after 90 days their ids', async () => {
    const it = await on.open()
    const { id, secret, hook, verbs } = await madeIn(it)
    await verbs.receive(hook, callOf(secret, 'old'))
    const parts = { store: it.store, clock: it.clock, log: pino({ level: 'silent' }) }
    const ends = await keepInOrder(parts, { onHint: () => () => {}, serverId: 'one', fires: false })
    const kept = () => get(it.store, id, 'old')
    const forgotten = (ms: number, is: () => Promise<boolean>) =>
      it.until(async () => {
        it.clock.advance(ms)
        return is()
      })
    const begun = it.clock.now().getTime()
    await forgotten(hours(6), async () => (await kept())?.body === null)
    expect(it.clock.now().getTime() - begun).toBeGreaterThan(days(7))
    await forgotten(days(1), async () => (await kept()) === null)
    expect(it.clock.now().getTime() - begun).toBeGreaterThan(days(90))
    for (const end of ends) end()
  })

  test('a secret is changed once where two change it at the same moment', async () => {
    const it = await on.open()
    const { id } = await madeIn(it)
    // Both have seen the same one before either changes it.
    const { promise: bothHaveSeen, resolve } = Promise.withResolvers<void>()
    let seen = 0
    const store: Store = {
      ...it.inner,
      async atomically(statements) {
        if (++seen === 2) resolve()
        await bothHaveSeen
        return it.inner.atomically(statements)
      },
    }
    const rotate = () => webhooks.rotate({ ...depsOf(it), store }, it.workspaceId, id, { graceSeconds: 60 })
    const outcomes = await Promise.allSettled([rotate(), rotate()])
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })
})
