/** What a context holds in confidence: kept sealed, answered masked, opened for the agent. */
import { expect, test } from 'vitest'
import { catalogue } from './index.ts'
import { sealOld } from './seal-old.ts'
import { masked } from './sealed.ts'
import { createSealing } from './sealing.ts'
import { workbench } from './testing/task.ts'

const box = {
  close: (text: string, place: string) => Buffer.from(`${place}|${text}`).toString('base64'),
  open(sealed: string, place: string) {
    const [from, text] = Buffer.from(sealed, 'base64').toString().split('|')
    return from === place ? (text ?? null) : null
  },
}
const known: Record<string, string> = { TOKEN: 'Bearer from a secret' }
const secrets = {
  open: async (_workspaceId: number, names: string[]) =>
    new Map(names.map((name) => [name, known[name] ?? null])),
}
const sealing = createSealing(catalogue, box, secrets)
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
  expect(await sealing.open(1, WEBHOOK, kept)).toEqual(call)
  await expect(sealing.open(2, WEBHOOK, kept)).rejects.toThrow('is a secret that this server cannot open')
})

test('the address of a calendar is a secret, one in a list of several', async () => {
  const CALENDAR = { agentId: 'calendar-agent', agentType: 'system' }
  const calendars = [
    { url: 'https://example.com/canary.ics' },
    { documentId: 7 },
    { url: { secret: 'TOKEN' } },
  ]
  const kept = await sealing.seal(1, CALENDAR, { calendars })
  expect(JSON.stringify(kept)).not.toContain('canary')
  expect(masked(kept)).toEqual({
    calendars: [{ url: '•••' }, { documentId: 7 }, { url: { secret: 'TOKEN' } }],
  })
  expect(await sealing.open(1, CALENDAR, kept)).toMatchObject({
    calendars: [{ url: 'https://example.com/canary.ics' }, { documentId: 7 }, { url: known.TOKEN }],
  })
  // One more leaves the others where they are; of a shorter list nobody knows.
  const [first] = calendars
  const more = { calendars: [{ url: '•••' }, { documentId: 7 }, { url: 'https://example.com/b.ics' }, first] }
  const longer = await sealing.seal(1, CALENDAR, more, kept)
  expect(await sealing.open(1, CALENDAR, longer)).toMatchObject({
    calendars: [first, { documentId: 7 }, {}, first],
  })
  await expect(sealing.seal(1, CALENDAR, { calendars: [{ url: '•••' }] }, longer)).rejects.toThrow(
    'context.calendars.0.url: is "•••" in a list that has become shorter',
  )
})

test('all that a context holds in confidence is known, to be hidden in what its run says', async () => {
  const given = { ...call, headers: { ...call.headers, 'X-Token': { secret: 'TOKEN' } } }
  const kept = await sealing.seal(1, WEBHOOK, given)
  const found = await sealing.confidentialIn(1, kept)
  expect(found.toSorted()).toEqual(['Bearer canary', 'Bearer from a secret', 'canary secret'])
  expect(await sealing.confidentialIn(2, kept)).not.toContain('canary secret')
  expect(await sealing.confidentialIn(1, { url: call.url })).toEqual([])
})

test('the password of a mailbox goes to the server and the account that it was entered for', async () => {
  const MAIL = { agentId: 'email-monitor', agentType: 'system' }
  const mailbox = { host: 'imap.example.com', user: 'ada', password: 'canary' }
  const kept = await sealing.seal(1, MAIL, { mailbox })
  const again = (change: object) => ({ mailbox: { ...mailbox, password: '•••', ...change } })
  const same = await sealing.seal(1, MAIL, { ...again({ port: 993 }), vip: ['ben@example.com'] }, kept)
  expect(await sealing.open(1, MAIL, same)).toMatchObject({ mailbox })
  for (const change of [{ host: 'imap.evil.example' }, { user: 'eve' }])
    await expect(sealing.seal(1, MAIL, again(change), kept)).rejects.toThrow(
      'context.mailbox.password: is "•••", and what it is handed to is another now: enter it again',
    )
})

test('a mask that comes back keeps the value; one that stands for nothing is refused', async () => {
  const kept = await sealing.seal(1, WEBHOOK, call)
  const changed = {
    ...call,
    url: 'https://example.org',
    headers: { Authorization: '•••' },
    secret: 'another one',
  }
  expect(await sealing.open(1, WEBHOOK, await sealing.seal(1, WEBHOOK, changed, kept))).toEqual({
    ...changed,
    headers: call.headers,
  })
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
  const again = (context: Record<string, unknown>) => sealing.seal(1, WEBHOOK, context, kept)
  expect(await sealing.open(1, WEBHOOK, await again(fresh))).toEqual(fresh)
  await expect(again({ ...fresh, secret: '•••' }).then((it) => sealing.open(1, WEBHOOK, it))).rejects.toThrow(
    'context.secret: is a secret that this server cannot open',
  )
})

test('a secret is named where one is taken, and nowhere else; it is opened for the agent only', async () => {
  const given = { ...call, headers: { Authorization: { secret: 'TOKEN' } }, body: { secret: 'TOKEN' } }
  const kept = await sealing.seal(1, WEBHOOK, given)
  expect(masked(kept)).toEqual({ ...given, secret: '•••' })
  expect(await sealing.seal(1, WEBHOOK, masked(kept), kept)).toEqual(kept)
  const opened = await sealing.open(1, WEBHOOK, kept)
  expect(opened).toEqual({ ...given, headers: { Authorization: 'Bearer from a secret' } })
  const missing = await sealing.seal(1, WEBHOOK, { ...call, secret: { secret: 'OTHER' } })
  await expect(sealing.open(1, WEBHOOK, missing)).rejects.toThrow(
    'names the secret OTHER, which is not there',
  )
  for (const text of ['secret:v1:TOKEN', 'sealed:v1:abc'])
    await expect(sealing.seal(1, WEBHOOK, { ...call, body: { text } })).rejects.toThrow('must not begin with')
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
    expect(await sealing.open(workspaceId, WEBHOOK, JSON.parse(kept as string))).toEqual(call)
  }
  await store.close()
})

test('a context that keeps nothing in confidence is opened without a look at its agent', async () => {
  const find = async () => {
    throw new Error('The catalogue was asked.')
  }
  const alone = createSealing({ find }, box, secrets)
  const plain = { url: call.url, body: { list: ['a', null, 3] } }
  expect(await alone.open(1, WEBHOOK, plain)).toEqual(plain)
  const kept = await sealing.seal(1, WEBHOOK, call)
  await expect(alone.open(1, WEBHOOK, kept)).rejects.toThrow('The catalogue was asked.')
})

test('the tasks of a batch keep their own', async () => {
  const batch = { tasks: [{ agentId: 'webhook-caller', context: call }] }
  const kept = await sealing.seal(1, { agentId: 'batch-processor', agentType: 'system' }, batch)
  expect(JSON.stringify(masked(kept))).not.toContain('canary secret')
  expect(JSON.stringify(kept)).not.toContain('Bearer canary')
  const batches = { agentId: 'batch-processor', agentType: 'system' }
  expect(await sealing.open(1, batches, kept)).toEqual(batch)
})

test('an agent that takes no secret is not told what was kept for another one', async () => {
  const other = { agentId: 'test-agent', agentType: 'system' }
  const kept = await sealing.seal(1, WEBHOOK, { ...call, headers: { Authorization: { secret: 'TOKEN' } } })
  const shown = { ...call, headers: { Authorization: { secret: 'TOKEN' } }, secret: '•••' }
  expect(await sealing.open(1, other, kept)).toEqual(shown)
  const given = await sealing.seal(1, other, kept, kept)
  expect(given).toEqual(shown)
  expect(await sealing.open(1, other, given)).toEqual(shown)
})
