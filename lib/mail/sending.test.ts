/** One mail to a server that nobody here wrote. */
import { afterEach, describe, expect, test } from 'vitest'
import { handClock, minutes, systemClock } from '../clock.ts'
import { createGuardedAddress } from '../net/guarded-address.ts'
import { MailProblem } from './problem.ts'
import { sendMail } from './sending.ts'
import type { MailServer } from './server.ts'
import { CERTIFICATE } from './testing/certificate.ts'
import { type TestSmtp, testSmtp } from './testing/smtp.ts'

const leftovers: TestSmtp[] = []
afterEach(async () => {
  for (const it of leftovers.splice(0)) await it.close()
})
async function smtp(options: Parameters<typeof testSmtp>[0] = {}): Promise<TestSmtp> {
  const it = await testSmtp(options)
  leftovers.push(it)
  return it
}

/** `mail.example.com` is this machine. */
const address = createGuardedAddress({
  allowedPrivateNetworks: ['127.0.0.1'],
  lookup: async () => [{ address: '127.0.0.1' }],
})
const clock = systemClock
const way = { clock, address, tls: { ca: CERTIFICATE } }
const MAIL = {
  to: ['ada@example.com'],
  subject: 'Grüße',
  text: 'Two lines,\n<b>and</b> a third: äöü',
  messageId: '<carillon-1-1@0123.example.com>',
  date: new Date('2026-03-02T09:00:00Z'),
}
const serverOf = ({ port }: TestSmtp, change: Partial<MailServer> = {}): MailServer => ({
  ...{ host: 'mail.example.com', port, secure: false, user: null, password: null },
  from: 'Carillon <carillon@example.com>',
  ...change,
})
const problemOf = (sending: Promise<unknown>): Promise<MailProblem> =>
  sending.then(
    () => Promise.reject(new Error('it was sent')),
    (error) => {
      if (error instanceof MailProblem) return error
      throw error
    },
  )

test('a mail arrives as it was given, under its own id, as text and nothing else', async () => {
  const peer = await smtp()
  const sent = await sendMail(serverOf(peer), MAIL, way)
  expect(sent).toEqual({ messageId: MAIL.messageId, accepted: ['ada@example.com'], rejected: [] })
  const [{ mail, source } = { mail: null, source: '' }] = peer.taken
  expect(mail).toMatchObject({
    subject: 'Grüße',
    messageId: MAIL.messageId,
    date: '2026-03-02T09:00:00.000Z',
    from: { name: 'Carillon', address: 'carillon@example.com' },
    attachments: [],
  })
  expect(mail?.text?.trim()).toBe(MAIL.text)
  expect(mail?.html).toBeUndefined()
  expect(source).toMatch(/^Auto-Submitted: auto-generated/im)
})

test('one bad recipient of two is told, and the other has the mail', async () => {
  const peer = await smtp()
  peer.refuses.set('gone@example.com', 550)
  const sent = await sendMail(serverOf(peer), { ...MAIL, to: ['gone@example.com', 'ada@example.com'] }, way)
  expect(sent).toMatchObject({
    accepted: ['ada@example.com'],
    rejected: [{ address: 'gone@example.com', reason: expect.stringContaining('No such person here') }],
  })
  expect(peer.taken.map((it) => it.to)).toEqual([['ada@example.com']])
})

test.each([
  [452, 'transient'],
  [550, 'lasting'],
])('a recipient answered with %i: %s', async (code, certainty) => {
  const peer = await smtp()
  peer.refuses.set('ada@example.com', code)
  const problem = await problemOf(sendMail(serverOf(peer), MAIL, way))
  expect(problem).toMatchObject({ certainty, message: expect.stringContaining('ada@example.com') })
})

test.each([
  [451, 'transient'],
  [554, 'lasting'],
])('a mail answered with %i: %s', async (code, certainty) => {
  const peer = await smtp()
  peer.refuses.set('', code)
  expect(await problemOf(sendMail(serverOf(peer), MAIL, way))).toMatchObject({ certainty })
})

test('a connection that is cut after the mail was handed over: whether it was sent is unknown', async () => {
  const peer = await smtp()
  peer.refuses.set('', null)
  const problem = await problemOf(sendMail(serverOf(peer), MAIL, way))
  expect([problem.certainty, problem.message]).toEqual(['unknown', expect.stringContaining('is unknown')])
})

test('a text that names a file or an address is a text', async () => {
  const peer = await smtp()
  const given = { path: '/etc/passwd', href: 'http://127.0.0.1/' }
  const sending = sendMail(serverOf(peer), { ...MAIL, text: given as unknown as string }, way)
  await expect(sending).rejects.toThrow(/rejected/)
  expect(peer.taken).toEqual([])
})

describe('a user and a password', () => {
  const login = { user: 'carillon', password: 'bells & whistles' }

  test('are said within TLS only, to the host whose certificate it is', async () => {
    const starting = await smtp({ login })
    await sendMail(serverOf(starting, login), MAIL, way)
    const secure = await smtp({ login, secure: true })
    await sendMail(serverOf(secure, { ...login, secure: true }), MAIL, way)
    expect([starting.taken.length, secure.taken.length]).toEqual([1, 1])
  })

  test('are not said to a server without TLS', async () => {
    const peer = await smtp({ login, disabledCommands: ['STARTTLS'], allowInsecureAuth: true })
    const problem = await problemOf(sendMail(serverOf(peer, login), MAIL, way))
    expect([problem.certainty, problem.message]).toEqual([
      'lasting',
      expect.stringContaining('offers no TLS'),
    ])
  })

  test.each([true, false])(
    'are not said where the certificate is not trusted (secure: %s)',
    async (secure) => {
      const peer = await smtp({ login, secure })
      const problem = await problemOf(
        sendMail(serverOf(peer, { ...login, secure }), MAIL, { clock, address }),
      )
      expect([problem.certainty, problem.message]).toEqual([
        'lasting',
        expect.stringContaining('is signed by itself'),
      ])
    },
  )

  test('that are wrong are told by the user, without the password', async () => {
    const peer = await smtp({ login })
    const server = serverOf(peer, { ...login, password: 'wrong-password' })
    const { certainty, message } = await problemOf(sendMail(server, MAIL, way))
    expect([certainty, message]).toEqual(['lasting', expect.stringContaining('refuses the user "carillon"')])
    expect(message).not.toContain('wrong-password')
  })
})

test('a server that is not there may be there later, one in the own network is refused', async () => {
  const peer = await smtp()
  await leftovers.pop()?.close()
  expect(await problemOf(sendMail(serverOf(peer), MAIL, way))).toMatchObject({
    certainty: 'transient',
    message: `mail.example.com:${peer.port} cannot be reached: nothing answers there: is it running, and is the port right?`,
  })
  const guarded = createGuardedAddress({ allowedPrivateNetworks: [] })
  const problem = await problemOf(
    sendMail(serverOf(peer, { host: '127.0.0.1' }), MAIL, { clock, address: guarded }),
  )
  expect([problem.certainty, problem.message]).toEqual([
    'lasting',
    expect.stringContaining('Refused to connect'),
  ])
})

test('a server that dawdles is left, and what it was handed is unknown', async () => {
  const hand = handClock('2026-03-02T09:00:00Z')
  const before = await smtp({ onRcptTo: () => hand.advance(minutes(1)) })
  const problem = await problemOf(sendMail(serverOf(before), MAIL, { ...way, clock: hand }))
  expect([problem.certainty, problem.message]).toEqual([
    'transient',
    expect.stringContaining('within 60 seconds'),
  ])
  const after = await smtp({
    onData: (stream) => void stream.resume().on('end', () => hand.advance(minutes(1))),
  })
  expect(await problemOf(sendMail(serverOf(after), MAIL, { ...way, clock: hand }))).toMatchObject({
    certainty: 'unknown',
  })
})

test('it ends when it is stopped', async () => {
  const stop = new AbortController()
  const peer = await smtp({ onRcptTo: () => stop.abort(new Error('stopped')) })
  await expect(sendMail(serverOf(peer), MAIL, way, stop.signal)).rejects.toThrow('stopped')
})
