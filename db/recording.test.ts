/** Changes and their notes: both or neither, on both databases. */
import { and, eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { list, note } from './queries/audit.ts'
import { countEvents, lockWorkspaces } from './queries/story.ts'
import { recordingOn } from './recording.ts'
import { statement, t, table } from './statement.ts'
import type { Store } from './store.ts'
import { raw } from './testing/raw.ts'
import { stores } from './testing/stores.ts'

const rename = statement({
  values: { id: 'int', from: 'text', to: 'text' },
  text: ({ values: v }) =>
    sql`update ${table(t.workspaces)} set name = ${v.to} where id = ${v.id} and name = ${v.from}`,
})

describe.each(stores)('on $name', ({ open }) => {
  let inner: Store
  let close: () => Promise<void>
  let id: number
  beforeAll(async () => {
    ;({ store: inner, close } = await open())
    const [row] = await inner.q
      .insert(inner.t.workspaces)
      .values({ name: 'a', slug: 'noted', createdAt: 0 })
      .returning()
    id = row?.id as number
  })
  afterAll(() => close())
  beforeEach(async () => {
    await inner.q.delete(inner.t.auditEntries)
    await inner.q.update(inner.t.workspaces).set({ name: 'a' })
  })
  const noted = async () =>
    (await list(inner, { workspaceId: id, before: 1e15, limit: 50 })).map((it) => it.action)
  const noteOf = (action: string) =>
    note({
      ...{ workspaceId: id, at: 0, actorKind: 'person', actorId: 'ada', actorName: 'Ada', via: 'web' },
      ...{ remoteAddress: null, action, objectKind: 'workspace', objectId: null, objectName: null },
    })

  test('a change has its note, once, however many transactions it takes', async () => {
    const { store, recording } = recordingOn(inner)
    const { answer, id: entry } = await recording.record(noteOf('one'), async () => {
      await store.atomically([lockWorkspaces([id]), rename({ id, from: 'a', to: 'b' })])
      await store.atomically([rename({ id, from: 'b', to: 'c' })])
      return 'done'
    })
    expect([answer, typeof entry, await noted()]).toEqual(['done', 'number', ['one']])
    await store.atomically([rename({ id, from: 'c', to: 'd' })])
    expect(await noted()).toEqual(['one'])
  })

  test('what changes nothing has none: a lost race, a look, the books', async () => {
    const { store, recording } = recordingOn(inner)
    const { id: entry } = await recording.record(noteOf('none'), async () => {
      await store.atomically([lockWorkspaces([id]), rename({ id, from: 'x', to: 'b' }), countEvents([id])])
      await store.q.select().from(store.t.workspaces)
    })
    expect([entry, await noted()]).toEqual([null, []])
  })

  test('where the transaction fails, there is neither; where what follows fails, there are both', async () => {
    const { store, recording } = recordingOn(inner)
    const gone = raw(sql`select 1 from gone`)
    const failing = recording.record(noteOf('failed'), () =>
      store.atomically([rename({ id, from: 'a', to: 'b' }), gone]),
    )
    await expect(failing).rejects.toThrow()
    expect(await noted()).toEqual([])
    const later = recording.record(noteOf('later'), async () => {
      await store.atomically([rename({ id, from: 'a', to: 'b' })])
      throw new Error('too late')
    })
    await expect(later).rejects.toThrow('too late')
    expect(await noted()).toEqual(['later'])
  })

  test('two at once have a note each; what is done aside, or afterwards, has none', async () => {
    const { store, recording } = recordingOn(inner)
    let after: () => void = () => {}
    const goesOn = new Promise<void>((resolve) => {
      after = resolve
    })
    const work: Promise<unknown>[] = []
    await Promise.all([
      recording.record(noteOf('first'), async () => {
        await recording.aside(() => store.atomically([rename({ id, from: 'a', to: 'b' })]))
        expect(await noted()).toEqual([])
        work.push(goesOn.then(() => store.atomically([rename({ id, from: 'c', to: 'd' })])))
      }),
      recording.record(noteOf('second'), async () => {
        await goesOnOnce(noted)
        await store.atomically([rename({ id, from: 'b', to: 'c' })])
      }),
    ])
    expect(await noted()).toEqual(['second'])
    after()
    await Promise.all(work)
    expect(await noted()).toEqual(['second'])
  })

  test('what the builder changes is a transaction with its note: both, or neither', async () => {
    const { store, recording } = recordingOn(inner)
    const rename = (from: string, to: string) =>
      store.q
        .update(store.t.workspaces)
        .set({ name: to })
        .where(and(eq(store.t.workspaces.id, id), eq(store.t.workspaces.name, from)))
        .returning()
    const unwritable = note({ ...(noteOf('broken')[1] as Parameters<typeof note>[0]), action: null as never })
    await expect(recording.record(unwritable, () => rename('a', 'b').then((it) => it))).rejects.toThrow()
    expect(await inner.q.select({ name: store.t.workspaces.name }).from(store.t.workspaces)).toEqual([
      { name: 'a' },
    ])
    const { answer } = await recording.record(noteOf('one'), () => rename('a', 'b').then((it) => it))
    expect(answer).toMatchObject([{ id, name: 'b', slug: 'noted', createdAt: 0 }])
    const nothing = await recording.record(noteOf('nothing'), () => rename('x', 'c').then((it) => it))
    expect([nothing, await noted()]).toEqual([{ answer: [], id: null }, ['one']])
  })

  test('what the builder changes is noted, too', async () => {
    const { store, recording } = recordingOn(inner)
    await recording.record(noteOf('built'), async () => {
      await store.q.update(store.t.workspaces).set({ name: 'z' }).where(eq(store.t.workspaces.id, id))
    })
    expect(await noted()).toEqual(['built'])
  })
})

/** Until what came before it has reached the database. */
const goesOnOnce = async (look: () => Promise<unknown>) => {
  for (let n = 0; n < 5; n++) await look()
}
