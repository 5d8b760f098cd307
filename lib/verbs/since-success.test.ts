/** What is another since it last worked. */
import { and, eq } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { noteVersion } from '#db/queries/upkeep.ts'
import { write } from '#db/queries/secrets.ts'
import { stores } from '#db/testing/stores.ts'
import { ADA, type World } from '../engine/testing/world.ts'
import { sentenceOf } from '../contract/since-words.ts'
import { worlds } from '../engine/testing/worlds.ts'
import { answerOf } from './since-success.ts'

describe.each(stores)('on $name', ({ open }) => {
  const on = worlds(open)
  let it: World
  const ask = (id: number, executionId?: number) => it.why.sinceSuccess(it.workspaceId, id, { executionId })
  async function run(id: number, ended: number): Promise<number> {
    const { id: execution } = await it.triggers.runNow(it.workspaceId, id, {}, ADA)
    await it.settled(ended, id)
    return execution
  }

  test('it worked until then; since then Ada changed the context, a secret is another, and so is the product', async () => {
    it = await on.begin({ now: '2026-03-01T08:00:00Z' })
    const kept = { workspaceId: it.workspaceId, name: 'TOKEN', value: 'sealed', by: 'ada', most: 500 }
    await write(it.store, { ...kept, now: it.clock.now() })
    const { id } = await it.schedule({ context: { does: 'succeed' }, timezone: 'Europe/Berlin' })
    expect((await ask(id)).answer).toBe('It has not run to an end yet.')
    const worked = await run(id, 1)
    expect(await ask(id)).toMatchObject({
      lastSuccess: { id: worked },
      firstFailure: null,
      answer: 'It worked on 1 Mar 2026, 09:00, and no run has failed since.',
    })
    it.clock.set('2026-03-01T08:10:00Z')
    await it.triggers.change(it.workspaceId, id, { name: 'Another name' }, ADA)
    const context = { does: 'fail', key: 'secret:v1:TOKEN' }
    // As it is kept: which fields take secrets is the agent's to say, and the scripted one takes none.
    await it.triggers.change(it.workspaceId, id, { context: { does: 'fail' } }, ADA)
    const { triggerRevisions } = it.store.t
    const config = JSON.stringify({ context: JSON.stringify(context), cronExpression: '0 9 * * *' })
    const before = JSON.stringify({ context: '{"does":"succeed"}', cronExpression: '0 9 * * *' })
    await it.store.q.update(triggerRevisions).set({ config: before })
    await it.store.q
      .update(triggerRevisions)
      .set({ config })
      .where(and(eq(triggerRevisions.triggerId, id), eq(triggerRevisions.revision, 3)))
    it.clock.set('2026-03-01T08:12:00Z')
    await write(it.store, { ...kept, now: it.clock.now() })
    await noteVersion(it.store, '9.9.9', it.clock.now())
    it.clock.set('2026-03-01T08:20:00Z')
    const failed = await run(id, 2)
    it.clock.set('2026-03-01T08:30:00Z')
    await write(it.store, { ...kept, name: 'OTHER', now: it.clock.now() })
    const again = await run(id, 3)
    const found = await ask(id)
    expect(found).toMatchObject({ lastSuccess: { id: worked }, firstFailure: { id: failed } })
    expect(found.differences.map(({ kind, at, name }) => [kind, at.slice(11, 16), name])).toEqual([
      ['trigger', '08:10', 'Schedule'],
      ['secret', '08:12', 'TOKEN'],
      ['version', '08:12', '9.9.9'],
    ])
    expect(found.differences[0]).toMatchObject({
      actor: { id: 'ada' },
      changes: [
        { path: 'context.does', from: 'succeed', to: 'fail' },
        { path: 'context.key', from: null, to: { secret: 'TOKEN' } },
      ],
    })
    expect(await ask(id, again)).toMatchObject({ firstFailure: { id: failed } })
    // Seen from the run that worked, nothing had.
    expect(await ask(id, worked)).toMatchObject({ lastSuccess: null })
    await expect(ask(id, 999_999)).rejects.toMatchObject({ problem: { status: 404 } })
    await expect(ask(999_999)).rejects.toMatchObject({ problem: { status: 404 } })
  })

  test('where nothing was changed here, that is said, and what was staged proves nothing', async () => {
    it = await on.begin({ now: '2026-03-01T08:00:00Z' })
    const { id } = await it.schedule({ context: { does: 'succeed' } })
    const worked = await run(id, 1)
    await it.triggers.runNow(it.workspaceId, id, { staged: true }, ADA)
    await it.settled(2, id)
    await it.triggers.runNow(it.workspaceId, id, { context: { does: 'fail' } }, ADA)
    await it.settled(3, id)
    expect(await ask(id)).toMatchObject({
      lastSuccess: { id: worked },
      differences: [],
      answer:
        'It worked until 1 Mar 2026, 08:00, and nothing was changed here since: what it relies on elsewhere may have been.',
    })
  })
})

test('a version of the product is noted where it is another', async () => {
  const [sqlite] = stores
  const { store, close } = await (sqlite as (typeof stores)[number]).open()
  for (const version of ['1', '1', '2', '1']) await noteVersion(store, version, new Date(0))
  const rows = await store.q.select().from(store.t.productVersions)
  expect(rows.map((one) => one.version)).toEqual(['1', '2', '1'])
  await close()
})

test('what came between is said in one sentence', () => {
  const ada = { kind: 'person', id: 'ada', name: 'Ada' } as const
  const difference = { at: '2026-03-01T08:00:00.000Z', revision: null, actor: null, changes: [], name: 'X' }
  const answer = (differences: Parameters<typeof answerOf>[0]['differences']) =>
    answerOf(
      {
        lastSuccess: { id: 1, at: '2026-03-01T07:00:00.000Z' },
        firstFailure: { id: 2, at: '2026-03-01T09:00:00.000Z' },
        differences,
      },
      'UTC',
    )
  const change = (path: string) => ({ path, from: 1, to: 2 })
  expect(
    answer([
      { ...difference, kind: 'agent', actor: ada, name: 'Scout', changes: [change('instructions')] },
      { ...difference, kind: 'model', changes: [{ path: 'model', from: 'a', to: 'b' }] },
    ]),
  ).toBe(
    'It worked until 1 Mar 2026, 07:00; then Ada changed the instructions of the agent Scout and the model was b instead of a.',
  )
  const many = ['a', 'b', 'c', 'd', 'e'].map(change)
  expect(answer([{ ...difference, kind: 'trigger', actor: ada, changes: many }])).toContain(
    'Ada changed the a, the b, the c and 2 more.',
  )
})

test('a page says the same sentence, with the instant as data and the names of its form', () => {
  const found = {
    lastSuccess: { id: 1, at: '2026-03-01T07:00:00.000Z' },
    firstFailure: { id: 2, at: '2026-03-01T09:00:00.000Z' },
    differences: [
      {
        ...{ kind: 'trigger' as const, at: '2026-03-01T08:00:00.000Z', name: 'X', revision: 2 },
        actor: { kind: 'person' as const, id: 'ada', name: 'Ada' },
        changes: [{ path: 'context.durationMs', from: 1, to: 2 }],
      },
    ],
  }
  const words = sentenceOf(found, () => 'Duration ms')
  const then = '; then Ada changed “Duration ms” in the context.'
  expect(words).toEqual(['It worked until ', { at: found.lastSuccess.at }, then])
  expect(answerOf(found, 'Asia/Tokyo')).toBe(
    'It worked until 1 Mar 2026, 16:00; then Ada changed “durationMs” in the context.',
  )
})
