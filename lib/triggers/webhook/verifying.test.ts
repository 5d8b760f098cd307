/** The vectors are those that the schemes' own pages publish; where one has none, its formula is written out. */
import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { verify } from './verifying.ts'

const at = (seconds: number) => new Date(seconds * 1000)
const body = (text: string) => Buffer.from(text)
type Headers = Record<string, string>

/** Of the specification at standardwebhooks.com. */
const STANDARD = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  time: 1614265330,
  body: body('{"test": 2432232314}'),
  headers: {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  },
}
/** Of "Validating webhook deliveries" in GitHub's documentation. */
const GITHUB = {
  secret: "It's a Secret to Everybody",
  time: 1614265330,
  body: body('Hello, World!'),
  headers: {
    'x-hub-signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
  },
}
/** "Verify webhook signatures manually" of Stripe's documentation: HMAC-SHA256 of the time, a dot and the body. */
const stripeSignature = (secret: string, time: number, text: string) =>
  createHmac('sha256', secret).update(`${time}.${text}`).digest('hex')
const EVENT = '{"id":"evt_1NG8Du2eZvKYlo2CUI79vXWy","object":"event"}'
const STRIPE = {
  secret: 'whsec_test_secret',
  time: 1614265330,
  body: body(EVENT),
  headers: {
    'stripe-signature': `t=1614265330,v1=${stripeSignature('whsec_test_secret', 1614265330, EVENT)},v0=6ffbb59b`,
  },
}
const TOKEN = {
  secret: 'a-token-that-nobody-guesses',
  time: 1614265330,
  body: body(''),
  headers: { authorization: 'Bearer a-token-that-nobody-guesses' },
}
const VECTORS = { standard: STANDARD, github: GITHUB, stripe: STRIPE, token: TOKEN }
type Scheme = keyof typeof VECTORS

interface Change {
  headers?: Headers
  body?: Buffer
  secrets?: string[]
  now?: Date
  toleranceSeconds?: number
}
function judged(scheme: Scheme, change: Change = {}) {
  const it = VECTORS[scheme]
  const verdict = verify(
    { scheme, toleranceSeconds: change.toleranceSeconds ?? 300 },
    change.secrets ?? [it.secret],
    { headers: { ...(it.headers as Headers), ...change.headers }, body: change.body ?? it.body },
    change.now ?? at(it.time),
  )
  return verdict.genuine || verdict.reason
}

describe.each(Object.keys(VECTORS) as Scheme[])('%s', (scheme) => {
  test('takes the published vector, also as the secret before the newest', () => {
    expect(judged(scheme)).toBe(true)
    expect(judged(scheme, { secrets: ['whsec_bmV3ZXIgYW5kIG5vdCB0aGUgb25l', VECTORS[scheme].secret] })).toBe(
      true,
    )
  })

  test('refuses it with another secret, with an empty one, and with none', () => {
    for (const secrets of [['whsec_bmV3ZXIgYW5kIG5vdCB0aGUgb25l'], [''], []])
      expect(judged(scheme, { secrets })).not.toBe(true)
  })

  test('refuses it without each of its headers, and with each of them empty', () => {
    for (const name of Object.keys(VECTORS[scheme].headers)) {
      expect(judged(scheme, { headers: { [name]: '' } })).not.toBe(true)
      expect(judged(scheme, { headers: { [name]: undefined as never } })).not.toBe(true)
    }
  })

  test('refuses another body, where the body is signed', () => {
    const longer = Buffer.concat([VECTORS[scheme].body, Buffer.from(' ')])
    expect(judged(scheme, { body: longer }) === true).toBe(scheme === 'token')
  })
})

const FITS = 'No signature fits: it was made with another secret, or the body was changed on its way.'
const v1 = STANDARD.headers['webhook-signature']

test.each<[name: string, scheme: Scheme, change: Change, expected: true | string]>([
  [
    'one of several signatures is enough',
    'standard',
    { headers: { 'webhook-signature': `v1,AAAA ${v1}` } },
    true,
  ],
  [
    'another version does not count',
    'standard',
    { headers: { 'webhook-signature': v1.replace('v1,', 'v1a,') } },
    FITS,
  ],
  ['the id is signed, too', 'standard', { headers: { 'webhook-id': 'msg_other' } }, FITS],
  ['the time is signed, too', 'standard', { headers: { 'webhook-timestamp': '1614265331' } }, FITS],
  ['a shortened signature', 'standard', { headers: { 'webhook-signature': v1.slice(0, 20) } }, FITS],
  [
    'a time that is none',
    'standard',
    { headers: { 'webhook-timestamp': '1e9' } },
    'The time in webhook-timestamp is not in whole seconds since 1970.',
  ],
  ['at the edge of the window, late', 'standard', { now: at(STANDARD.time + 300) }, true],
  ['at the edge of the window, early', 'standard', { now: at(STANDARD.time - 300) }, true],
  [
    'beyond it, late',
    'standard',
    { now: at(STANDARD.time + 301) },
    'It was signed at 2021-02-25T15:02:10.000Z, 301 seconds from now; at most 300 may lie between. Is a clock wrong, or is it sent again?',
  ],
  [
    'beyond it, early',
    'stripe',
    { now: at(STRIPE.time - 60), toleranceSeconds: 59 },
    'It was signed at 2021-02-25T15:02:10.000Z, 60 seconds from now; at most 59 may lie between. Is a clock wrong, or is it sent again?',
  ],
  ['of a wrong signature nobody learns that it is late', 'stripe', { now: at(0), secrets: ['x'] }, FITS],
  [
    'a secret that is no base64',
    'standard',
    { secrets: ['whsec_!'] },
    'The secret is none of this scheme (whsec_ and base64). Change it to another.',
  ],
  [
    'GitHub in capitals',
    'github',
    {
      headers: {
        'x-hub-signature-256': `sha256=${GITHUB.headers['x-hub-signature-256'].slice(7).toUpperCase()}`,
      },
    },
    true,
  ],
  [
    'the older signature of GitHub',
    'github',
    { headers: { 'x-hub-signature-256': 'sha1=0123' } },
    'The header X-Hub-Signature-256 is not "sha256=" and 64 hexadecimal digits.',
  ],
  [
    'two times',
    'stripe',
    { headers: { 'stripe-signature': `t=1,${STRIPE.headers['stripe-signature']}` } },
    'The header Stripe-Signature has more than one time.',
  ],
  [
    'the older signature of Stripe',
    'stripe',
    { headers: { 'stripe-signature': STRIPE.headers['stripe-signature'].replace('v1=', 'v0=') } },
    FITS,
  ],
  [
    'the scheme of the header in small letters',
    'token',
    { headers: { authorization: `bearer ${TOKEN.secret}` } },
    true,
  ],
  [
    'a name and a password',
    'token',
    { headers: { authorization: 'Basic YTpi' } },
    'The header Authorization is not "Bearer <secret>".',
  ],
  [
    'the beginning of the token',
    'token',
    { headers: { authorization: `Bearer ${TOKEN.secret.slice(0, -1)}` } },
    'The bearer token is not the secret.',
  ],
])('%s', (_name, scheme, change, expected) => {
  expect(judged(scheme, change)).toBe(expected)
})

test('the same signature is known again however it was written', () => {
  const signatureOf = (hex: string) =>
    verify(
      { scheme: 'github', toleranceSeconds: 300 },
      [GITHUB.secret],
      { headers: { 'x-hub-signature-256': `sha256=${hex}` }, body: GITHUB.body },
      at(0),
    )
  const hex = GITHUB.headers['x-hub-signature-256'].slice(7)
  expect(signatureOf(hex)).toEqual({ genuine: true, signature: hex })
  expect(signatureOf(hex.toUpperCase())).toEqual({ genuine: true, signature: hex })
})
