import { expect, test } from 'vitest'
import {
  dataOf,
  headersOf,
  idOf,
  isSecretName,
  maskedHeaders,
  maskedQuery,
  queryOf,
  subjectOf,
  textOf,
} from './reading.ts'

const HEADERS = headersOf(
  new Headers({
    Authorization: 'Bearer secret',
    Cookie: 'a=b',
    'X-Hub-Signature-256': 'sha256=00',
    'webhook-signature': 'v1,00',
    'X-Gitlab-Token': 'secret',
    'X-API-Key': 'secret',
    'Idempotency-Key': 'order-7',
    'X-GitHub-Event': 'push',
    'x-carillon-client': '192.0.2.1',
    'x-forwarded-for': '192.0.2.1',
    'x-original-uri': '/api/hooks/address?token=secret',
  }),
)

test('headers that are secret reach neither the agent nor the log, and those of the server are none of the call', () => {
  expect(subjectOf(HEADERS, {}, '').headers).toEqual({
    'idempotency-key': 'order-7',
    'x-github-event': 'push',
  })
  expect(maskedHeaders(HEADERS)).toEqual({
    authorization: '•••',
    cookie: '•••',
    'idempotency-key': 'order-7',
    'webhook-signature': '•••',
    'x-api-key': '•••',
    'x-github-event': 'push',
    'x-gitlab-token': '•••',
    'x-hub-signature-256': '•••',
  })
})

const SECRET = `token access_token accessToken X-Auth-Token api_key apikey apiKey api-key key sig signature
  x-amz-signature X-Amz-Credential secret client_secret password passwd pwd auth x-shopify-hmac-sha256
  paypal-transmission-sig x-functions-key X-Signature-Ed25519 jwt JSESSIONID session_id auth[token] proxy-authorization
  set-cookie signing_key`
const PLAIN = `id from design author signal monkey keyword idempotency-key user_key issue-key sort authored page
  passenger x-github-event content-type user-agent ce-id host`
test('what is secret is known by its name, in a header as in a query', () => {
  const names = (text: string) => text.split(/\s+/)
  expect(names(SECRET).filter((name) => !isSecretName(name))).toEqual([])
  expect(names(PLAIN).filter(isSecretName)).toEqual([])
})

test('what is secret in a query reaches neither the agent nor the log, however often it is given', () => {
  const query = queryOf(new URLSearchParams('from=shop&api_key=s3cret&token=a&token=b&__proto__=x'))
  const { query: told } = subjectOf({}, query, '')
  const logged = maskedQuery(query)
  expect(Object.entries(told)).toEqual([
    ['from', 'shop'],
    ['__proto__', 'x'],
  ])
  expect(Object.entries(logged)).toEqual([
    ['from', 'shop'],
    ['api_key', '•••'],
    ['token', '•••'],
    ['__proto__', 'x'],
  ])
})

test.each([
  ['{"a":[1,true,null]}', { a: [1, true, null] }],
  ['7', 7],
  ['', null],
  ['payload=%7B%7D', 'payload=%7B%7D'],
  ['{"a":', '{"a":'],
  // Two readers would read two things.
  ['{"a":1,"a":2}', '{"a":1,"a":2}'],
  ['{"__proto__":{"x":1}}', '{"__proto__":{"x":1}}'],
  ['{"n":9007199254740993}', '{"n":9007199254740993}'],
  [`${'['.repeat(70)}${']'.repeat(70)}`, `${'['.repeat(70)}${']'.repeat(70)}`],
])('the body %s is read as what everybody reads in it', (text, body) => {
  expect(subjectOf({}, {}, text).body).toEqual(body)
})

test('bytes that are no text are not read', () => {
  expect([
    textOf(Buffer.from([0xff, 0xfe])),
    textOf(Buffer.from('a\0b')),
    textOf(Buffer.from('zwölf')),
  ]).toEqual([null, null, 'zwölf'])
  expect(subjectOf({}, {}, null).body).toBeNull()
})

test('what the query gives several times is a list, whatever its name', () => {
  const query = queryOf(new URLSearchParams('a=1&b=2&a=3&__proto__=x'))
  expect(Object.entries(query)).toEqual([
    ['a', ['1', '3']],
    ['b', '2'],
    ['__proto__', 'x'],
  ])
})

test.each([
  ['standard', undefined, { id: 'msg_1' }],
  ['github', undefined, { id: '72d3162e' }],
  ['stripe', undefined, { id: 'evt_1' }],
  ['token', undefined, { id: 'order-7' }],
  ['token', { header: 'x-request-id' }, { id: null }],
  ['token', { path: 'body.order.number' }, { id: '7' }],
  ['token', { path: 'query.nothing' }, { id: null }],
  [
    'token',
    { path: 'body.order' },
    { malformed: 'The id of the delivery, at body.order, has 1 to 255 visible ASCII characters.' },
  ],
  [
    'token',
    { header: 'x-spaced' },
    { malformed: 'The id of the delivery, the header x-spaced, has 1 to 255 visible ASCII characters.' },
  ],
] as const)('with %s and %j the id is where it stands there', (scheme, idFrom, expected) => {
  const headers = {
    'webhook-id': 'msg_1',
    'x-github-delivery': '72d3162e',
    'idempotency-key': 'order-7',
    'x-spaced': 'a b',
  }
  const subject = subjectOf(headers, {}, '{"id":"evt_1","order":{"number":7}}')
  expect(idOf({ scheme, idFrom }, headers, subject)).toEqual(expected)
})

test('of a long body an agent is told the beginning, and that it is not all', () => {
  const whole = { headers: {}, query: {}, body: { list: ['x'.repeat(1000)] } }
  expect(dataOf(whole)).toEqual(whole)
  const { body, truncated } = dataOf({ ...whole, body: Array.from({ length: 100 }, () => 'x'.repeat(1000)) })
  expect([String(body).length, truncated]).toEqual([64 * 1024, true])
})
