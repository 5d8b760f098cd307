/** A time without seconds asks for its whole minute, on both databases. */
import { describe, expect, test } from 'vitest'
import { recordFacts } from '#db/queries/facts.ts'
import { countEvents, lockWorkspaces } from '#db/queries/story.ts'
import { stores } from '#db/testing/stores.ts'
import { hours, minutes } from '../clock.ts'
import { NewTrigger } from '../contract/trigger.ts'
import { ADA, type World } from '../engine/testing/world.ts'
import { worlds } from '../engine/testing/worlds.ts'

const ask = (it: World, id: number, at: string) => it.why.ask(it.workspaceId, id, { at })

describe.each(stores)('on $name', ({ open }) => {
  const on = worlds(open)

  test('what was planned within it is answered, and its very instant as before', async () => {
    const it = await on.begin({ now: '2026-03-01T08:00:06.291Z' })
    const { id } = await it.schedule({ kind: 'interval', cronExpression: undefined, everySeconds: 3600 })
    await it.at('2026-03-01T09:00:06.291Z')
    await it.settled(1)
    const [run] = await it.history(id)
    const said = {
      verdict: 'ran',
      executionId: run?.id,
      answer: '1 Mar 2026, 09:00:06 ran, and succeeded after 0 s.',
    }
    expect(await ask(it, id, '2026-03-01T09:00:00.000Z')).toMatchObject(said)
    expect(await ask(it, id, '2026-03-01T09:00:06.291Z')).toMatchObject(said)
    expect((await ask(it, id, '2026-03-01T09:00:05.000Z')).verdict).toBe('not_planned')
    expect(await ask(it, id, '2026-03-01T10:00:00.000Z')).toMatchObject({
      verdict: 'future',
      answer: '1 Mar 2026, 10:00:06 is still to come: the schedule is every hour.',
    })
    const beside = await ask(it, id, '2026-03-01T09:01:00.000Z')
    expect(beside).toMatchObject({ verdict: 'not_planned', executionId: null })
    expect(beside.evidence).toContainEqual({
      kind: 'execution',
      at: '2026-03-01T09:00:06.291Z',
      text: 'The nearest run. Succeeded',
      ref: String(run?.id),
    })
  })

  test('what somebody ran by hand within it is answered, whatever the kind', async () => {
    const it = await on.begin({ now: '2026-03-01T08:00:00Z' })
    const clocked = await it.schedule({ cronExpression: '0 * * * *', timezone: 'UTC' })
    const heard = await it.triggers.create(
      it.workspaceId,
      NewTrigger.parse({
        name: 'F',
        agentId: 'test-agent',
        kind: 'event',
        event: { types: ['custom.order'] },
      }),
      ADA,
    )
    it.clock.set('2026-03-01T08:34:12Z')
    for (const [n, { id }] of [clocked, heard].entries()) {
      await it.triggers.runNow(it.workspaceId, id, {}, ADA)
      await it.settled(n + 1)
      const [run] = await it.history(id)
      expect(await ask(it, id, '2026-03-01T08:34:00.000Z')).toMatchObject({
        ...{ verdict: 'ran', executionId: run?.id },
        answer: '1 Mar 2026, 08:34:12 ran by hand, and succeeded after 0 s.',
      })
      expect((await ask(it, id, '2026-03-01T08:33:00.000Z')).executionId).toBe(null)
    }
  })

  test('a run that began long after its instant is shown beside the minute in which it began', async () => {
    const it = await on.open({ now: '2026-03-01T08:30:00Z' })
    const { id } = await it.schedule({ cronExpression: '0 9 * * *', timezone: 'UTC' })
    it.clock.set('2026-03-01T09:10:07Z')
    await it.start()
    await it.settled(1)
    const [run] = await it.history(id)
    const answer = await ask(it, id, '2026-03-01T09:10:00.000Z')
    expect(answer).toMatchObject({ verdict: 'not_planned', executionId: null })
    expect(answer.evidence.map((one) => [one.kind, one.ref])).toContainEqual(['execution', String(run?.id)])
  })

  test('an event is found by when it occurred, also where it was told later', async () => {
    const it = await on.begin({ now: '2026-03-01T08:00:00Z' })
    const { id } = await it.triggers.create(
      it.workspaceId,
      NewTrigger.parse({
        ...{ name: 'Filing', agentId: 'test-agent', kind: 'event' },
        event: { types: ['custom.order'], filter: { path: 'data.n', op: 'gt', value: 1 } },
      }),
      ADA,
    )
    const occurredAt = new Date('2026-03-01T09:34:50.400Z')
    it.clock.set(new Date(occurredAt.getTime() + minutes(7)))
    const fact = { occurredAt, actor: { kind: 'system', id: null, name: 'Shop' } as const, data: { n: 2 } }
    const { workspaceId } = it
    await it.store.atomically([
      lockWorkspaces([workspaceId]),
      recordFacts([{ workspaceId, type: 'custom.order', ...fact }], it.clock.now()),
      countEvents([workspaceId]),
    ])
    await it.engine.matcher.catchUp()
    await it.settled(1, id)
    const [run] = await it.history(id)
    for (const at of [occurredAt.toISOString(), '2026-03-01T09:34:00.000Z', it.clock.now().toISOString()])
      expect([at, (await ask(it, id, at)).executionId]).toEqual([at, run?.id])
    it.clock.advance(hours(1))
    expect(await ask(it, id, '2026-03-01T09:36:00.000Z')).toMatchObject({
      verdict: 'not_planned',
      executionId: null,
    })
  })
})
