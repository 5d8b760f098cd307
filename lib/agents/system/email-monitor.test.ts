/** The monitor of a mailbox, against dovecot on loopback. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type HandClock, hours, minutes } from '#lib/clock.ts'
import { mailThrough } from '#lib/mail/testing/post.ts'
import { DOVECOT, type TestImap, testImap } from '#lib/mail/testing/dovecot.ts'
import type { AgentFailure, AgentResult, AgentTools } from '../agent.ts'
import { catalogue } from '../index.ts'
import { runMail } from '../mailing.ts'
import { type Workbench, workbench } from '../testing/task.ts'
import { emailMonitor } from './email-monitor.ts'

let bench: Workbench
let clock: HandClock
beforeEach(async () => {
  bench = await workbench({ now: '2026-03-02T09:00:00Z' })
  clock = bench.clock
  return () => bench.store.close()
})

test('without a mailbox it says what to fill in', async () => {
  await expect(bench.run(emailMonitor)).rejects.toThrow(/Fill in mailbox: .*host.*user.*password/)
})

test.each([
  { filters: { since: 'yesterday' } },
  { filters: { since: '40d' } },
  { filters: { priority: 'urgent' } },
  { folders: [] },
  { mailbox: { host: 'imap.example.com', user: 'ada' } },
  { mailbox: { host: 'https://imap.example.com', user: 'ada', password: 'x' } },
])('%j is refused', (context) => {
  expect(emailMonitor.input.safeParse(context).success).toBe(false)
})

test('a mailbox in the own network is refused when it is saved', async () => {
  const context = { mailbox: { host: '10.0.0.1', user: 'ada', password: 'x' } }
  const verdict = await catalogue.judge(1, { agentId: 'email-monitor', agentType: 'system' }, context)
  expect(verdict).toMatchObject({ ok: false, errors: [{ path: 'context.mailbox.host' }] })
})

if (DOVECOT) describe('with a mailbox', withMailbox)
else console.log('dovecot is not there, or this is not root: no mailbox is read by these tests.')

function withMailbox() {
  let imap: TestImap
  beforeAll(async () => {
    imap = await testImap()
  })
  beforeEach(() => imap.empty())
  afterAll(() => imap.close())

  let id = 0
  interface Given {
    from?: string
    subject?: string
    text?: string
    headers?: string
    folder?: string
    at?: Date
    seen?: boolean
  }
  /** As it came, by the hand clock where nothing else is said. Answers its id. */
  async function came({
    from = 'Ben <ben@example.com>',
    subject = 'News',
    text = 'All is well.',
    headers = '',
    ...it
  }: Given = {}) {
    const messageId = `<${++id}@example.com>`
    const at = it.at ?? clock.now()
    const head = `From: ${from}\nTo: ada@example.com\nSubject: ${subject}\nMessage-ID: ${messageId}\nDate: ${at.toUTCString()}`
    await imap.deliver(`${head}\n${headers}${headers && '\n'}\n${text}\n`, { ...it, at })
    return messageId
  }
  const ago = (ms: number) => new Date(clock.now().getTime() - ms)

  const mailbox = (change = {}) => ({
    ...{ host: 'mail.example.com', port: imap.port, user: imap.user, password: imap.password },
    ...change,
  })
  const run = (context: Record<string, unknown> = {}) =>
    bench.run(emailMonitor, { mailbox: mailbox(), ...context }, { tools: { mail: mailOfRun() } })
  const mailOfRun = () =>
    runMail(mailThrough({ port: 1 }, bench), {
      workspace: { id: bench.workspaceId, name: 'Demo', slug: 'demo' },
      step: bench.step,
      has: () => false,
      signal: bench.controller.signal,
    })
  const told = ({ outcome }: AgentResult) =>
    (outcome as { told: { messageId: string }[] }).told.map((it) => it.messageId)

  test('the urgent stands first and says why; each says what it wants and leads to the mail', async () => {
    await came({
      subject: 'Lunch',
      text: 'Hi Ada,\n\nI made soup. Will you come over at noon?\n\nBen',
      at: ago(minutes(50)),
    })
    const urgent = await came({
      from: 'Boss <boss@example.com>',
      subject: 'The numbers',
      text: 'Please send me the numbers, the deadline is Friday.',
      headers: 'Importance: high',
      at: ago(minutes(20)),
    })
    const { text, outcome, notable, usage } = await run({ vip: ['boss@example.com'] })
    expect(text).toBe(
      [
        '**2 new mails** in INBOX, 1 of them urgent.',
        '### Urgent',
        [
          `- **[The numbers](message:%3C${urgent.slice(1, -1).replace('@', '%40')}%3E)**, from Boss \\<boss@example.com\\>, today 08:40  `,
          '  Marked as high priority, from your VIP list and says “deadline”.  ',
          '  Please send me the numbers, the deadline is Friday.',
        ].join('\n'),
        '### Other mail',
        [
          `- **[Lunch](message:%3C${id - 1}%40example.com%3E)**, from Ben \\<ben@example.com\\>, today 08:10  `,
          '  Will you come over at noon?',
        ].join('\n'),
      ].join('\n\n'),
    )
    expect([notable, usage?.tainted, outcome]).toMatchObject([true, true, { came: 2, urgent: 1 }])
  })

  test('nothing is told twice over thirty runs, nothing is missed, and nothing is marked as read', async () => {
    const sent: string[] = []
    const all: string[] = []
    for (let n = 0; n < 30; n++) {
      if (n % 3 !== 1) sent.push(await came())
      if (n % 5 === 0) sent.push(await came({ subject: 'Another' }))
      all.push(...told(await run({ filters: { unread: true, since: '15m' } })))
      await clock.advance(minutes(15))
    }
    expect(all.toSorted()).toEqual(sent.toSorted())
    // As they were: whoever looks for what is unread finds all of it.
    bench.remembered = null
    expect(told(await run({ filters: { unread: true, since: '7d' } })).toSorted()).toEqual(sent.toSorted())
  })

  test('while the server is away a run fails with a sentence; then it misses nothing', async () => {
    await run()
    await imap.stop()
    const missed = [await came(), await came()]
    await expect(run()).rejects.toMatchObject({
      name: 'AgentFailure',
      transient: true,
      message: `mail.example.com:${imap.port} cannot be reached: nothing answers there: is it running, and is the port right?`,
    })
    await clock.advance(hours(48))
    await imap.start()
    expect(told(await run({ filters: { since: '15m' } })).toSorted()).toEqual(missed.toSorted())
    expect((await run()).text).toBe('No new mail in INBOX.')
  })

  test('the first run looks back as far as it was told to, and no further', async () => {
    await came({ at: ago(hours(30)) })
    const late = await came({ at: ago(hours(23)) })
    const latest = await came({ at: ago(minutes(10)) })
    expect(told(await run({ filters: { since: '15m' } }))).toEqual([latest])
    bench.remembered = null
    expect(told(await run()).toSorted()).toEqual([late, latest].toSorted())
  })

  test('a folder that is numbered anew is told of, and begins from there', async () => {
    await came()
    await run()
    await imap.renumber()
    const again = await run()
    expect([again.text, told(again), again.notable]).toEqual([
      expect.stringContaining('has numbered the mails in INBOX anew'),
      [],
      true,
    ])
    const next = await came()
    expect(told(await run())).toEqual([next])
  })

  test('each folder is read by itself, and one that is not there is named with those that are', async () => {
    const there = [await came(), await came({ folder: 'Work' })]
    const both = await run({ folders: ['INBOX', 'Work'] })
    expect([told(both).toSorted(), both.text]).toEqual([
      there.toSorted(),
      expect.stringContaining('in INBOX and Work'),
    ])
    await expect(run({ folders: ['Wrok'] })).rejects.toMatchObject({
      transient: false,
      message: expect.stringMatching(/^There is no folder "Wrok" .* There are: .*Work/),
    })
  })

  test.each<[string, object, boolean]>([
    ['by a name', { from: 'ben' }, true],
    ['by an address', { from: ['eve@example.com', 'BEN@example.com'] }, true],
    ['of somebody else', { from: 'eve' }, false],
    ['by a word of the subject', { subject: 'ews' }, true],
    ['with another subject', { subject: 'olds' }, false],
    ['as its sender marked it', { priority: 'normal' }, true],
    ['that nobody marked', { priority: 'low' }, false],
    ['that is urgent only', { priority: 'high' }, false],
  ])('only mail %s', async (_what, filters, isTold) => {
    await came()
    const result = await run({ filters })
    expect([told(result).length === 1, result.notable]).toEqual([isTold, isTold])
    if (!isTold) expect(result.text).toContain('of 1 new one none is what is looked for')
  })

  test('a question that nobody answers becomes urgent after a day, and is told once', async () => {
    const question = await came({ text: 'Can we meet?' })
    const context = { filters: { priority: 'high', since: '15m' } }
    const all: string[][] = []
    for (let n = 0; n < 4; n++) {
      all.push(told(await run(context)))
      await clock.advance(hours(13))
    }
    expect(all).toEqual([[], [], [question], []])
  })

  test('a mail without an answer in its thread says since when; one that was answered does not wait', async () => {
    const first = await came({ text: 'Can we meet?', at: ago(hours(70)) })
    const headers = `References: ${first}\nIn-Reply-To: ${first}`
    const second = await came({ text: 'Any news?', headers })
    const { text } = await run({ filters: { priority: 'high', since: '1h' } })
    expect(text).toContain('Waits for your reply since Friday 27 February.')
    await came({ from: 'ada@example.com', text: 'Soon.', headers: `References: ${second}`, folder: 'Sent' })
    await came({ text: 'Good. When?', headers: `References: ${first} ${second}` })
    expect((await run({ filters: { priority: 'high', since: '1h' } })).text).toContain(
      'none is what is looked for',
    )
  })

  test('what stands in a mail is shown as the text that it is', async () => {
    await came({
      from: '"[Bank](https://evil.example)" <a@evil.example>',
      subject: '=?UTF-8?Q?<img_src=3Dx>_**now**_[click](https://evil.example)=0A=0A#_Heading?=',
      headers: 'Content-Type: text/html; charset=utf-8',
      text: '<p>Please <a href="https://evil.example">click</a> **here** | now</p>',
    })
    const { text, usage } = await run()
    expect(text).not.toMatch(/(?<!\\)\[(?:click|Bank)|(?<!\\)<(?:img|p|a)|^#+ Heading|\*\*now\*\*/m)
    expect(text).toContain('Please click \\*\\*here')
    expect(usage?.tainted).toBe(true)
  })

  test('an attachment is not fetched, and a charset is read as it is meant', async () => {
    await came({
      headers: 'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b',
      text: [
        '--b\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nK=F6nnt ihr kommen?\n',
        `--b\nContent-Type: text/plain; name=x.txt\nContent-Disposition: attachment\n\n${'x'.repeat(500_000)}\n--b--`,
      ].join(''),
    })
    expect((await run()).text).toContain('Könnt ihr kommen?')
  })

  test.each<[string, object, boolean, RegExp]>([
    [
      'a wrong password',
      { password: 'wrong-password' },
      false,
      /refuses the user "ada@example.com" or the password/,
    ],
    ['an unknown host', { host: 'nowhere.example.com' }, true, /no such host is known/],
    ['a certificate of another name', { host: 'other.example.org' }, false, /is for another name/],
    ['an address of its own network', { host: '10.0.0.1' }, false, /Refused to connect/],
  ])('%s is a sentence', async (_what, change, transient, words) => {
    const failed = await run({ mailbox: mailbox(change) }).catch((error: AgentFailure) => error)
    expect(failed).toMatchObject({ name: 'AgentFailure', transient, message: expect.stringMatching(words) })
    expect(JSON.stringify([failed, bench.said])).not.toContain('wrong-password')
  })

  test('TLS may begin later, and then begins before the password is said', async () => {
    const sent = await came()
    expect(told(await run({ mailbox: mailbox({ port: imap.plainPort, secure: false }) }))).toEqual([sent])
  })

  test('where a model is set up, it says in short what the mails want, as text; otherwise nobody misses it', async () => {
    const given: string[] = []
    const compose: AgentTools['compose'] = async ({ material }) => {
      given.push(material)
      return { text: '- Ben wants **soup**.', usage: { tokensUsed: 7, cost: 0.1 } }
    }
    const composed = (context = {}) =>
      bench.run(emailMonitor, { mailbox: mailbox(), ...context }, { tools: { mail: mailOfRun(), compose } })
    await came({ subject: 'Lunch', text: 'Will you make soup?' })
    const { text, usage } = await composed()
    expect(text).toMatch(
      /^\*\*1 new mail\*\* in INBOX\.\n\n- Ben wants \\\*\\\*soup\\\*\\\*\.\n\n### New mail\n/,
    )
    expect(usage).toEqual({ tokensUsed: 7, cost: 0.1, tainted: true })
    expect(given).toEqual([expect.stringContaining('Will you make soup?')])
    expect((await composed()).usage).toEqual({ tainted: false })
    await came()
    expect((await composed({ actions: ['notify'] })).usage).toEqual({ tainted: true })
    await came({ subject: 'Tea' })
    expect((await run()).text).toMatch(/^\*\*1 new mail\*\* in INBOX\.\n\n### New mail\n/)
    expect(given).toHaveLength(1)
  })

  test('a mailbox that is a source is read as that source has it', async () => {
    await came({ subject: 'Tea' })
    const asked: number[] = []
    const mailboxOf = async (sourceId: number) => {
      asked.push(sourceId)
      return { ...mailbox(), secure: true }
    }
    const context = { sourceId: 7 }
    const read = await bench.run(emailMonitor, context, { tools: { mail: mailOfRun(), mailboxOf } })
    expect([asked, told(read).length]).toEqual([[7], 1])
    await expect(
      bench.run(emailMonitor, context, { tools: { mailboxOf: async () => ({ problem: 'It is gone.' }) } }),
    ).rejects.toThrow('It is gone.')
  })

  test('what it does not know is said, and a stop ends it', async () => {
    await run({ actions: ['summarize', 'archive'], labels: ['x'], sourceId: 'gmail' })
    expect(bench.said).toEqual([
      'A source is named by its number, which “gmail” is none of.',
      'There is no action archive. There are: summarize, notify.',
      'Not used, as it means nothing here: labels.',
      'Reading INBOX of ada@example.com at mail.example.com',
    ])
    bench.controller.abort(new Error('stopped'))
    await expect(run()).rejects.toThrow('stopped')
  })
}
