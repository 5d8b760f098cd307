/** Revisions as they are asked for: who may, what is masked, and what comes back. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type World, world } from './testing/world.ts'

let it: World
const AT = '/workspace/demo'
beforeAll(async () => {
  it = await world()
})
afterAll(() => it.close())

const ok = async (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object, as = it.ada) => {
  const answer = await it.ask(method, AT + path, { as, ...(body && { body }) })
  expect([path, answer.status, answer.text.slice(0, 300)]).toEqual([
    path,
    expect.any(Number),
    expect.any(String),
  ])
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`)
  return answer.body as Record<string, never>
}

const mailbox = (password: string) => ({
  mailbox: { host: 'imap.example.com', port: 993, secure: true, user: 'ada', password },
})

test('a secret is a difference and a mask, and comes back with the revision that had it', async () => {
  const schedule = { name: 'Mail', agentId: 'email-monitor', cronExpression: '0 9 * * *' }
  const made = await ok('POST', '/triggers', { ...schedule, context: mailbox('first-secret') })
  const { id } = made.trigger as unknown as { id: number }
  await ok('PUT', `/triggers/${id}`, { context: mailbox('second-secret') }, it.ben)
  const sealedIn = async () => {
    const { store } = it.carillon
    const rows = await store.q.select({ context: store.t.triggers.context }).from(store.t.triggers)
    return rows.at(-1)?.context
  }
  const list = await it.ask('GET', `${AT}/triggers/${id}/revisions`, { as: it.ben })
  expect(list.text).not.toContain('secret')
  expect(list.text).not.toContain('sealed')
  expect(list.body).toMatchObject({
    revisions: [
      {
        revision: 2,
        actor: { kind: 'person', name: 'Ben' },
        changes: [{ path: 'context.mailbox.password', from: '•••', to: '•••' }],
      },
      { revision: 1, actor: { name: 'Ada' } },
    ],
  })
  const one = await it.ask('GET', `${AT}/triggers/${id}/revisions/1`, { as: it.ben })
  expect(one.body).toMatchObject({ revision: { config: { context: { mailbox: { password: '•••' } } } } })
  const second = await sealedIn()
  await ok('POST', `/triggers/${id}/revisions/1/restore`, { revision: 2 })
  const restored = await sealedIn()
  expect(restored).not.toBe(second)
  await ok('POST', `/triggers/${id}/revisions/2/restore`)
  expect(await sealedIn()).toBe(second)
})

test('of an agent, too: what is restored is judged as any change, and who was quicker is named', async () => {
  const agent = { id: 'scout', name: 'Scout', instructions: 'Look around.', tools: [{ name: 'read_page' }] }
  await ok('POST', '/agents', agent)
  await ok('PUT', '/agents/scout', { instructions: 'Look away.', tools: [] }, it.ben)
  const { revisions } = await ok('GET', '/agents/scout/revisions')
  expect(revisions).toMatchObject([
    {
      revision: 2,
      actor: { name: 'Ben' },
      changes: [
        { path: 'instructions', from: 'Look around.', to: 'Look away.' },
        { path: 'tools', from: [{ name: 'read_page' }], to: [] },
      ],
    },
    { revision: 1, changes: [] },
  ])
  const stale = await it.ask('POST', `${AT}/agents/scout/revisions/1/restore`, {
    as: it.ada,
    body: { revision: 1 },
  })
  expect(stale.status).toBe(409)
  expect(stale.text).toContain('Ben changed this agent')
  const { agent: back } = await ok('POST', '/agents/scout/revisions/1/restore', { revision: 2 })
  expect(back).toMatchObject({ revision: 3, instructions: 'Look around.', tools: [{ name: 'read_page' }] })
  const { revision } = await ok('GET', '/agents/scout/revisions/1')
  expect(revision).toMatchObject({ config: { instructions: 'Look around.' } })
})
