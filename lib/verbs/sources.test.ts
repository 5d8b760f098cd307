/** Sources as people enter, change and delete them, through the real routes. */
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type World, world } from '../http/testing/world.ts'

let it: World
let root: string
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'carillon-sources-'))
  it = await world({ DOCUMENT_FOLDERS: root })
})
afterAll(async () => {
  await it.close()
  rmSync(root, { recursive: true })
})

const mailbox = { host: 'mail.invalid', user: 'ada@example.com', password: 'bells & whistles' }
const ask = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown, as = it.ben) =>
  it.ask(method, `/workspace/demo/sources${path}`, { as, body })
async function made(body: Record<string, unknown>): Promise<Record<string, unknown> & { id: number }> {
  const answer = await ask('POST', '', body)
  expect([answer.status, answer.text]).toEqual([201, expect.anything()])
  return answer.body.source as Record<string, unknown> & { id: number }
}
const kept = async (id: number) => {
  const { store } = it.carillon
  return (await store.q.select().from(store.t.sources)).find((row) => row.id === id)
}

test('an editor adds a folder; it is looked at at once, and what is there counts as seen', async () => {
  writeFileSync(join(root, 'old.txt'), 'x')
  const source = await made({ name: 'Inbox', kind: 'folder', config: { path: root } })
  expect(source).toMatchObject({
    ...{ kind: 'folder', about: root, everySeconds: 300, status: 'ok', lastError: null, usedBy: [] },
    ...{ cursor: { files: 1 }, baselineAt: expect.any(String), lastCheckedAt: expect.any(String) },
  })
  const listed = await ask('GET', '')
  expect(listed.body).toMatchObject({ sources: [{ id: source.id }], nextCursor: null })
  writeFileSync(join(root, 'new.txt'), 'x')
  utimesSync(join(root, 'new.txt'), it.clock.now(), it.clock.now())
  it.clock.advance(60_000)
  expect((await ask('POST', `/${source.id}/check`)).body.source).toMatchObject({ cursor: { files: 2 } })
  const dry = await ask('POST', `/${source.id}/rewind`, { to: '2020-01-01T00:00:00Z', dryRun: true })
  expect(dry.body).toMatchObject({ count: 2, dryRun: true, events: [{ type: 'file.changed' }, {}] })
  expect((await ask('DELETE', `/${source.id}`)).status).toBe(200)
  expect((await ask('GET', `/${source.id}`)).status).toBe(404)
})

test.each([
  [{ kind: 'folder', config: { path: '/etc' } }, 'config.path', /not open to agents/],
  [{ kind: 'folder', config: { path: 'etc' } }, 'config.path', /in full, from the root/],
  [{ kind: 'feed', config: { url: 'http://127.0.0.1/feed' } }, 'config.url', /./],
  [{ kind: 'feed', config: { url: 'ftp://example.com' } }, 'config.url', /http/],
  [{ kind: 'feed', everySeconds: 59, config: { url: 'https://a.com' } }, 'everySeconds', /at least 60/],
  [{ kind: 'imap', config: { ...mailbox, host: '10.0.0.1' } }, 'config.host', /./],
  [{ kind: 'imap', config: { ...mailbox, password: '•••' } }, 'config.password', /enter it/],
  [{ kind: 'imap', config: { ...mailbox, password: { secret: 'NONE' } } }, 'config.password', /NONE/],
])('%j is refused at its field', async (body, path, message) => {
  const { status, body: said } = await ask('POST', '', { name: 'x', ...body })
  expect([status, said.errors]).toEqual([422, [{ path, message: expect.stringMatching(message) }]])
})

test('a password is sealed, masked, and goes to no other place than it was entered for', async () => {
  const { id, ...source } = await made({ name: 'Mail', kind: 'imap', config: mailbox })
  expect(source).toMatchObject({
    config: { host: 'mail.invalid', user: 'ada@example.com', password: '•••' },
    // Nobody is there: that may pass, and is said all the same.
    lastError: expect.stringMatching(/mail\.invalid/),
  })
  const before = await kept(id)
  expect(before?.config).not.toContain('bells')
  expect(it.log.join('')).not.toContain('bells')
  const change = (config: object) => ask('PUT', `/${id}`, { config: { ...mailbox, ...config } })
  expect((await change({ password: '•••', folders: ['INBOX', 'Bills'] })).body.source).toMatchObject({
    about: 'INBOX, Bills of ada@example.com at mail.invalid',
  })
  const passwordIn = (row: typeof before) => JSON.parse(row?.config ?? '').password
  expect(passwordIn(await kept(id))).toBe(passwordIn(before))
  expect((await change({ password: '•••', host: 'evil.invalid' })).body).toMatchObject({
    status: 422,
    errors: [{ path: 'config.password', message: expect.stringMatching(/another place/) }],
  })
  expect((await change({ password: passwordIn(before) })).status).toBe(422)
})

test('a secret may stand for the password, and is not deleted while it does', async () => {
  await it.ask('PUT', '/workspace/demo/secrets/MAIL', { as: it.ada, body: { value: 'x' } })
  const config = { ...mailbox, password: { secret: 'MAIL' } }
  const { id } = await made({ name: 'Mail by secret', kind: 'imap', config })
  const refused = await it.ask('DELETE', '/workspace/demo/secrets/MAIL', { as: it.ada })
  expect([refused.status, refused.text]).toEqual([
    409,
    expect.stringContaining(`“Mail by secret” (source ${id})`),
  ])
})

const listening = (sourceIds: number[]) => ({
  ...{ name: 'Filing', agentId: 'test-agent', kind: 'event' },
  event: { types: ['file.changed'], sourceIds },
})
test('a source that a trigger names says so, and is not deleted', async () => {
  const { id } = await made({ name: 'Used', kind: 'folder', config: { path: root } })
  const trigger = await it.ask('POST', '/workspace/demo/triggers', {
    as: it.ben,
    body: listening([id]),
  })
  const triggerId = (trigger.body.trigger as { id: number }).id
  const unknown = await it.ask('POST', '/workspace/demo/triggers', { as: it.ben, body: listening([id, 999]) })
  expect(unknown.body.errors).toEqual([
    { path: 'event.sourceIds', message: 'names 999: there is no such source in this workspace' },
  ])
  const changed = await it.ask('PUT', `/workspace/demo/triggers/${triggerId}`, {
    as: it.ben,
    body: { event: { types: ['file.changed'], sourceIds: [999] } },
  })
  expect(changed.status).toBe(422)
  expect((await ask('GET', `/${id}`)).body.source).toMatchObject({
    usedBy: [{ id: triggerId, name: 'Filing' }],
  })
  const refused = await ask('DELETE', `/${id}`)
  expect([refused.status, refused.text]).toEqual([409, expect.stringContaining(`“Filing” (${triggerId})`)])
})

test('another place begins anew; another name does not', async () => {
  const { id, baselineAt } = await made({ name: 'Moving', kind: 'folder', config: { path: root } })
  it.clock.advance(60_000)
  expect((await ask('PUT', `/${id}`, { name: 'Renamed', everySeconds: 60 })).body.source).toMatchObject({
    ...{ name: 'Renamed', everySeconds: 60, baselineAt },
  })
  const other = mkdtempSync(join(root, 'other-'))
  expect((await ask('PUT', `/${id}`, { config: { path: other } })).body.source).toMatchObject({
    ...{ cursor: { files: 0 }, baselineAt: it.clock.now().toISOString(), baselineReason: null },
  })
})

test('a hundred sources are enough for a workspace', async () => {
  const { store } = it.carillon
  const [some] = await store.q.select().from(store.t.sources)
  if (!some) throw new Error('There is no source.')
  const { id: _, ...row } = some
  await store.q.insert(store.t.sources).values(Array.from({ length: 100 }, () => row))
  const { status, text } = await ask('POST', '', { name: 'x', kind: 'folder', config: { path: root } })
  expect([status, text]).toEqual([422, expect.stringContaining('at most 100 sources')])
})
