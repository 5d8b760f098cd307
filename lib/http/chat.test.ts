/** The chat over HTTP: what is unread, what is changed, and who is asked. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seconds } from '../clock.ts'
import { type World, world } from './testing/world.ts'

let it: World
beforeAll(async () => {
  it = await world()
})
afterAll(() => it.close())

interface Said {
  id: number
  version: number
  text: string
  deleted: boolean
}
const chat = '/workspace/demo/messages'
const say = async (as: string, text: string, more: object = {}) =>
  (await it.ask('POST', chat, { as, body: { text, ...more } })).body.message as Said
const unread = async (as: string) => {
  const { body } = await it.ask('GET', '/me/unread', { as })
  return (body.workspaces as { slug: string }[]).find(({ slug }) => slug === 'demo') as Record<
    string,
    unknown
  >
}
const read = (as: string, body: object) => it.ask('PUT', '/workspace/demo/read', { as, body })

test('what others say is unread until it is read; what one says oneself never is', async () => {
  const first = await say(it.ada, 'One')
  await say(it.ben, 'Two, by Ben')
  const last = await say(it.ada, 'Three: @Ben, look')
  expect(await unread(it.ben)).toEqual({
    ...{ slug: 'demo', messages: 2, mentions: 1, approvals: 0, failures: 0 },
    firstUnreadId: first.id,
  })
  expect(await unread(it.ada)).toMatchObject({ messages: 1, mentions: 0 })
  const answer = await read(it.ben, { upTo: first.id })
  expect(answer.body).toMatchObject({ upTo: first.id, unread: { messages: 1, firstUnreadId: last.id } })
  expect((await read(it.ben, { upTo: last.id })).body).toMatchObject({ unread: { messages: 0 } })
  expect(await unread(it.ben)).toMatchObject({ messages: 0, mentions: 0, firstUnreadId: null })
  // Of the one who reads, and of nobody else.
  expect(await unread(it.ada)).toMatchObject({ messages: 1 })
})

test('a mark never moves back, and stands in its own workspace', async () => {
  const one = await say(it.ada, 'earlier')
  const two = await say(it.ada, 'later')
  await read(it.ben, { upTo: two.id })
  expect((await read(it.ben, { upTo: one.id })).body).toMatchObject({ upTo: two.id })
  expect(await unread(it.ben)).toMatchObject({ messages: 0 })
  const { body } = await it.ask('POST', '/workspace/other/messages', { as: it.cleo, body: { text: 'x' } })
  const foreign = await read(it.ben, { upTo: (body.message as Said).id })
  const absent = await read(it.ben, { upTo: 999_999 })
  expect([foreign.status, foreign.text]).toEqual([404, absent.text])
})

test('a thread that was read is read, whatever else is not', async () => {
  const root = await say(it.ada, 'What do you think?')
  const reply = await say(it.ada, 'Anybody?', { threadId: root.id })
  expect(await unread(it.ben)).toMatchObject({ messages: 2 })
  expect((await read(it.ben, { upTo: reply.id, threadId: root.id })).status).toBe(200)
  expect(await unread(it.ben)).toMatchObject({ messages: 0 })
  const next = await say(it.ada, 'Beside it')
  expect((await read(it.ben, { upTo: next.id, threadId: root.id })).status).toBe(404)
  await read(it.ben, { upTo: next.id })
})

test('what is hidden, deleted or changed is no news', async () => {
  const gone = await say(it.ada, 'Never mind')
  const kept = await say(it.ada, 'A typo')
  await it.ask('DELETE', `${chat}/${gone.id}`, { as: it.ada })
  expect(await unread(it.ben)).toMatchObject({ messages: 1, firstUnreadId: kept.id })
  await read(it.ben, { upTo: kept.id })
  await it.ask('PUT', `${chat}/${kept.id}`, { as: it.ada, body: { text: 'No typo', version: 1 } })
  expect(await unread(it.ben)).toMatchObject({ messages: 0 })
  const { store } = it.carillon
  const hidden = await say(it.ada, 'Archived')
  const { sql } = await import('drizzle-orm')
  await store.q.update(store.t.messages).set({ include: false }).where(sql`id = ${hidden.id}`)
  expect(await unread(it.ben)).toMatchObject({ messages: 0 })
})

test('whoever joins has read what was there before', async () => {
  it.clock.advance(seconds(5))
  const { body } = await it.ask('POST', '/workspace/demo/members', {
    as: it.root,
    body: { email: 'dora@example.com', role: 'viewer' },
  })
  const token = new URL(String(body.link)).searchParams.get('token')
  await it.ask('POST', '/invitations', { body: { token, name: 'Dora', password: 'correct horse' } })
  const dora = await it.signIn('dora@example.com')
  expect(await unread(dora)).toMatchObject({ messages: 0 })
  it.clock.advance(seconds(5))
  const { id } = await say(it.ada, 'Welcome')
  expect(await unread(dora)).toMatchObject({ messages: 1, firstUnreadId: id })
})

test('one changes and deletes what one wrote; an admin what anybody did', async () => {
  const bens = await say(it.ben, 'Tehre')
  const mend = (as: string, text: string, version: number) =>
    it.ask('PUT', `${chat}/${bens.id}`, { as, body: { text, version } })
  expect((await mend(it.ben, 'There', 1)).body.message).toMatchObject({ text: 'There', version: 2 })
  const stale = await mend(it.ada, 'Here', 1)
  expect([stale.status, stale.body.detail]).toEqual([409, expect.stringContaining('version 2')])
  expect((await mend(it.ada, 'Here', 2)).body.message).toMatchObject({
    text: 'Here',
    author: { name: 'Ben' },
  })
  const adas = await say(it.ada, 'Mine')
  const foreign = { as: it.ben, body: { text: 'Yours', version: 1 } }
  expect((await it.ask('PUT', `${chat}/${adas.id}`, foreign)).status).toBe(403)
  expect((await it.ask('DELETE', `${chat}/${adas.id}`, { as: it.ben })).status).toBe(403)
  expect((await it.ask('DELETE', `${chat}/${bens.id}?version=1`, { as: it.ada })).status).toBe(409)
  const gone = await it.ask('DELETE', `${chat}/${bens.id}`, { as: it.ada })
  expect(gone.body.message).toMatchObject({ deleted: true, text: '', prompt: '' })
  expect((await it.ask('DELETE', `${chat}/${bens.id}`, { as: it.ben })).status).toBe(200)
  expect((await mend(it.ben, 'Again', 4)).body.detail).toContain('was deleted')
  const found = (await it.ask('GET', `${chat}?q=Here`, { as: it.ada })).body.messages
  expect(found).toEqual([])
  const listed = (await it.ask('GET', chat, { as: it.ada })).body.messages as Said[]
  expect(listed.find(({ id }) => id === bens.id)).toMatchObject({ deleted: true, text: '' })
})

test('a change is told once, with the message as it is', async () => {
  const said = await say(it.ada, 'Soon')
  await it.ask('PUT', `${chat}/${said.id}`, { as: it.ada, body: { text: 'Now', version: 1 } })
  await it.ask('PUT', `${chat}/${said.id}`, { as: it.ada, body: { text: 'Late', version: 1 } })
  const { body } = await it.ask('GET', '/workspace/demo/events?since=0&limit=500', { as: it.ada })
  const told = (body.events as { type: string; message?: Said }[]).filter(
    (event) => event.message?.id === said.id,
  )
  expect(told.map(({ type, message }) => [type, message?.text])).toEqual([
    ['chat:message', 'Now'],
    ['chat:updated', 'Now'],
  ])
})

/** A result in the chat, as a run leaves it: no engine runs here. */
async function resultOf(
  agentId = 'test-agent',
): Promise<{ id: number; executionId: number; triggerId: number }> {
  const body = {
    name: 'Digest',
    agentId,
    agentType: agentId === 'scout' ? 'custom' : 'system',
    cronExpression: '0 9 * * *',
    context: agentId === 'scout' ? { city: 'Bonn' } : {},
  }
  const { trigger } = (await it.ask('POST', '/workspace/demo/triggers', { as: it.ada, body })).body as {
    trigger: { id: number; workspaceId: number }
  }
  const { execution } = (
    await it.ask('POST', `/workspace/demo/triggers/${trigger.id}/run`, { as: it.ada, body: {} })
  ).body as { execution: { id: number } }
  const { store, clock } = it.carillon
  const now = clock.now().getTime()
  const [row] = await store.q
    .insert(store.t.messages)
    .values({
      ...{
        workspaceId: trigger.workspaceId,
        kind: 'result',
        prompt: '[SCHEDULED] Digest',
        text: 'All is well.',
      },
      ...{
        authorName: 'Carillon',
        executionId: execution.id,
        triggerId: trigger.id,
        createdAt: now,
        updatedAt: now,
      },
    })
    .returning()
  return { id: row?.id as number, executionId: execution.id, triggerId: trigger.id }
}
const asked = async (messageId: number) => {
  const { body } = await it.ask('GET', '/workspace/demo/executions?kind=reply', { as: it.ada })
  return (body.executions as { occurrence: string; agentId: string; triggerId: number }[]).filter(
    (run) => run.occurrence === `message:${messageId}`,
  )
}

test('whoever writes below a result asks its agent, once; the run belongs to the agent’s built-in trigger', async () => {
  const agent = { name: 'Scout', id: 'scout', instructions: 'Look around.' }
  expect((await it.ask('POST', '/workspace/demo/agents', { as: it.ada, body: agent })).status).toBe(201)
  const root = await resultOf('scout')
  const question = await say(it.ben, 'Why?', { threadId: root.id, clientId: 'one' })
  await say(it.ben, 'Why?', { threadId: root.id, clientId: 'one' })
  const [run, ...more] = await asked(question.id)
  expect([run?.agentId, more]).toEqual(['scout', []])
  const chats = (await it.ask('GET', '/workspace/demo/triggers?kind=chat', { as: it.ada })).body.triggers
  expect(chats).toMatchObject([{ id: run?.triggerId, agentId: 'scout', name: 'Scout' }])
  expect((await it.ask('DELETE', `/workspace/demo/triggers/${run?.triggerId}`, { as: it.ada })).status).toBe(
    409,
  )
  const all = (await it.ask('GET', '/workspace/demo/triggers', { as: it.ada })).body.triggers as {
    id: number
  }[]
  expect(all.map(({ id }) => id)).not.toContain(run?.triggerId)
  // It gets what that run had: the schedule's context.
  const { store } = it.carillon
  const rows = await store.q.select().from(store.t.executions)
  expect(rows.find((row) => row.occurrence === `message:${question.id}`)?.context).toBe('{"city":"Bonn"}')
})

test('an agent is asked by its name; below what people say nobody is asked unasked', async () => {
  const plain = await say(it.ada, 'Good morning')
  const reply = await say(it.ben, 'Good morning to you', { threadId: plain.id })
  expect([await asked(plain.id), await asked(reply.id)]).toEqual([[], []])
  const named = await say(it.ada, '@Scout, and you?', { threadId: plain.id })
  expect((await asked(named.id)).map(({ agentId }) => agentId)).toEqual(['scout'])
  const twice = await say(it.ada, '@scout and @test-agent: who is first?')
  expect((await asked(twice.id)).map(({ agentId }) => agentId).sort()).toEqual(['scout', 'test-agent'])
})

test('a thread has its replies, a reply to a reply joins its root, and a root elsewhere is none', async () => {
  const root = await say(it.ada, 'A plan')
  const first = await say(it.ben, 'Good', { threadId: root.id })
  const second = (await it.ask('POST', chat, { as: it.ada, body: { text: 'Thanks', threadId: first.id } }))
    .body
  expect(second.message).toMatchObject({ threadId: root.id })
  const listed = async (id: number) => {
    const { body } = await it.ask('GET', `${chat}?threadId=${id}`, { as: it.ben })
    return (body.messages as Said[]).map(({ text }) => text)
  }
  expect([await listed(root.id), await listed(first.id)]).toEqual([
    ['Good', 'Thanks'],
    ['Good', 'Thanks'],
  ])
  const { body } = await it.ask('POST', '/workspace/other/messages', { as: it.cleo, body: { text: 'x' } })
  for (const threadId of [(body.message as Said).id, 999_999])
    expect((await it.ask('POST', chat, { as: it.ada, body: { text: 'y', threadId } })).status).toBe(404)
  expect((await it.ask('GET', `${chat}?threadId=999999`, { as: it.ada })).status).toBe(404)
})
