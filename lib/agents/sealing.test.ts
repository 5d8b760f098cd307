/** What a context holds in confidence: kept sealed, answered masked, opened for the agent. */
import { expect, test } from 'vitest'
import { catalogue } from './index.ts'
import { sealOld } from './seal-old.ts'
import { createSealing, masked } from './sealing.ts'
import { workbench } from './testing/task.ts'

const box = {
  close: (text: string, place: string) => Buffer.from(`${place}|${text}`).toString('base64'),
  open(sealed: string, place: string) {
    const [from, text] = Buffer.from(sealed, 'base64').toString().split('|')
    return from === place ? (text ?? null) : null
  },
}
const sealing = createSealing(catalogue, box)
const WEBHOOK = { agentId: 'webhook-caller', agentType: 'system' }
const call = {
  url: 'https://example.com',
  headers: { Authorization: 'Bearer canary' },
  secret: 'canary secret',
  body: { text: 'canary is no secret here' },
}

test('what the schema marks is sealed, the rest stays; it opens in its workspace only', async () => {
  const kept = await sealing.seal(1, WEBHOOK, call)
  expect(kept).toMatchObject({ url: call.url, body: call.body })
  expect(JSON.stringify([kept.headers, kept.secret])).not.toContain('canary')
  expect(masked(kept)).toEqual({ ...call, headers: { Authorization: '•••' }, secret: '•••' })
  expect(sealing.open(1, kept)).toEqual(call)
  expect(() => sealing.open(2, kept)).toThrow('is a secret that this server cannot open')
})

test('a mask that comes back keeps the value; one that stands for nothing is refused', async () => {
  const kept = await sealing.seal(1, WEBHOOK, call)
  const changed = {
    ...call,
    url: 'https://example.org',
    headers: { Authorization: '•••' },
    secret: 'another one',
  }
  expect(sealing.open(1, await sealing.seal(1, WEBHOOK, changed, kept))).toEqual({
    ...changed,
    headers: call.headers,
  })
  expect(sealing.open(1, changed, kept)).toEqual({ ...changed, headers: call.headers })
  await expect(sealing.seal(1, WEBHOOK, { ...call, secret: '•••' })).rejects.toThrow(
    'context.secret: is "•••", which stands for a secret that is kept: there is none here',
  )
  await expect(sealing.seal(1, WEBHOOK, { ...call, body: kept.secret })).rejects.toThrow(
    'must not begin with',
  )
})

test('what another key has sealed is asked for again, where it is needed and nowhere else', async () => {
  const kept = await sealing.seal(2, WEBHOOK, call)
  const fresh = { ...call, secret: 'a fresh secret', headers: {} }
  expect(sealing.open(1, fresh, kept)).toEqual(fresh)
  expect(() => sealing.open(1, { ...fresh, secret: '•••' }, kept)).toThrow(
    'context.secret: is a secret that this server cannot open',
  )
})

test('what lay there in clear is sealed by a start, in schedules, revisions and runs', async () => {
  const { store, workspaceId, clock } = await workbench()
  const at = { createdAt: clock.now().getTime(), updatedAt: clock.now().getTime() }
  const text = JSON.stringify(call)
  const [trigger] = await store.q
    .insert(store.t.triggers)
    .values({ workspaceId, name: 'Call', ...WEBHOOK, agentType: 'system', context: text, ...at })
    .returning()
  const triggerId = trigger?.id as number
  const config = JSON.stringify({ ...WEBHOOK, context: text })
  await store.q.insert(store.t.triggerRevisions).values({ triggerId, revision: 1, config, createdAt: 0 })
  const run = { workspaceId, triggerId, triggerName: 'Call', triggerRevision: 1, agentId: 'webhook-caller' }
  await store.q.insert(store.t.executions).values({
    ...run,
    kind: 'manual',
    occurrence: 'x',
    queuedAt: 0,
    availableAt: 0,
    status: 'success',
    context: text,
  })
  for (const _ of [1, 2]) await sealOld({ store, catalogue, sealing })
  const rows = [
    (await store.q.select().from(store.t.triggers))[0]?.context,
    JSON.parse((await store.q.select().from(store.t.triggerRevisions))[0]?.config as string).context,
    (await store.q.select().from(store.t.executions))[0]?.context,
  ]
  for (const kept of rows) {
    expect(kept).not.toMatch(/Bearer canary|canary secret/)
    expect(sealing.open(workspaceId, JSON.parse(kept as string))).toEqual(call)
  }
  await store.close()
})

test('the tasks of a batch keep their own', async () => {
  const batch = { tasks: [{ agentId: 'webhook-caller', context: call }] }
  const kept = await sealing.seal(1, { agentId: 'batch-processor', agentType: 'system' }, batch)
  expect(JSON.stringify(masked(kept))).not.toContain('canary secret')
  expect(JSON.stringify(kept)).not.toContain('Bearer canary')
  expect(sealing.open(1, kept)).toEqual(batch)
})
