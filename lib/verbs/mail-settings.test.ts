/** Mail servers: sealed passwords, whose is in force, and what a test says. */
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type World, world } from '../http/testing/world.ts'
import { type TestSmtp, testSmtp } from '../mail/testing/smtp.ts'

const PASSWORD = 'bells and very-secret whistles'
const OURS = { host: 'mail.example.com', user: 'carillon', password: PASSWORD, from: 'carillon@example.com' }
const DEMO = '/workspace/demo/mail-settings'

let it: World
let peer: TestSmtp
beforeAll(async () => {
  peer = await testSmtp({ disabledCommands: ['AUTH', 'STARTTLS'] })
  it = await world({
    SMTP_URL: `smtp://127.0.0.1:${peer.port}`,
    SMTP_FROM: 'Bells <bells@example.com>',
  })
})
afterAll(async () => {
  await it.close()
  await peer.close()
})
const inForce = async (path: string, as: string) => (await it.ask('GET', path, { as })).body.inForce

test('a password goes in and never comes out: not in answers, not in the database, not in the log', async () => {
  const put = await it.ask('PUT', DEMO, { as: it.ada, body: OURS })
  expect([put.status, put.body.mailSettings]).toMatchObject([
    200,
    { host: 'mail.example.com', port: 587, secure: false, hasPassword: true, secret: null },
  ])
  const got = await it.ask('GET', DEMO, { as: it.ada })
  const rows = JSON.stringify(await it.carillon.store.q.all(sql`select * from mail_settings`))
  for (const text of [put.text, got.text, rows, it.log.join('')]) expect(text).not.toContain('very-secret')
})

test('a password stays with the server and the user that it was entered for', async () => {
  await it.ask('PUT', DEMO, { as: it.ada, body: OURS })
  const { password: _, ...without } = OURS
  const same = await it.ask('PUT', DEMO, { as: it.ada, body: { ...without, secure: true } })
  expect(same.body.mailSettings).toMatchObject({ port: 465, hasPassword: true })
  for (const change of [{ host: 'evil.example.com' }, { user: 'somebody' }]) {
    const moved = await it.ask('PUT', DEMO, { as: it.ada, body: { ...without, ...change } })
    expect([moved.status, moved.body.errors]).toMatchObject([422, [{ path: 'password' }]])
  }
  const nobody = await it.ask('PUT', DEMO, { as: it.ada, body: { ...without, user: null } })
  expect(nobody.body.mailSettings).toMatchObject({ user: null, hasPassword: false })
})

test('a workspace may name a secret, which is then in use; the installation has none to name', async () => {
  await it.ask('PUT', '/workspace/demo/secrets/MAIL', { as: it.ada, body: { value: PASSWORD } })
  const body = { ...OURS, password: { secret: 'MAIL' } }
  const put = await it.ask('PUT', DEMO, { as: it.ada, body })
  expect(put.body.mailSettings).toMatchObject({ hasPassword: true, secret: 'MAIL' })
  const removed = await it.ask('DELETE', '/workspace/demo/secrets/MAIL', { as: it.ada })
  expect([removed.status, removed.text]).toEqual([409, expect.stringContaining('mail.example.com')])
  expect((await it.ask('PUT', '/mail-settings', { as: it.root, body })).status).toBe(422)
})

test('a workspace’s own is in force before the installation’s, and that before the environment’s', async () => {
  await it.ask('PUT', DEMO, { as: it.ada, body: OURS })
  await it.ask('PUT', '/mail-settings', { as: it.root, body: { ...OURS, from: 'all@example.com' } })
  expect(await inForce(DEMO, it.ada)).toEqual({ scope: 'workspace', from: OURS.from })
  expect(await inForce('/workspace/other/mail-settings', it.cleo)).toEqual({
    scope: 'installation',
    from: 'all@example.com',
  })
  expect((await it.ask('DELETE', DEMO, { as: it.ada })).status).toBe(200)
  expect(await inForce(DEMO, it.ada)).toMatchObject({ scope: 'installation' })
  expect((await it.ask('DELETE', '/mail-settings', { as: it.root })).status).toBe(200)
  expect(await inForce(DEMO, it.ada)).toEqual({ scope: 'environment', from: 'Bells <bells@example.com>' })
  expect((await it.ask('DELETE', DEMO, { as: it.ada })).status).toBe(404)
})

test('a test sends a mail through what is in force, or says why not', async () => {
  const good = await it.ask('POST', `${DEMO}/test`, { as: it.ada, body: { to: 'ada@example.com' } })
  expect(good.body).toMatchObject({ ok: true, detail: expect.stringContaining('ada@example.com') })
  expect(peer.taken).toMatchObject([{ to: ['ada@example.com'], mail: { from: { name: 'Bells' } } }])
  // Who starts the server may have its mail go to its own network; who enters a server may not.
  const own = { host: '127.0.0.1', port: peer.port, from: 'a@example.com' }
  await it.ask('PUT', DEMO, { as: it.ada, body: own })
  const bad = await it.ask('POST', `${DEMO}/test`, { as: it.ada, body: { to: 'ada@example.com' } })
  expect(bad.body).toMatchObject({ ok: false, detail: expect.stringContaining('Refused to connect') })
  expect(peer.taken).toHaveLength(1)
})

test.each([
  { host: 'https://mail.example.com' },
  { host: 'mail.example.com:25' },
  { from: 'Ada' },
  { from: 'Ada <ada@example.com>, ben@example.com' },
  { from: 'Ada\r\nBcc: x@example.com <ada@example.com>' },
  { port: 0 },
  { user: 'ada', password: null },
])('%j is refused', async (change) => {
  const { status } = await it.ask('PUT', DEMO, { as: it.ada, body: { ...OURS, ...change } })
  expect(status).toBe(422)
})
