/** Questions in the chat and their answers, and what of it is unread. On both databases. */
import { describe, expect, test } from 'vitest'
import * as messages from '#db/queries/messages.ts'
import { questionOf } from '#db/queries/replies.ts'
import { alike, near } from '#db/queries/trigger-names.ts'
import { left, markRead, readersSince, threadOf } from '#db/queries/unread.ts'
import { stores } from '#db/testing/stores.ts'
import { seconds } from '../clock.ts'
import type { Decider } from '../verbs/approvals.ts'
import { type AskingDeps, askAgents, askLeftBehind } from '../verbs/asking.ts'
import * as chat from '../verbs/chat.ts'
import { requested } from '../verbs/requesting.ts'
import { ADA, type World } from './testing/world.ts'
import { worlds } from './testing/worlds.ts'

describe.each(stores)('on $name', ({ open }) => {
  const on = worlds(open)

  const say = (it: World, text: string, more: Partial<messages.Posting> = {}) =>
    messages.post(
      on.store,
      { workspaceId: it.workspaceId, kind: 'person', author: ADA, text, ...more },
      it.clock.now(),
    )

  test('an answer stands in the thread of its question, and says plainly where the agent cannot talk', async () => {
    const it = await on.begin()
    const trigger = await it.schedule({ context: { text: 'All is well.' } })
    await it.triggers.runNow(it.workspaceId, trigger.id, {}, ADA)
    await it.settled(1)
    const [root] = await it.feed()
    const earlier = await say(it, 'I wonder', { threadId: root?.id })
    const question = await say(it, 'Why is it well?', { threadId: root?.id })
    const run = requested({
      ...{ key: `message:${question.id}`, kind: 'reply', requestedBy: ADA },
      availableAt: it.clock.now(),
    })
    const [fired] = await it.engine.fire(await it.trigger(trigger.id), [run], { evenIfPaused: true })
    await it.settled(2)
    const answer = (await it.feed()).at(-1)
    expect(answer).toMatchObject({ kind: 'result', threadId: root?.id, executionId: fired?.id })
    expect(answer?.text).toContain('cannot talk about it')
    const { workspaceId } = it
    const thread = await messages.thread(on.store, workspaceId, { threadId: root?.id as number, limit: 10 })
    expect(thread.map(({ id }) => id)).toEqual([earlier.id, question.id, answer?.id])
    expect(await questionOf(on.store, fired?.id as number)).toEqual({
      ...{ by: 'Ada', text: 'Why is it well?', tainted: false },
      about: { schedule: 'Morning', status: 'success', said: 'All is well.' },
      earlier: [{ by: 'Ada', text: 'I wonder' }],
    })
    // Run again it would do its task with the context of the run that it was asked about.
    await expect(it.executions.retry(workspaceId, fired?.id as number, ADA)).rejects.toThrow(
      'Ask there once more',
    )
    const now = it.clock.now()
    const gone = await messages.get(on.store, workspaceId, root?.id as number)
    await messages.remove(on.store, { workspaceId, id: root?.id as number, version: gone?.version ?? 0 }, now)
    expect((await questionOf(on.store, fired?.id as number))?.about).toMatchObject({ said: '' })
    await messages.remove(on.store, { workspaceId, id: question.id, version: question.version }, now)
    expect(await questionOf(on.store, fired?.id as number)).toBeNull()
  })

  const asking = (it: World) =>
    ({ ...it, hint: () => {}, catalogue: { list: async () => [] } }) as unknown as AskingDeps
  const whom = [{ agentId: 'test-agent', agentType: 'system' as const, name: 'Test', context: null }]

  test('a question whose server died before its agent was asked is asked by the next that looks, once', async () => {
    const it = await on.open()
    const { id } = await say(it, 'And now, @test-agent?', { asks: { by: ADA, whom } })
    const replies = async () => (await it.history()).map(({ kind, occurrence }) => [kind, occurrence])
    expect([await askLeftBehind(asking(it)), await replies()]).toEqual([0, []])
    it.clock.advance(seconds(31))
    expect(await askLeftBehind(asking(it))).toBe(1)
    expect(await replies()).toEqual([['reply', `message:${id}`]])
    expect([await askLeftBehind(asking(it)), (await replies()).length]).toEqual([0, 1])
  })

  test('a question that is deleted calls its answer off, and is not asked later either', async () => {
    const it = await on.open()
    const owed = { by: ADA, whom }
    const asked = await say(it, 'Is it well?', { asks: owed })
    await askAgents(asking(it), asked, owed)
    const remove = (id: number) =>
      chat.remove(asking(it), it.workspaceId, id, {}, { ...ADA, role: 'editor' } as Decider)
    await remove(asked.id)
    expect(await it.history()).toMatchObject([{ kind: 'reply', status: 'cancelled' }])
    await remove((await say(it, 'And this?', { asks: owed })).id)
    it.clock.advance(seconds(31))
    expect(await askLeftBehind(asking(it))).toBe(0)
  })

  test('a trial that is run again is a trial again', async () => {
    const it = await on.begin()
    const { id } = await it.schedule()
    const trial = await it.triggers.runNow(it.workspaceId, id, { staged: true }, ADA)
    await it.settled(1)
    const again = await it.executions.retry(it.workspaceId, trial.id, ADA)
    expect(again.staged).toBe(true)
    await it.settled(2)
  })

  test('what is unread is counted from the mark, which only moves on', async () => {
    const it = await on.begin()
    const { workspaceId } = it
    const ben = { workspaceId, readerId: 'ben', rank: 1 }
    const count = async (readerId = 'ben') =>
      (await left(on.store, [{ ...ben, readerId }], it.clock.now()))[0]
    expect(await count()).toMatchObject({ messages: 0, firstUnreadId: null })
    const one = await say(it, 'One')
    const two = await say(it, 'Two', { mentions: ['ben'] })
    const reply = await say(it, 'Three', { threadId: one.id })
    const { id } = await it.schedule({ context: { does: 'fail' } })
    await it.triggers.runNow(workspaceId, id, {}, ADA)
    await it.settled(1)
    expect(await count()).toMatchObject({ messages: 4, mentions: 1, failures: 1, firstUnreadId: one.id })
    expect(await count('ada')).toMatchObject({ messages: 1, mentions: 0 })
    const mark = (upTo: number, threadId = 0) =>
      markRead(on.store, { workspaceId, readerId: 'ben', threadId, upTo }, it.clock.now())
    expect(await threadOf(on.store, workspaceId, reply.id)).toBe(one.id)
    await mark(reply.id, one.id)
    expect(await count()).toMatchObject({ messages: 2, firstUnreadId: two.id })
    expect([await mark(two.id), await mark(one.id)]).toEqual([two.id, two.id])
    expect(await count()).toMatchObject({ messages: 1, failures: 1 })
    expect(await readersSince(on.store, [workspaceId], it.clock.now())).toContainEqual({
      workspaceId,
      readerId: 'ben',
    })
  })

  test('a message changes as it was seen, or not at all; what is deleted has no words', async () => {
    const it = await on.begin()
    const { workspaceId } = it
    const { id } = await say(it, 'Tehre')
    const at = (version: number) => ({ workspaceId, id, version })
    const words = { text: 'There', mentions: [] }
    expect(await messages.change(on.store, at(1), words, it.clock.now())).toBe(true)
    expect(await messages.change(on.store, at(1), words, it.clock.now())).toBe(false)
    expect(await messages.remove(on.store, at(1), it.clock.now())).toBe(false)
    expect(await messages.remove(on.store, at(2), it.clock.now())).toBe(true)
    expect(await messages.get(on.store, workspaceId, id)).toMatchObject({
      deleted: true,
      text: '',
      version: 3,
    })
    expect((await it.events()).map(({ type }) => type)).toEqual([
      'chat:message',
      'chat:updated',
      'chat:updated',
    ])
  })

  test('a schedule is found by the beginning of its name, in any script, and by what it is like', async () => {
    const it = await on.begin()
    for (const name of ['Ärger', 'Daily', 'Daily Summary', '100%']) await it.schedule({ name })
    const found = async (typed: string, rest = '') =>
      (await alike(on.store, it.workspaceId, { typed, rest, limit: 5 })).map(({ name }) => name)
    expect(await found('DAILY')).toEqual(['Daily', 'Daily Summary'])
    expect(await found('är')).toEqual(['Ärger'])
    expect(await found('x', 'daily summary until monday')).toEqual(['Daily', 'Daily Summary'])
    expect(await found('%')).toEqual([])
    expect((await near(on.store, it.workspaceId, 'summary of all', 5)).map(({ name }) => name)).toEqual([
      'Daily Summary',
    ])
  })
  test('results that say the same in a row are folded into the first of them', async () => {
    const it = await on.begin()
    const trigger = await it.schedule({ context: { text: 'All is well.' } })
    const run = (text: string) => it.triggers.runNow(it.workspaceId, trigger.id, { context: { text } }, ADA)
    for (const [n, text] of ['same', 'same', 'same', 'other', 'same'].entries()) {
      await run(text)
      await it.settled(n + 1)
    }
    const feed = await it.feed()
    const [first] = feed
    expect(feed.map(({ foldedInto }) => foldedInto)).toEqual([null, first?.id, first?.id, null, null])
  })
})
