/** A mailbox as a source, against dovecot on loopback. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type HandClock, handClock, minutes } from '#lib/clock.ts'
import { createMail } from '#lib/mail/mail.ts'
import { CERTIFICATE } from '#lib/mail/testing/certificate.ts'
import { DOVECOT, type TestImap, testImap } from '#lib/mail/testing/dovecot.ts'
import { imap as kind } from './imap.ts'
import type { Item, Look, Reach } from './kind.ts'

const signal = new AbortController().signal

if (DOVECOT) describe('with a mailbox', withMailbox)
else console.log('dovecot is not there, or this is not root: no mailbox is read by these tests.')

function withMailbox() {
  let imap: TestImap
  let clock: HandClock
  let cursor: unknown
  beforeAll(async () => {
    imap = await testImap()
  })
  beforeEach(async () => {
    await imap.empty()
    clock = handClock('2026-03-02T09:00:00Z')
    cursor = null
  })
  afterAll(() => imap.close())

  const reach = () => {
    const mail = createMail({
      ...{ store: {} as never, clock, tls: { ca: CERTIFICATE } },
      box: { close: (it) => it, open: (it) => it, digest: () => '0123456789abcdef' },
      textOfPage: async (html) => html.toString().replace(/<[^>]*>/g, ''),
      secrets: { open: async () => new Map() },
      env: { ALLOWED_PRIVATE_NETWORKS: ['127.0.0.1'] } as never,
      lookup: async () => [{ address: '127.0.0.1' }],
    })
    return { clock, openMailbox: mail.open, refusalOf: () => null } as unknown as Reach
  }
  const config = (change = {}) =>
    ({
      ...{ host: 'mail.example.com', port: imap.port, secure: true },
      ...{ user: imap.user, password: imap.password, folders: ['INBOX'], ...change },
    }) as never
  async function look(change = {}): Promise<Look<unknown>> {
    const found = await kind.look(config(change), cursor as never, reach(), signal)
    cursor = JSON.parse(JSON.stringify(found.cursor))
    return found
  }
  let id = 0
  async function came(subject: string, { headers = '', body = 'All is well.', folder = '' } = {}) {
    const head = `From: Ben <ben@example.com>\nTo: Ada <ada@example.com>, carol@example.com\nSubject: ${subject}\nMessage-ID: <${++id}@example.com>`
    const source = `${head}\n${headers}${headers && '\n'}${headers.includes('Content-Type') ? '' : '\n'}${body}\n`
    await imap.deliver(source, { at: clock.now(), ...(folder && { folder }) })
  }
  const subjects = (items: Item[]) => items.map(({ data }) => data.subject)

  test('what is there at first is no event; each mail that comes is one, with all that is known of it', async () => {
    await came('old')
    expect((await look()).items).toEqual([])
    clock.advance(minutes(5))
    await came('Lunch?', { body: 'At noon?' })
    const { items } = await look()
    expect(items).toMatchObject([
      {
        type: 'email.received',
        occurredAt: new Date('2026-03-02T09:05:00Z'),
        title: 'Lunch?, from ben@example.com',
        data: {
          ...{ from: 'ben@example.com', fromName: 'Ben', to: 'ada@example.com, carol@example.com' },
          subject: 'Lunch?',
          text: expect.stringContaining('At noon?'),
          truncated: false,
          messageId: `<${id}@example.com>`,
          folder: 'INBOX',
          receivedAt: '2026-03-02T09:05:00.000Z',
          attachments: [],
          auth: 'unverified',
        },
      },
    ])
    expect((await look()).items).toEqual([])
  })

  test('a long text is cut, and attachments are named, not fetched', async () => {
    await look()
    const part = (type: string, rest: string) => `--b\nContent-Type: ${type}\n${rest}\n`
    await came('Plan', {
      headers: 'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n',
      body: [
        part('text/plain; charset=utf-8', `\n${'ä'.repeat(60)}\n`.repeat(300)),
        part(
          'application/pdf; name="plan.pdf"',
          'Content-Disposition: attachment; filename="plan.pdf"\nContent-Transfer-Encoding: base64\n\nAAAAAAAA',
        ),
        '--b--',
      ].join(''),
    })
    const [item] = (await look()).items
    const text = String(item?.data.text)
    expect([item?.data.truncated, Buffer.byteLength(text) <= 20 * 1024, text.endsWith('�')]).toEqual([
      true,
      true,
      false,
    ])
    expect(item?.data.attachments).toMatchObject([{ name: 'plan.pdf', mediaType: 'application/pdf' }])
  })

  test('whose word on a sender is taken is said in its configuration; a mail cannot vouch for itself', async () => {
    await look()
    await came('signed', {
      headers:
        'Authentication-Results: mx.example.com; spf=pass smtp.mailfrom=example.com; dkim=pass; dmarc=pass (p=reject)',
    })
    const levelWith = async (authServer?: string) => {
      const before = cursor
      const { items } = await look(authServer ? { authServer } : {})
      cursor = before
      return items.at(-1)?.data.auth
    }
    expect(await levelWith()).toBe('asserted')
    expect(await levelWith('MX.example.com')).toBe('verified')
    expect(await levelWith('other.example.com')).toBe('asserted')
  })

  test('a folder that numbers its mails anew begins anew, and says so', async () => {
    await came('one')
    await look()
    await came('two')
    await imap.renumber()
    const { items, anew } = await look()
    expect([items, anew]).toEqual([[], expect.stringMatching(/numbered the mails in INBOX anew/)])
    await came('three')
    const next = await look()
    expect([subjects(next.items), next.anew]).toEqual([['three'], null])
  })

  test('more than fits one look is left to the next, and nothing is lost on the way', async () => {
    await look()
    for (let n = 0; n < 60; n++) await came(`mail ${n}`)
    const first = await look()
    const second = await look()
    expect([first.again, second.again]).toEqual([true, false])
    const all = [...first.items, ...second.items]
    expect(subjects(all)).toEqual(Array.from({ length: 60 }, (_, n) => `mail ${n}`))
    expect(new Set(all.map((it) => it.key)).size).toBe(60)
  })

  test('a folder that was added later begins with what comes then', async () => {
    await came('filed', { folder: 'Bills' })
    await look()
    expect((await look({ folders: ['INBOX', 'Bills'] })).items).toEqual([])
    await came('filed later', { folder: 'Bills' })
    expect(subjects((await look({ folders: ['INBOX', 'Bills'] })).items)).toEqual(['filed later'])
  })

  test('a wrong password wants another one; a folder that is not there is named', async () => {
    await expect(look({ password: 'wrong' })).rejects.toMatchObject({
      status: 'auth_required',
      passing: false,
      message: expect.stringMatching(/refuses the user "ada@example.com" or the password/),
    })
    await expect(look({ folders: ['Nowhere'] })).rejects.toMatchObject({
      status: 'failing',
      message: expect.stringMatching(/no folder "Nowhere"/),
    })
    await imap.stop()
    await expect(look()).rejects.toMatchObject({ status: 'failing', passing: true })
    await imap.start()
  })

  test('mails that came since an instant are told again, of what was looked at', async () => {
    await came('early')
    clock.advance(minutes(60))
    await came('late')
    await look()
    await came('unseen')
    const since = (to: string) =>
      kind.since(config(), cursor as never, { to: new Date(to), most: 10, countOnly: false, signal }, reach())
    expect(subjects(await since('2026-03-02T09:30:00Z'))).toEqual(['late'])
    expect(subjects(await since('2026-03-01T00:00:00Z'))).toEqual(['early', 'late'])
  })

  test('a mailbox of many folders is read a bounded number of mails at a time, in turn', async () => {
    const both = { folders: ['INBOX', 'Bills'] }
    await came('old', { folder: 'Bills' })
    await look(both)
    for (let n = 0; n < 52; n++) await came(`mail ${n}`)
    await came('bill', { folder: 'Bills' })
    const counts: number[] = []
    const all: Item[] = []
    for (let again = true; again; ) {
      const found = await look(both)
      counts.push(found.items.length)
      all.push(...found.items)
      again = found.again
    }
    expect(counts).toEqual([50, 3])
    expect(subjects(all)).toContain('bill')
  })

  test('the server tells of a mail by itself', async () => {
    const ended = new AbortController()
    let news = 0
    let heard = Promise.withResolvers<void>()
    const watching = kind.watch?.(
      config(),
      reach(),
      () => {
        news++
        heard.resolve()
      },
      ended.signal,
    )
    // It begins with one: what came before it listened is looked for.
    await heard.promise
    heard = Promise.withResolvers<void>()
    await came('now')
    await heard.promise
    expect(news).toBeGreaterThanOrEqual(2)
    ended.abort(new Error('over'))
    await watching?.catch(() => {})
  })
}
