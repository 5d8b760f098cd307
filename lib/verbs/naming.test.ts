/** What a trigger is being given while it is deleted, on both databases: one of the two comes first. */
import { beforeEach, describe, expect, test } from 'vitest'
import * as agents from '#db/queries/agents.ts'
import * as calendars from '#db/queries/calendars.ts'
import { editsIn, removeUnnamed } from '#db/queries/naming.ts'
import * as proposals from '#db/queries/proposals.ts'
import * as sources from '#db/queries/sources.ts'
import { stores } from '#db/testing/stores.ts'
import { minutes } from '../clock.ts'
import { NewTrigger, type NewTriggerInput, TriggerChange } from '../contract/trigger.ts'
import { usersOf } from '../engine/calendars/looking.ts'
import { sourcesNamedIn } from '../engine/sources/using.ts'
import { ADA, type World } from '../engine/testing/world.ts'
import { worlds } from '../engine/testing/worlds.ts'
import { remove as removeAgent } from './custom-agents.ts'
import { remove as removeCalendar } from './calendars.ts'
import { remove as removeSource } from './sources.ts'

describe.each(stores)('on $name', ({ open }) => {
  const on = worlds(open)
  let it: World
  beforeEach(async () => {
    it = await on.open()
  })

  /** Once, before the next transaction that this server begins. */
  function meanwhile(happens: () => Promise<unknown>): void {
    const { atomically } = it.inner
    it.inner.atomically = async (statements) => {
      it.inner.atomically = atomically
      await happens()
      return atomically(statements)
    }
  }
  const unread = () => Promise.reject(new Error('Nothing is read here.'))
  const nobody = { by: ADA.id, now: new Date(0), most: 50 }
  const calendar = async (): Promise<number> =>
    (await calendars.add(it.store, { ...ours(), dates: '[]', icsUrl: null }, ADA.id, nobody))?.id ?? 0
  const source = async (): Promise<number> => {
    const row = { ...ours(), kind: 'feed' as const, config: '{}', everySeconds: 300 }
    return (await sources.add(it.store, row, ADA.id, nobody))?.id ?? 0
  }
  const agent = async (): Promise<string> => {
    const row = { workspaceId: it.workspaceId, id: 'scout', revision: 1, config: '{}', by: ADA.id }
    await agents.write(it.store, 'made', { ...row, now: new Date(0) })
    return row.id
  }
  const ours = () => ({ workspaceId: it.workspaceId, name: 'It' })

  const kinds = [
    {
      kind: 'calendar' as const,
      make: calendar,
      given: (id: number | string): Partial<NewTriggerInput> => ({ calendars: [Number(id)] }),
      remove: (id: number | string) => removeCalendar(calendarDeps(), it.workspaceId, Number(id), ADA),
      refused: {
        status: 422,
        errors: [{ path: 'calendars', message: expect.stringContaining('no such calendar') }],
      },
    },
    {
      kind: 'source' as const,
      make: source,
      given: (id: number | string): Partial<NewTriggerInput> => ({
        ...{ kind: 'event', cronExpression: undefined },
        event: { types: ['feed.item'], sourceIds: [Number(id)] },
      }),
      remove: (id: number | string) => removeSource(sourceDeps(), it.workspaceId, Number(id), ADA),
      refused: {
        status: 422,
        errors: [{ path: 'event.sourceIds', message: expect.stringContaining('no such source') }],
      },
    },
    {
      kind: 'agent' as const,
      make: agent,
      given: (id: number | string): Partial<NewTriggerInput> => ({
        agentType: 'custom',
        agentId: String(id),
      }),
      remove: (id: number | string) => removeAgent(agentDeps(), it.workspaceId, String(id), ADA),
      // Agents are judged elsewhere: here whoever is asked finds each of them sound.
      refused: { status: 409 },
    },
  ]
  const calendarDeps = () => ({
    ...{ store: it.inner, clock: it.clock, hint() {}, engine: it.engine },
    calendarsRead: { check: unread, refusalOf: () => null },
    box: { close: (text: string) => text, open: (text: string) => text },
  })
  const sourceDeps = () => ({
    ...calendarDeps(),
    eventSources: {
      ...{ check: unread, rewind: unread, reach: {} as never },
      usersOf: async (workspaceId: number, id: number) =>
        (await sources.mayUse(it.store, workspaceId)).filter((one) => sourcesNamedIn(one).includes(id)),
    },
    secrets: {} as never,
  })
  const agentDeps = () => ({ ...calendarDeps(), sources: [], models: {} as never })

  async function deleted(kind: (typeof kinds)[number]['kind'], id: number | string): Promise<void> {
    const of = { workspaceId: it.workspaceId, edits: await editsIn(it.store, it.workspaceId) }
    if (kind === 'agent')
      await agents.remove(it.store, it.workspaceId, String(id), { ...of, now: it.clock.now() })
    else await removeUnnamed(it.store, kind, { ...of, id: Number(id) })
  }
  const triggers = () =>
    it.triggers.list(it.workspaceId, { limit: 100, deleted: false, sort: 'made' }).then((one) => one.triggers)

  test.each(kinds)(
    'a $kind that a trigger is given meanwhile is not deleted',
    async ({ make, given, remove }) => {
      const id = await make()
      meanwhile(() => it.schedule(given(id)))
      await expect(remove(id)).rejects.toMatchObject({
        problem: { status: 409, detail: expect.stringContaining('“Morning”') },
      })
      const [trigger] = await triggers()
      await it.triggers.remove(it.workspaceId, trigger?.id ?? 0, ADA)
      // What others do to schedules that do not name it holds nothing up.
      meanwhile(() => it.schedule())
      await remove(id)
      await expect(remove(id)).rejects.toMatchObject({ problem: { status: 404 } })
    },
  )

  test.each(kinds)('$kind: a trigger that is given what goes meanwhile is refused', async (one) => {
    const id = await one.make()
    meanwhile(() => deleted(one.kind, id))
    await expect(it.schedule(one.given(id))).rejects.toMatchObject({ problem: one.refused })
    expect(await triggers()).toEqual([])
  })

  test.each(kinds)('$kind: an edit that gives what goes meanwhile changes nothing', async (one) => {
    const id = await one.make()
    const before = await it.schedule()
    meanwhile(() => deleted(one.kind, id))
    await expect(
      it.triggers.change(it.workspaceId, before.id, TriggerChange.parse(one.given(id)), ADA),
    ).rejects.toMatchObject({ problem: one.refused })
    expect(await triggers()).toEqual([before])
    const { revisions } = await it.revisions.ofTrigger(it.workspaceId, before.id, { limit: 10 })
    expect(revisions).toHaveLength(1)
  })

  /** Open for an hour. */
  async function proposed() {
    const openUntil = new Date(it.clock.now().getTime() + minutes(60))
    const proposal = await proposals.add(it.store, {
      ...{
        workspaceId: it.workspaceId,
        key: null,
        text: 'daily',
        source: 'grammar',
        trigger: '{}',
        notes: '[]',
      },
      ...{ createdBy: ADA.id, createdByName: ADA.name, executionId: null, createdAt: it.clock.now() },
      expiresAt: openUntil,
    })
    const confirm = (calendars: number[], taken: () => Promise<Error | null> = async () => null) => {
      const body = { name: 'Daily', agentId: 'test-agent', cronExpression: '0 9 * * *', calendars }
      const confirming = { proposalId: proposal.id, openUntil, before: {}, taken }
      return it.triggers.createProposed(it.workspaceId, NewTrigger.parse(body), ADA, confirming)
    }
    return { proposal, confirm }
  }

  test('a proposal that is put away while it is confirmed makes nothing', async () => {
    const { proposal, confirm } = await proposed()
    const now = it.clock.now()
    meanwhile(() => proposals.dismiss(it.store, { workspaceId: it.workspaceId, id: proposal.id, now }))
    await expect(confirm([], async () => new Error('It was put away.'))).rejects.toThrow('It was put away.')
    expect(await triggers()).toEqual([])
    expect(await proposals.get(it.store, it.workspaceId, proposal.id)).toMatchObject({ confirmedAt: null })
  })

  test('a proposal whose calendar goes while it is confirmed stays one, and may be confirmed without it', async () => {
    const id = await calendar()
    const { proposal, confirm } = await proposed()
    meanwhile(() => deleted('calendar', id))
    await expect(confirm([id])).rejects.toMatchObject({ problem: kinds[0]?.refused })
    expect(await proposals.get(it.store, it.workspaceId, proposal.id)).toMatchObject({ confirmedAt: null })
    const made = await confirm([])
    expect(await triggers()).toEqual([made])
  })

  test('a revision that names a calendar which is gone is not put back', async () => {
    const id = await calendar()
    const { id: triggerId } = await it.schedule({ calendars: [id] })
    await it.triggers.change(it.workspaceId, triggerId, { calendars: [] }, ADA)
    expect(await usersOf(it.store, it.workspaceId, id)).toEqual([])
    await deleted('calendar', id)
    await expect(it.triggers.restoreRevision(it.workspaceId, triggerId, 1, {}, ADA)).rejects.toMatchObject({
      problem: kinds[0]?.refused,
    })
    expect((await it.triggers.get(it.workspaceId, triggerId)).calendars).toEqual([])
  })
})
