/** Why a call fired a webhook, or did not: by what the log says of it. On both databases. */
import { describe, expect, test } from 'vitest'
import { log, type NewDelivery } from '#db/queries/webhooks.ts'
import { stores } from '#db/testing/stores.ts'
import { minutes, seconds } from '../clock.ts'
import type { NewTriggerInput } from '../contract/trigger.ts'
import { ADA, type World } from '../engine/testing/world.ts'
import { worlds } from '../engine/testing/worlds.ts'
import { calls } from './testing/calls.ts'

const filter = { path: 'body.n', op: 'gt', value: 1 } as const

describe.each(stores)('on $name', ({ open }) => {
  const on = worlds(open)
  const hook = (it: World, change: Partial<NewTriggerInput> = {}) =>
    it.schedule({
      ...{ kind: 'webhook', cronExpression: undefined, webhook: { scheme: 'token', filter } },
      ...change,
    })
  const ask = (it: World, id: number, deliveryId: string) => it.why.ask(it.workspaceId, id, { deliveryId })

  test('each of the calls that were filtered or held by a pause is answered, not only the last', async () => {
    const it = await on.begin()
    const { id } = await hook(it)
    for (const [name, n] of Object.entries({ none: 0, less: -1, ran: 2 })) {
      it.clock.advance(minutes(1))
      await calls(it, id, name, { n })
    }
    await it.settled(1, id)
    for (const [name, n] of Object.entries({ none: 0, less: -1 })) {
      const why = await ask(it, id, name)
      expect([why.verdict, why.answer]).toEqual([
        'filtered',
        `Delivery ${name} did not fire: body.n is ${n}, and should be gt 1.`,
      ])
      expect(why.evidence).toContainEqual(expect.objectContaining({ text: `body.n gt 1: ${n}, not so` }))
    }
    const [run] = await it.history(id)
    expect(await ask(it, id, 'ran')).toMatchObject({ verdict: 'ran', executionId: run?.id })

    it.clock.advance(minutes(1))
    await it.triggers.toggle(it.workspaceId, id, { enabled: false, reason: 'Holidays' }, ADA)
    for (const name of ['held', 'alsoHeld']) await calls(it, id, name, { n: 2 })
    for (const name of ['held', 'alsoHeld'])
      expect(await ask(it, id, name)).toMatchObject({
        verdict: 'paused',
        answer: expect.stringContaining('Holidays'),
      })
    await expect(ask(it, id, 'never')).rejects.toThrow('There is no such delivery here.')
  })

  test('calls that were gathered are answered with the run that they stand in', async () => {
    const it = await on.begin()
    const { id } = await hook(it, { collect: { maxSeconds: 600, maxEvents: 2, keep: 'last' } })
    for (const name of ['a', 'b', 'c']) {
      await calls(it, id, name, { n: 2 })
      it.clock.advance(seconds(1))
    }
    const runs = (await it.history(id)).map((one) => one.id).toSorted((a, b) => a - b)
    expect(runs).toHaveLength(2)
    const said = await Promise.all(['a', 'b', 'c'].map((name) => ask(it, id, name)))
    expect(said.map((one) => one.executionId)).toEqual([runs[0], runs[0], runs[1]])
  })

  test('a call that was refused says with what; one that waits to be carried is queued', async () => {
    const it = await on.begin()
    const { id } = await hook(it)
    const call: NewDelivery = {
      ...{ triggerId: id, deliveryId: 'bad', first: null, signature: null, verdict: 'refused', status: 401 },
      ...{ receivedAt: it.clock.now().getTime() + 1, bytes: 0, remoteAddress: null, executionId: null },
      ...{
        replayOf: null,
        headers: '{}',
        query: '{}',
        bodyHash: '',
        body: null,
        isBase64: false,
        trace: '[]',
      },
      reason: 'The signature is wrong.',
    }
    await log(it.store, call)
    await log(it.store, { ...call, deliveryId: 'open', verdict: null, reason: null })
    it.clock.advance(minutes(1))
    expect(await ask(it, id, 'bad')).toMatchObject({
      verdict: 'filtered',
      answer: 'Delivery bad did not fire: it was refused with 401. The signature is wrong.',
    })
    expect((await ask(it, id, 'open')).verdict).toBe('queued')
  })
})
