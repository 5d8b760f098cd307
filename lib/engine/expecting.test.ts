/** Whether results come when they are expected, on both databases: judged from rows, told once, recovered once. */
import { describe, expect, test } from 'vitest'
import { following } from '#db/queries/facts.ts'
import { stores } from '#db/testing/stores.ts'
import { minutes, seconds } from '../clock.ts'
import type { NewTriggerInput } from '../contract/trigger.ts'
import { type TriggerEvent, UNCAUSED } from '../contract/trigger-event.ts'
import { factsIn } from './facts.ts'
import { ADA, type World } from './testing/world.ts'
import { worlds } from './testing/worlds.ts'

describe.each(stores)('on $name', ({ open }) => {
  const on = worlds(open)

  /** A daily run at 09:00, an hour after the world begins, that is due by 09:30. */
  async function begin(change: Partial<NewTriggerInput> = {}): Promise<{ it: World; id: number }> {
    const it = await on.begin({ now: '2026-03-01T08:00:00Z' })
    const { id } = await it.schedule({ expect: [{ by: '09:30' }], ...change })
    await it.engine.lookAtExpectations()
    return { it, id }
  }
  const list = async (it: World) => {
    const { expectations } = await it.expectations.list(it.workspaceId, { limit: 50 })
    return expectations.map((one) => [one.state, one.dueBy.slice(11, 16), one.known])
  }
  const told = async (it: World) =>
    (await following(it.store, it.workspaceId, { after: 0, limit: 1000 }))
      .flatMap(factsIn)
      .filter((one) => one.type.startsWith('expectation.'))
  /** As the beat looks: twice, for what it opens is judged at the next look. */
  const look = async (it: World) => {
    await it.engine.lookAtExpectations()
    await it.engine.lookAtExpectations()
  }
  const moment = async (it: World, time: string) => {
    await it.at(`2026-03-01T${time}Z`)
    await look(it)
  }

  test('a result in time leaves no row, and nothing is told', async () => {
    const { it } = await begin()
    await it.start()
    await it.at('2026-03-01T09:00:00Z')
    await it.engine.lookAtExpectations()
    await it.settled(1)
    await moment(it, '09:40:00')
    expect(await list(it)).toEqual([])
    expect(await told(it)).toEqual([])
  })

  test('a failure says nothing before it is due, then it is missed once; a later success recovers it once', async () => {
    const { it, id } = await begin({ context: { does: 'fail' }, disableAfterFailures: 50 })
    await it.start()
    await it.at('2026-03-01T09:00:00Z')
    await it.settled(1)
    await moment(it, '09:29:00')
    expect(await list(it)).toEqual([['open', '09:30', null]])
    await moment(it, '09:31:00')
    await look(it)
    const known = 'It failed at 09:00: it failed'
    expect(await list(it)).toEqual([['missed', '09:30', known]])
    const [run] = await it.history(id)
    expect((await told(it)).map(({ type, data }) => [type, data])).toEqual([
      [
        'expectation.missed',
        expect.objectContaining({
          triggerId: id,
          executionId: run?.id,
          occurrence: '2026-03-01T09:00:00.000Z',
          dueBy: '2026-03-01T09:30:00.000Z',
          state: 'missed',
          known,
        }),
      ],
    ])
    expect((await it.events()).filter((one) => one.type === 'expectation:missed')).toMatchObject([
      { scheduleId: id, executionId: run?.id },
    ])

    await it.triggers.runNow(it.workspaceId, id, { context: {} }, ADA)
    await it.settled(2)
    await look(it)
    await look(it)
    expect(await list(it)).toEqual([['recovered', '09:30', known]])
    expect((await told(it)).map((one) => one.type)).toEqual(['expectation.missed', 'expectation.recovered'])
  })

  test('what nobody fired is missed as well, and by two servers once', async () => {
    const { it } = await begin()
    await it.stop()
    const other = await it.again({ shared: true })
    it.clock.set('2026-03-01T09:31:00Z')
    await Promise.all([look(it), look(other)])
    await Promise.all([look(it), look(other)])
    expect(await list(it)).toEqual([['missed', '09:30', 'It never started.']])
    expect(await told(it)).toHaveLength(1)
    await other.stop()
  })

  test('what a fact becomes is due from the moment of the fact, and who is waited for is said', async () => {
    const { it } = await begin({ enabled: false })
    const { id } = await it.schedule({
      ...{ kind: 'event', cronExpression: undefined, event: { types: ['custom.order'] } },
      ...{ expect: [{ withinSeconds: 600 }], context: { does: 'wait' } },
    })
    await it.engine.lookAtExpectations()
    const event: TriggerEvent = {
      ...{ id: null, type: 'custom.order', sourceId: null, data: {}, chain: UNCAUSED },
      occurredAt: '2026-03-01T07:55:00.000Z',
      actor: { kind: 'system', id: null, name: 'Shop' },
    }
    await it.engine.occur(id, { key: 'order:1', kind: 'event', event, source: null })
    await it.until(async () => (await it.history(id)).at(0)?.status === 'waiting', 'the run to wait')
    await look(it)
    expect(await list(it)).toEqual([['open', '08:05', null]])
    await it.passes(minutes(6))
    await look(it)
    expect(await list(it)).toEqual([['missed', '08:05', 'It waits for Ada.']])
  })

  test('what a person has paused is not expected', async () => {
    const { it, id } = await begin()
    await it.triggers.toggle(it.workspaceId, id, { enabled: false }, ADA)
    it.clock.set('2026-03-01T09:31:00Z')
    await look(it)
    expect(await list(it)).toEqual([])
  })

  test('what is due before anybody has looked once is expected as well', async () => {
    const it = await on.begin({ now: '2026-03-01T08:59:59Z' })
    await it.stop()
    await it.schedule({ expect: [{ by: '09:30' }] })
    it.clock.set('2026-03-01T09:31:00Z')
    await look(it)
    expect(await list(it)).toEqual([['missed', '09:30', 'It never started.']])
  })

  test('so is what is due just after it was asked for, or after a pause', async () => {
    const { it, id } = await begin({ expect: null })
    await it.stop()
    it.clock.set('2026-03-01T08:59:59Z')
    await it.triggers.change(
      it.workspaceId,
      id,
      { expect: [{ by: '09:30', withinSeconds: null, from: 'planned' }] },
      ADA,
    )
    it.clock.set('2026-03-01T09:00:01Z')
    await it.triggers.toggle(it.workspaceId, id, { enabled: false }, ADA)
    await look(it)
    it.clock.set('2026-03-02T08:59:59Z')
    await it.triggers.toggle(it.workspaceId, id, { enabled: true }, ADA)
    it.clock.set('2026-03-02T09:31:00Z')
    await look(it)
    expect((await list(it)).map(([state]) => state)).toEqual(['missed', 'missed'])
  })

  test('of each of a flood of facts a result is expected', async () => {
    const { it } = await begin({ enabled: false })
    const { id } = await it.schedule({
      ...{ kind: 'event', cronExpression: undefined, event: { types: ['custom.order'] } },
      ...{
        expect: [{ withinSeconds: 600 }],
        overlap: 'buffer_all',
        bufferLimit: 1000,
        context: { does: 'hang' },
      },
    })
    const { executions, expectations } = it.store.t
    const now = it.clock.now().getTime()
    const rows = Array.from({ length: 1200 }, (_, n) => ({
      ...{
        triggerId: id,
        workspaceId: it.workspaceId,
        triggerName: 'Filing',
        agentId: 'test-agent',
        triggerRevision: 1,
      },
      ...{ occurrence: `event:${n}`, kind: 'event', status: 'queued' as const },
      ...{ queuedAt: now, availableAt: now, attempt: 1, maxAttempts: 1 },
    }))
    for (let i = 0; i < rows.length; i += 100)
      await it.store.q.insert(executions).values(rows.slice(i, i + 100))
    await it.engine.lookAtExpectations()
    expect(await it.store.q.$count(expectations)).toBe(1200)
  })

  test('a success that is asked for by an edit is waited for from then on', async () => {
    const within = { by: null, from: 'last_success' } as const
    const { it, id } = await begin({
      expect: [{ ...within, withinSeconds: 3600 }],
      cronExpression: '0 9 1 1 *',
    })
    await it.passes(minutes(10))
    const asked = [3600, 7200].map((withinSeconds) => ({ ...within, withinSeconds }))
    await it.triggers.change(it.workspaceId, id, { expect: asked }, ADA)
    await look(it)
    expect((await list(it)).map(([state, due]) => [state, due])).toEqual([
      ['open', '10:10'],
      ['open', '09:10'],
    ])
  })

  test('within so long of the last success: any run counts, and silence is told once', async () => {
    const { it, id } = await begin({
      expect: [{ withinSeconds: 3600, from: 'last_success' }],
      cronExpression: '0 9 1 1 *',
    })
    await it.start()
    expect(await list(it)).toEqual([['open', '09:00', null]])
    await it.passes(minutes(30))
    await it.triggers.runNow(it.workspaceId, id, {}, ADA)
    await it.settled(1)
    await look(it)
    expect(await list(it)).toEqual([['open', '09:30', null]])
    await it.passes(minutes(60) + seconds(10))
    await look(it)
    expect(await list(it)).toEqual([
      ['missed', '09:30', 'Nothing has succeeded since 08:30. The last one succeeded at 08:30.'],
    ])
    await it.triggers.runNow(it.workspaceId, id, {}, ADA)
    await it.settled(2)
    await look(it)
    await look(it)
    expect((await list(it)).map(([state]) => state)).toEqual(['open', 'recovered'])
    expect((await told(it)).map((one) => one.type)).toEqual(['expectation.missed', 'expectation.recovered'])
  })
})
