/** Agents with their revisions, and what agents look up, on both databases. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as agents from './queries/agents.ts'
import * as events from './queries/events.ts'
import * as looking from './queries/looking.ts'
import * as models from './queries/models.ts'
import { usedBy } from './queries/tokens.ts'
import type { Store } from './store.ts'
import { stores } from './testing/stores.ts'

const NOW = new Date('2026-03-02T09:00:00Z')

describe.each(stores)('on $name', ({ open }) => {
  let store: Store
  let close: () => Promise<void>
  let workspaceId: number
  beforeAll(async () => {
    ;({ store, close } = await open())
    const [row] = await store.q
      .insert(store.t.workspaces)
      .values({ name: 'Demo', slug: 'scouts', createdAt: 0 })
      .returning()
    workspaceId = row?.id ?? 0
  })
  afterAll(() => close())

  test('of two who edit the same revision one wins, and each revision is kept once', async () => {
    const it = (revision: number, config: string) => ({
      workspaceId,
      id: 'scout',
      revision,
      config,
      by: 'ada',
      now: NOW,
    })
    expect(await agents.write(store, 'made', it(1, '"a"'))).toBe(true)
    expect(await agents.write(store, 'made', it(1, '"b"'))).toBe(false)
    const both = await Promise.all([
      agents.write(store, 'edited', it(2, '"c"')),
      agents.write(store, 'edited', it(2, '"d"')),
    ])
    expect(both.toSorted()).toEqual([false, true])
    expect(await agents.get(store, workspaceId, 'scout')).toMatchObject({
      revision: 2,
      config: both[0] ? '"c"' : '"d"',
    })
    expect(await agents.newestRevision(store, workspaceId, 'scout')).toBe(2)
    expect(await agents.remove(store, workspaceId, 'scout', { now: NOW, edits: 0 })).toBe(true)
    expect(await agents.remove(store, workspaceId, 'scout', { now: NOW, edits: 0 })).toBe(false)
    const { events: told } = await events.since(store, workspaceId, 0, 10)
    expect(told.map((it) => [it.type, it.agentId])).toEqual([
      ['agent:created', 'scout'],
      ['agent:updated', 'scout'],
      ['agent:deleted', 'scout'],
    ])
    expect(await agents.newestRevision(store, workspaceId, 'scout')).toBe(2)
    expect(await agents.usersOf(store, workspaceId, 'scout')).toEqual([])
  })

  test('what is not there is not looked at', async () => {
    expect(await looking.document(store, workspaceId, 1)).toBeNull()
    expect(await looking.executions(store, workspaceId, { limit: 5 })).toEqual([])
    expect(await looking.lastOutput(store, workspaceId, 1)).toBeNull()
  })

  test('the last successes of a schedule are told, the newest first: no staged ones, no silent ones, none of others', async () => {
    const [own] = await store.q
      .insert(store.t.workspaces)
      .values({ name: 'Kitchen', slug: 'kitchen', createdAt: 0 })
      .returning()
    const home = own?.id ?? 0
    const trigger = { workspaceId: home, agentId: 'scout', createdAt: 0, updatedAt: 0 }
    const made = await store.q
      .insert(store.t.triggers)
      .values(['One', 'Two'].map((name) => ({ ...trigger, name })))
      .returning()
    const [one = 0, two = 0] = made.map(({ id }) => id)
    const minute = (n: number) => NOW.getTime() + n * 60_000
    const ran = (n: number, output: string | null, change: object = {}) => ({
      ...{ workspaceId: home, triggerId: one, triggerName: 'One', triggerRevision: 1, agentId: 'scout' },
      ...{ kind: 'schedule', occurrence: `thread ${n}`, queuedAt: minute(n), availableAt: minute(n) },
      ...{ status: 'success' as const, output, ...change },
    })
    await store.q
      .insert(store.t.executions)
      .values([
        ran(1, 'first', { scheduledFor: minute(0), startedAt: minute(2) }),
        ran(2, 'outside', { startedAt: minute(3), tainted: true }),
        ran(3, 'did not', { status: 'failed' }),
        ran(4, 'would have', { staged: true }),
        ran(5, ''),
        ran(6, null),
        ran(7, 'other', { triggerId: two }),
        ran(8, 'ünd so weiter'),
      ])
    const told = (runs: number, workspace = home) =>
      looking.lastOutputs(store, workspace, one, { runs, characters: 7 })
    expect(await told(10)).toEqual([
      { at: minute(8), text: 'ünd so ', tainted: false },
      { at: minute(3), text: 'outside', tainted: true },
      { at: minute(0), text: 'first', tainted: false },
    ])
    expect(await told(1)).toHaveLength(1)
    expect(await told(10, workspaceId)).toEqual([])
  })

  test('whether messages may show text from outside is told by who said them, and by the run', async () => {
    const [trigger] = await store.q
      .insert(store.t.triggers)
      .values({ workspaceId, name: 'Press', agentId: 'scout', createdAt: 0, updatedAt: 0 })
      .returning()
    const ran = async (occurrence: string, tainted: boolean) => {
      const values = { workspaceId, triggerId: trigger?.id ?? 0, triggerName: 'Press', triggerRevision: 1 }
      const [row] = await store.q
        .insert(store.t.executions)
        .values({
          ...{ ...values, agentId: 'scout', kind: 'schedule', occurrence, tainted },
          ...{ queuedAt: 0, availableAt: 0, status: 'success' as const },
        })
        .returning()
      return row?.id ?? 0
    }
    const [clean, marked] = [await ran('clean', false), await ran('marked', true)]
    const said = (
      kind: 'person' | 'result' | 'notice',
      executionId: number | null,
      clientId: string | null,
    ) => ({ kind, executionId, clientId })
    const inside = [said('person', null, 'c1'), said('result', clean, null), said('notice', null, null)]
    expect(await looking.anyTainted(store, [])).toBe(false)
    expect(await looking.anyTainted(store, inside)).toBe(false)
    const posted = said('notice', null, 'carillon-1-1')
    for (const it of [said('result', marked, null), said('result', null, null), posted])
      expect(await looking.anyTainted(store, [...inside, it])).toBe(true)
    await store.q.delete(store.t.executions)
    await store.q.delete(store.t.triggers)
  })

  test('a provider is a workspace’s own or the installation’s, and the own one comes first', async () => {
    const values = {
      name: 'p',
      kind: 'openai',
      baseUrl: null,
      apiKey: null,
      apiKeyHint: null,
      defaultModel: 'm',
      embeddingModel: null,
      allowPrivate: false,
    }
    const shared = await models.add(store, { ...values, workspaceId: null }, NOW)
    const own = await models.add(store, { ...values, workspaceId }, NOW)
    const ids = (await models.usable(store, workspaceId)).map((it) => it.id)
    expect(ids.indexOf(own.id)).toBeLessThan(ids.indexOf(shared.id))
    expect(await models.find(store, workspaceId + 1, own.id)).toBeNull()
    expect(await models.get(store, null, own.id)).toBeNull()
    expect(await models.remove(store, null, own.id)).toBe(false)
    expect(await models.remove(store, workspaceId, own.id)).toBe(true)
    expect((await models.change(store, shared.id, { name: 'q' }, NOW))?.name).toBe('q')
    await models.remove(store, null, shared.id)
  })

  test('what runs used adds up, by whatever it is grouped; runs that asked no model are left out', async () => {
    const [trigger] = await store.q
      .insert(store.t.triggers)
      .values({ workspaceId, name: 'Press', agentId: 'scout', createdBy: 'ada', createdAt: 0, updatedAt: 0 })
      .returning()
    const triggerId = trigger?.id ?? 0
    const at = (day: string) => Date.parse(`2026-03-${day}T12:00:00Z`)
    const ran = (n: number, day: string, change: object) => ({
      workspaceId,
      triggerId,
      triggerName: 'Press',
      triggerRevision: 1,
      agentId: 'scout',
      kind: 'schedule',
      occurrence: String(n),
      queuedAt: at(day),
      availableAt: at(day),
      status: 'success' as const,
      ...change,
    })
    const small = { model: 'small', tokensIn: 100, tokensOut: 10, tokensCached: 40, cost: 0.25 }
    await store.q.insert(store.t.executions).values([
      ran(1, '02', small),
      ran(2, '02', { ...small, model: 'large', cost: 2 }),
      ran(3, '04', {
        ...small,
        status: 'failed',
        requestedBy: '{"kind":"person","id":"ben","name":"Ben"}',
      }),
      ran(4, '04', {}),
      ran(5, '20', small),
    ])
    const span = { workspaceId, from: new Date(at('01')), to: new Date(at('10')) }
    const by = async (what: Parameters<typeof usedBy>[1]) =>
      (await usedBy(store, what, span)).map((it) => [it.key, it.runs, it.tokensIn, it.tokensOut, it.cost])
    expect(await by('day')).toEqual([
      ['2026-03-02', 2, 200, 20, 2.25],
      ['2026-03-04', 1, 100, 10, 0.25],
    ])
    expect(await by('model')).toEqual([
      ['large', 1, 100, 10, 2],
      ['small', 2, 200, 20, 0.5],
    ])
    expect(await by('trigger')).toEqual([[String(triggerId), 3, 300, 30, 2.5]])
    expect(await by('agent')).toEqual([['scout', 3, 300, 30, 2.5]])
    expect(await by('person')).toEqual([
      ['ada', 2, 200, 20, 2.25],
      ['ben', 1, 100, 10, 0.25],
    ])
    expect((await usedBy(store, 'person', span)).map(({ name }) => name)).toEqual(['', 'Ben'])
    expect(await usedBy(store, 'day', { ...span, workspaceId: workspaceId + 1 })).toEqual([])
    const days = { workspaceId, triggerId, total: 4, success: 3, failed: 1 }
    await store.q.insert(store.t.executionDays).values([
      { ...days, day: '2026-03-02' },
      { ...days, day: '2026-02-01' },
    ])
    expect(await agents.usedSince(store, workspaceId, new Date(at('01')))).toEqual(
      new Map([['scout', { schedules: 1, successful: 3, failed: 1, cost: 2.75 }]]),
    )
  })
})
