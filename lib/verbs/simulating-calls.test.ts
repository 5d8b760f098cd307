/** A webhook is tried on the calls that the log has: as it would have lived. On both databases. */
import { describe, expect, test } from 'vitest'
import { prune } from '#db/queries/webhooks.ts'
import { stores } from '#db/testing/stores.ts'
import { days, hours, seconds } from '../clock.ts'
import { NewTrigger, type NewTriggerInput } from '../contract/trigger.ts'
import { type Choose, drafted, letStart, livedOn, random } from '../engine/testing/drafts.ts'
import { happens } from '../engine/testing/telling-facts.ts'
import { worlds } from '../engine/testing/worlds.ts'
import { calls } from './testing/calls.ts'

const CALLING = { types: ['custom.a', 'custom.b'], path: 'data.n', lane: 'data.body.lane' }

function draft(pick: Choose) {
  const filter = { path: 'body.n', op: pick(2) ? 'gt' : 'lt', value: pick(10) } as const
  const webhook = { scheme: 'token' as const, ...(pick(100) < 40 && { filter }) }
  return drafted(pick, { kind: 'webhook', webhook }, 'data.body.lane', CALLING)
}

const STEPS = 6
const webhook = (change: Partial<NewTriggerInput> = {}) =>
  NewTrigger.parse({
    ...{ name: 'Calls', agentId: 'test-agent', kind: 'webhook', webhook: { scheme: 'token' }, ...change },
  })

describe.each(stores)('on $name', ({ open, name }) => {
  const on = worlds(open)
  const count = name === 'SQLite' ? 100 : 10

  test(`${count} webhooks fire on the calls they would have fired on, and skip what they would have skipped`, async () => {
    const it = await on.open()
    const pick = random(11)
    const from = it.clock.now().toISOString()
    const made: { id: number; trigger: NewTrigger }[] = []
    for (let n = 0; n < count; n++) {
      const trigger = draft(pick)
      made.push({ id: (await it.schedule({ ...trigger, cronExpression: undefined })).id, trigger })
    }
    for (let step = 0; step < STEPS; step++) {
      const said = { n: pick(10), lane: pick(2) }
      for (const { id } of made) await calls(it, id, `call-${step}`, said)
      if (step % 2) await happens(it, [{ n: pick(10), body: { lane: pick(2) } }], CALLING.types[pick(2)])
      await letStart(it, seconds(1 + pick(40)))
      // What has had all its runs is switched off.
      await it.engine.loop.tick()
    }
    const to = it.clock.now().toISOString()
    await letStart(it, hours(2))
    const lived = await livedOn(it.store)
    const differing: unknown[] = []
    for (const { id, trigger } of made) {
      const span = { from, to: new Date(Date.parse(to) + 1).toISOString(), assumeSeconds: 86_400 }
      const { occurrences } = await it.simulating.run(it.workspaceId, { trigger, id, ...span })
      const simulated = occurrences.map((one) => `${one.key} ${one.verdict}`).sort()
      const live = lived.get(id) ?? []
      if (JSON.stringify(live) !== JSON.stringify(simulated)) differing.push({ live, simulated, trigger })
    }
    expect(differing.slice(0, 3)).toEqual([])
    expect([...lived.values()].flat().length).toBeGreaterThan(count)
  })

  test('a draft is tried on the calls of all webhooks with its scheme; what is no longer kept is not guessed', async () => {
    const it = await on.open()
    const from = it.clock.now().toISOString()
    const one = await it.schedule({ ...webhook(), cronExpression: undefined })
    const other = await it.schedule({
      ...webhook({ webhook: { scheme: 'github' } }),
      cronExpression: undefined,
    })
    await calls(it, one.id, 'old', { n: 1 })
    it.clock.advance(days(1))
    await calls(it, one.id, 'a', { n: 1 })
    await calls(it, one.id, 'b', { n: 2 })
    await calls(it, other.id, 'c', { n: 3 })
    it.clock.advance(1)
    const tried = async (change: Partial<NewTriggerInput> = {}, id?: number) => {
      const span = { from, to: it.clock.now().toISOString(), assumeSeconds: 0 }
      const { occurrences, truncated, note } = await it.simulating.run(it.workspaceId, {
        ...{ trigger: webhook(change), ...span, id },
      })
      return { keys: occurrences.map(({ key }) => key), truncated, note }
    }
    const whole = { truncated: false, note: null }
    expect(await tried()).toEqual({ keys: ['webhook:old', 'webhook:a', 'webhook:b'], ...whole })
    const filter = { path: 'body.n', op: 'gt', value: 1 } as const
    expect(await tried({ webhook: { scheme: 'token', filter } })).toEqual({ keys: ['webhook:b'], ...whole })
    expect(await tried({}, other.id)).toEqual({ keys: ['webhook:c'], ...whole })

    await prune(it.store, {
      bodiesBefore: new Date(it.clock.now().getTime() - days(0.5)),
      idsBefore: new Date(0),
    })
    expect(await tried()).toEqual({
      keys: ['webhook:a', 'webhook:b'],
      truncated: true,
      note: '1 call is left out: what calls said is kept for 7 days.',
    })
  })
})
