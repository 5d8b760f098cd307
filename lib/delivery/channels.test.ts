/** Each channel against a real receiver: what it is sent, and what its answers mean. */
import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openSqlite } from '#db/sqlite/index.ts'
import type { Store } from '#db/store.ts'
import { handClock } from '../clock.ts'
import type { ChannelKindName } from '../contract/delivery.ts'
import { mailThrough } from '../mail/testing/post.ts'
import { type TestSmtp, testSmtp } from '../mail/testing/smtp.ts'
import { createGuardedFetch } from '../net/guarded-fetch.ts'
import { channelKinds } from './channels/index.ts'
import { faultsOfConfig } from './config.ts'
import type { Message, Ways } from './port.ts'
import { receiver, type Received, type Receiver } from './testing/receiver.ts'

const clock = handClock('2026-03-01T09:00:00Z')
const fetch = createGuardedFetch({ allowedPrivateNetworks: ['127.0.0.1/32'] })
let peer: Receiver
let smtp: TestSmtp
let store: Store
beforeAll(async () => {
  peer = await receiver()
  smtp = await testSmtp()
  store = await openSqlite({ file: ':memory:' })
})
beforeEach(() => {
  for (const list of [peer.taken, peer.answers, smtp.taken]) list.length = 0
  smtp.refuses.clear()
})
afterAll(async () => {
  await Promise.all([peer.close(), smtp.close(), fetch.close()])
  await store.close()
})

const MESSAGE: Message = {
  event: 'failure',
  title: 'Grüße & <Feed> failed',
  text: 'It said: @everyone *look* <https://evil.example.com>',
  url: 'https://carillon.example.com/w/demo/executions/7',
  at: '2026-03-01T09:00:00.000Z',
  about: { execution: { id: 7, status: 'failed' }, trigger: { id: 3, name: 'Grüße' } },
}
const send = (kind: ChannelKindName, config: object, message = MESSAGE) => {
  const ways = { push: nobody, fetch, mail: mailThrough(smtp, { store, clock }), now: () => clock.now() }
  const sending = { id: 'dlv_12', workspaceId: 1, userId: null, message }
  return channelKinds[kind].send(config, { ...sending, ways: { ...ways, outside: ways } })
}
const body = () => JSON.parse(peer.taken[0]?.body ?? '{}') as Record<string, unknown>

const nobody: Ways['push'] = {
  browsers: async () => [],
  requestFor: () => Promise.reject(new Error('No browser is here.')),
  forget: async () => false,
}

const TOKEN = '123456:a-token-of-a-bot_0123'
const at = (path: string) => `${peer.origin}${path}`
/** Of each kind that is sent by HTTP, settings that lead to the receiver, and what is secret in them. */
const OVER_HTTP: [ChannelKindName, () => object, string][] = [
  [
    'webhook',
    () => ({ url: at('/hook'), secret: `whsec_${Buffer.from('secret-secret-secret').toString('base64')}` }),
    'c2VjcmV0',
  ],
  ['slack', () => ({ url: at('/services/T0/B0/s3cret-of-slack') }), 's3cret-of-slack'],
  ['discord', () => ({ url: at('/api/webhooks/1/s3cret-of-discord') }), 's3cret-of-discord'],
  ['telegram', () => ({ server: peer.origin, token: TOKEN, chatId: -100 }), TOKEN],
  ['ntfy', () => ({ server: peer.origin, topic: 'alarms', token: 'tk_s3cret' }), 'tk_s3cret'],
  ['apprise', () => ({ url: peer.origin, targets: ['gotify://host/s3cret'] }), 's3cret'],
]

describe.each(OVER_HTTP)('%s', (kind, config, secret) => {
  test('takes a message, and says so', async () => {
    expect(await send(kind, config())).toMatchObject({ kind: 'sent', detail: 'HTTP 200' })
    expect(peer.taken).toHaveLength(1)
    expect(peer.taken[0]?.body).toContain('failed')
    expect(peer.taken[0]?.body).toContain(MESSAGE.url)
  })
  test.each([
    [
      { status: 400, body: 'no such\nchat' },
      { kind: 'refused', lasting: true, detail: 'HTTP 400: no such chat' },
    ],
    [{ status: 408 }, { kind: 'refused', lasting: false }],
    [{ status: 425 }, { kind: 'refused', lasting: false }],
    [
      { status: 429, headers: { 'retry-after': '90' } },
      { kind: 'refused', lasting: false, retryAfterMs: 90_000 },
    ],
    [
      { status: 503, headers: { 'retry-after': 'Sun, 01 Mar 2026 09:10:00 GMT' } },
      { kind: 'refused', lasting: false, retryAfterMs: 600_000 },
    ],
    [
      { status: 500, headers: { 'retry-after': 'soon' } },
      { kind: 'refused', lasting: false },
    ],
    [{ status: 410 }, { kind: 'refused', lasting: true, gone: true }],
    [
      { status: 302, headers: { location: '/elsewhere' } },
      { kind: 'refused', lasting: true },
    ],
    ['cut' as const, { kind: 'unknown' }],
  ])('an answer %j', async (answer, expected) => {
    peer.answers.push(answer)
    const sent = await send(kind, config())
    expect(sent).toMatchObject(expected)
    expect(sent.detail).not.toContain(secret)
    expect(sent.detail).not.toContain('/hook')
    expect(peer.taken).toHaveLength(1)
  })
})

test('where nothing answers, nothing was sent', async () => {
  const gone = await receiver()
  await gone.close()
  const sent = await send('slack', { url: `${gone.origin}/s3cret` })
  expect(sent).toMatchObject({ kind: 'refused', lasting: false })
  expect(sent.detail).not.toContain('s3cret')
})

test('nothing is sent into a private network, and the address is not repeated', async () => {
  const guarded = createGuardedFetch({ allowedPrivateNetworks: [] })
  const ways = {
    push: nobody,
    fetch: guarded,
    mail: mailThrough(smtp, { store, clock }),
    now: () => clock.now(),
  }
  const sending = {
    id: 'dlv_1',
    workspaceId: 1,
    userId: null,
    message: MESSAGE,
    ways: { ...ways, outside: ways },
  }
  const sent = await channelKinds.slack.send({ url: at('/s3cret') }, sending)
  await guarded.close()
  expect(sent).toMatchObject({ kind: 'refused', lasting: true })
  expect(sent.detail).not.toContain('s3cret')
  expect(peer.taken).toEqual([])
})

test('a webhook is signed as Standard Webhooks has it, and says what it is about', async () => {
  const key = Buffer.from('a key of some bytes')
  await send('webhook', { url: at('/hook'), secret: `whsec_${key.toString('base64')}` })
  const { headers, body: raw } = peer.taken[0] as Received
  const id = headers['webhook-id']
  const timestamp = headers['webhook-timestamp']
  expect(id).toBe('dlv_12')
  expect(timestamp).toBe(String(clock.now().getTime() / 1000))
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${raw}`).digest('base64')
  expect(headers['webhook-signature']).toBe(`v1,${expected}`)
  expect(body()).toMatchObject({
    type: 'carillon.failure',
    timestamp: MESSAGE.at,
    data: { execution: { id: 7, status: 'failed' }, trigger: { id: 3, name: 'Grüße' }, url: MESSAGE.url },
  })
})

test('what a text says is no markup, and calls nobody', async () => {
  await send('slack', { url: at('/s') })
  expect(body().text).toContain('&lt;https://evil.example.com&gt;')
  peer.taken.length = 0
  const text = '**bold** [click](https://evil.example.com/a_b_c) ||x|| <@1> `code`\n# head\n> quote\n- point'
  await send('discord', { url: at('/d') }, { ...MESSAGE, text })
  expect(body()).toMatchObject({ allowed_mentions: { parse: [] } })
  expect(body().content).toBe(
    String.raw`**Grüße & \<Feed\> failed**
\*\*bold\*\* \[click\]\(https://evil.example.com/a_b_c) \|\|x\|\| \<\@1\> ${'\\`code\\`'}
\# head
\> quote
\- point
<${MESSAGE.url}>`,
  )
})

test('no service is asked to open what a text names', async () => {
  await send('slack', { url: at('/s') })
  await send('discord', { url: at('/d') })
  await send('telegram', { server: peer.origin, token: TOKEN, chatId: 1 })
  const [slack, discord, telegram] = peer.taken.map((it) => JSON.parse(it.body) as object)
  expect(slack).toMatchObject({ unfurl_links: false, unfurl_media: false })
  expect(discord).toMatchObject({ flags: 4 })
  expect(telegram).toMatchObject({ link_preview_options: { is_disabled: true } })
})

const OFFSETS = [0, 1, 2, 3, 4]
test.each(OVER_HTTP.map(([kind, config]) => [kind, config] as const))(
  '%s: no character and no entity is cut in half, wherever the cut comes',
  async (kind, config) => {
    for (const n of OFFSETS) {
      const text = 'x'.repeat(n) + '&🔔*'.repeat(2_000)
      await send(kind, config(), { ...MESSAGE, title: `${'y'.repeat(n)}${'🔔&'.repeat(300)}`, text })
    }
    const texts = peer.taken.flatMap((it) => textsOf(JSON.parse(it.body)))
    expect(texts.filter((it) => !it.isWellFormed())).toEqual([])
    if (kind === 'slack') expect(texts.filter((it) => /&(?!amp;|lt;|gt;)/.test(it))).toEqual([])
    if (kind === 'discord') expect(texts.filter((it) => /(?<!\\)\\…/.test(it))).toEqual([])
  },
)
const textsOf = (value: unknown): string[] =>
  typeof value === 'string' ? [value] : Object.values(value ?? {}).flatMap(textsOf)

test('what is too long for a service is cut, its link is not', async () => {
  const long = { ...MESSAGE, text: '*🔔'.repeat(5_000), title: 'Grüße '.repeat(500) }
  await send('discord', { url: at('/d') }, long)
  expect(String(body().content).length).toBeLessThanOrEqual(2_000)
  expect(body().content).toContain(MESSAGE.url)
  peer.taken.length = 0
  await send('telegram', { server: peer.origin, token: TOKEN, chatId: '@ops' }, long)
  expect(peer.taken[0]?.path).toBe(`/bot${TOKEN}/sendMessage`)
  expect(String(body().text).length).toBeLessThanOrEqual(4_096)
  expect(body()).toMatchObject({ chat_id: '@ops', text: expect.stringContaining(MESSAGE.url) })
  peer.taken.length = 0
  await send('ntfy', { server: peer.origin, topic: 'x' }, long)
  expect(Buffer.byteLength(String(body().message))).toBeLessThanOrEqual(4_096)
})

test('a service that says the wait in its answer is heeded', async () => {
  peer.answers.push({ status: 429, body: '{"ok":false,"parameters":{"retry_after":7}}' })
  const telegram = { server: peer.origin, token: TOKEN, chatId: 1 }
  expect(await send('telegram', telegram)).toMatchObject({ retryAfterMs: 7_000 })
  peer.answers.push({ status: 429, body: '{"retry_after":1.5}' })
  expect(await send('discord', { url: at('/d') })).toMatchObject({ retryAfterMs: 1_500 })
})

describe('email', () => {
  test('goes through the mail settings, under one Message-ID', async () => {
    expect(await send('email', { to: ['ada@example.com'] })).toMatchObject({ kind: 'sent' })
    await send('email', { to: ['ada@example.com'] })
    const [first, second] = smtp.taken
    expect(first?.mail.subject).toBe(MESSAGE.title)
    expect(first?.mail.text).toContain(MESSAGE.url)
    expect(first?.mail.messageId).toMatch(/^<dlv_12@/)
    expect(second?.mail.messageId).toBe(first?.mail.messageId)
  })
  test('goes through a server of its own, from whom it says', async () => {
    const own = await testSmtp()
    const sent = await send('email', {
      ...{ to: ['ada@example.com', 'ben@example.com'], from: 'Bells <bells@example.org>' },
      ...{ host: '127.0.0.1', port: own.port },
    })
    expect(sent).toMatchObject({ kind: 'sent' })
    expect(own.taken[0]?.mail.from).toMatchObject({ name: 'Bells', address: 'bells@example.org' })
    expect(smtp.taken).toEqual([])
    await own.close()
  })
  test.each([
    [550, { kind: 'refused', lasting: true }],
    [452, { kind: 'refused', lasting: false }],
    [null, { kind: 'unknown' }],
  ] as const)('an answer %s', async (code, expected) => {
    smtp.refuses.set('', code)
    expect(await send('email', { to: ['ada@example.com'] })).toMatchObject(expected)
  })
  test('who was refused beside others is named', async () => {
    smtp.refuses.set('eve@example.com', 550)
    const sent = await send('email', { to: ['ada@example.com', 'eve@example.com'] })
    expect(sent).toMatchObject({ kind: 'sent', detail: expect.stringMatching(/eve@example.com was refused/) })
  })
})

test.each([
  ['email', { to: [] }, 'config.to'],
  ['email', { to: ['a@example.com\r\nBcc: b@example.com'] }, 'config.to.0'],
  ['email', { to: ['a@example.com'], password: 'x' }, 'config.password'],
  ['email', { to: ['a@example.com'], host: 'mail.example.com' }, 'config.from'],
  ['webhook', { url: 'https://example.com', secret: 'whsec_' }, 'config.secret'],
  ['webhook', { url: 'https://example.com', secret: 'whsec_AAAAAAAA' }, 'config.secret'],
  ['webhook', { url: 'https://example.com', secret: 'whsec_not base64 not base64 not' }, 'config.secret'],
  ['webhook', { url: 'ftp://example.com', secret: '12345678' }, 'config'],
  ['webhook', { url: 'http://169.254.169.254/', secret: '12345678' }, 'config'],
  ['slack', {}, 'config.url'],
  ['telegram', { token: 'x', chatId: 1 }, 'config.token'],
  ['ntfy', { topic: '../x' }, 'config.topic'],
  ['apprise', { url: 'https://apprise.example.com', targets: [] }, 'config.targets'],
  ['apprise', { url: 'https://apprise.example.com', targets: ['x://y'], more: 1 }, 'config.more'],
] as const)('%s cannot be set to %j', (kind, config, path) => {
  expect(faultsOfConfig(kind, config, { allowedPrivateNetworks: [] }).map((it) => it.path)).toContain(path)
})
