/**
 * Looks into a mailbox and tells what is new there, the urgent first, each with the reason why.
 *
 * Promise: no mail is told twice, and none that came while the mailbox could not be reached is missed: how far it has
 * read is kept where the run succeeds. Nothing in the mailbox is changed, and a mail is not marked as read. What stands
 * in a mail is shown as the text that it is.
 */
import { z } from 'zod'
import { days } from '#lib/clock.ts'
import { MailHost, MailPassword, MailPort } from '#lib/contract/mail.ts'
import type { OpenMailbox, ReadFolder } from '#lib/mail/imap.ts'
import type { Letter } from '#lib/mail/letter.ts'
import { MailProblem } from '#lib/mail/problem.ts'
import { gistOf, isOpen, type Rules, urgencyOf, USUAL_WORDS, WAITS_MS } from '#lib/mail/urgency.ts'
import { AgentFailure, agent, type Composed, type Task } from '../agent.ts'
import { counted, inline, listed, pointed, shortened } from '../markdown.ts'
import { lacking } from '../readiness.ts'
import { spanMs } from '../span.ts'
import { zoneOf } from '../zone.ts'

const MOST_AT_ONCE = 200
const MOST_SHOWN = 30
/** Characters of their texts that a model reads. */
const MOST_MATERIAL = 24_000
const MOST_POINTS = 6
/** Of each folder. */
const MOST_JUDGED = 500
const MOST_OPEN = 50
const MOST_FOLDERS = 20
const LONGEST_MS = days(31)

const some = (item: z.ZodType<string>) =>
  z.union([item, z.array(item).max(50)]).transform((it) => (typeof it === 'string' ? [it] : it))
const Text = z.string().trim().min(1).max(200)

const Filters = z.strictObject({
  priority: z.enum(['high', 'normal', 'low', 'any']).default('any').meta({
    description: 'high: only what is urgent by one of the rules; normal, low: as its sender marked it.',
  }),
  unread: z.boolean().default(false).meta({ description: 'Only what nobody has read.' }),
  since: z
    .string()
    .trim()
    .refine((it) => spanMs(it) <= LONGEST_MS, 'expects a span such as 15m, 24h or 7d, at most 31d')
    .default('24h')
    .meta({
      description: 'How far back the first run looks: 15m, 24h, 7d. Later runs miss nothing in between.',
    }),
  from: some(Text).default([]).meta({ description: 'Only from these: a part of an address or a name.' }),
  subject: some(Text).default([]).meta({ description: 'Only with one of these in the subject.' }),
})

const Input = z.looseObject({
  mailbox: z
    .strictObject({
      host: MailHost.meta({ description: 'The IMAP server, such as imap.example.com.' }),
      port: MailPort.optional().meta({ description: '993, or 143 without `secure`, where it is left out.' }),
      secure: z
        .boolean()
        .default(true)
        .meta({ description: 'TLS from the first byte. Without it TLS begins with STARTTLS, and must.' }),
      user: z.string().trim().min(1).max(320),
      password: MailPassword.meta({ writeOnly: true }),
    })
    .optional()
    .meta({ description: 'Whose mail is read, and how.' }),
  folders: z.array(Text).min(1).max(MOST_FOLDERS).default(['INBOX']),
  filters: Filters.prefault({}),
  actions: z
    .array(z.string().max(60))
    .max(20)
    .default(['summarize', 'notify'])
    .meta({
      description:
        'summarize: says what each mail wants, and in short what all do, where a model is set up. ' +
        'notify: what is told is worth a message.',
    }),
  vip: z
    .array(Text)
    .max(200)
    .default([])
    .meta({ description: 'Whose mail is urgent: addresses, or @example.com for everybody there.' }),
  words: z
    .array(Text)
    .max(100)
    .default(USUAL_WORDS)
    .meta({ description: 'Words and phrases that make a mail urgent.' }),
})
type Input = z.output<typeof Input>

const ACTIONS = ['summarize', 'notify']

/** Of each folder how far it was read, which mails were judged, and which of them wait for a reply. */
const Memory = z.object({
  mailbox: z.string(),
  folders: z.record(
    z.string(),
    z.object({
      uidValidity: z.string(),
      uid: z.number(),
      judged: z.array(z.number()),
      /** Up to it all are judged, whether they stand there or not. */
      floor: z.number(),
      open: z.array(z.object({ uid: z.number(), at: z.number() })),
    }),
  ),
})
type Memory = z.infer<typeof Memory>
type Remembered = Memory['folders'][string]

interface Told extends Letter {
  urgent: string[]
}

export const emailMonitor = agent({
  id: 'email-monitor',
  name: 'E-mail monitor',
  description:
    'Looks into a mailbox by IMAP and tells what is new, the urgent first and why, and what each mail wants. ' +
    'It marks nothing as read and tells no mail twice.',
  input: Input,
  example: {
    mailbox: { host: 'imap.example.com', user: 'ada@example.com', password: 'your app password' },
    filters: { priority: 'high', unread: true, since: '15m' },
    actions: ['summarize', 'notify'],
  },
  judge({ mailbox }, judging) {
    const host = mailbox?.host ?? ''
    const message = mailbox ? judging.url(`https://${host.includes(':') ? `[${host}]` : host}/`) : null
    return message === null ? [] : [{ path: ['mailbox', 'host'], message }]
  },
  checks: (_workspaceId, _probe, { context }) =>
    context.mailbox === undefined ? [lacking('Mailbox', NO_MAILBOX)] : [],
  // A run that is begun again reads again, and keeps only what it has told.
  safeToRepeat: true,
  async perform(task) {
    const { input, say, tools, execution } = task
    for (const sentence of withoutMeaning(input)) say(sentence)
    const mailbox = mailboxOf(input)
    const name = `${mailbox.user} at ${mailbox.host}`
    const memory = memoryOf(await tools.remembered(), name)
    const zone = zoneOf(await tools.workspace.timezoneOf(execution.triggerId))
    const rules = { ...input, user: mailbox.user, now: tools.clock.now(), day: dayIn(zone) }
    say(`Reading ${input.folders.join(', ')} of ${name}`)
    const read = await tools.mail
      .open(mailbox, (open) => look(open, memory, { input, rules }))
      .catch((error: unknown) => {
        if (!(error instanceof MailProblem)) throw error
        throw new AgentFailure(error.message, { transient: error.certainty !== 'lasting', cause: error })
      })
    const told = read.flatMap((it) => it.told).toSorted(byUrgency)
    const composed = await summedUp(told.slice(0, MOST_SHOWN), task)
    const notable = told.length > 0 && input.actions.includes('notify')
    return {
      text: digest(read, told, { input, clock: timeIn(zone, rules.now), inShort: composed?.text ?? null }),
      outcome: outcomeOf(name, read, told),
      memory: { mailbox: name, folders: remembered(read, memory) } satisfies Memory,
      notable: notable || read.some((it) => it.isAnew),
      usage: { ...composed?.usage, tainted: told.length > 0 },
    }
  },
})

const SUM_UP =
  'These mails came to somebody. In at most five short points tell what they want of him, by when and from whom, what ' +
  'cannot wait first.'
/** By a model, where one is set up and that is wanted. */
function summedUp(shown: Told[], { input, tools }: Task<Input>): Promise<Composed | null> | null {
  if (shown.length === 0 || !input.actions.includes('summarize')) return null
  const mails = shown.map(({ from, subject, at, urgent, text }) => ({
    ...{ from, subject, at, urgent },
    text: shortened(text ?? '', Math.floor(MOST_MATERIAL / shown.length)),
  }))
  // A run that is begun again may tell of others.
  const key = `${shown.length} mails to ${Math.max(...shown.map((it) => it.uid))}`
  return tools.compose({ key, instructions: SUM_UP, material: JSON.stringify(mails, null, 1) })
}

const NO_MAILBOX = {
  detail: 'It has no mailbox to look into.',
  remedy: 'Fill in mailbox: the IMAP server (host), the user and the password.',
}
function mailboxOf({ mailbox }: Input) {
  if (!mailbox) throw new AgentFailure(`${NO_MAILBOX.detail} ${NO_MAILBOX.remedy}`)
  return { ...mailbox, port: mailbox.port ?? (mailbox.secure ? 993 : 143) }
}

function memoryOf(remembered: unknown, mailbox: string): Memory['folders'] {
  const { success, data } = Memory.safeParse(remembered)
  // The numbers of one mailbox mean nothing in another.
  return success && data.mailbox === mailbox ? data.folders : {}
}

interface Looked extends ReadFolder {
  /** Those that are worth telling. */
  told: Told[]
  /** How many came that were not seen before. */
  came: number
  remembers: Remembered
}

interface Looking {
  input: Input
  rules: Rules
}

async function look(open: OpenMailbox, memory: Memory['folders'], looking: Looking): Promise<Looked[]> {
  const { input, rules } = looking
  const nowMs = rules.now.getTime()
  const read = await open.read({
    folders: input.folders.map((path) => ({
      path,
      place: memory[path] ?? null,
      also: (memory[path]?.open ?? []).filter((it) => hasWaited(it.at, nowMs)).map((it) => it.uid),
    })),
    since: new Date(nowMs - spanMs(input.filters.since)),
    most: MOST_AT_ONCE,
  })
  const looked: Looked[] = []
  for (const folder of read)
    looked.push(await judge(open, folder, folder.isAnew ? null : (memory[folder.path] ?? null), looking))
  return looked
}

const hasWaited = (atMs: number, nowMs: number) => nowMs - atMs >= WAITS_MS

/** The mails of a folder that were not judged before, and those that have waited for a reply since. */
async function judge(
  open: OpenMailbox,
  folder: ReadFolder,
  before: Remembered | null,
  { input, rules }: Looking,
): Promise<Looked> {
  const nowMs = rules.now.getTime()
  const { judged = [], floor = 0, open: waiting = [] } = before ?? {}
  const due = new Set(waiting.filter((it) => hasWaited(it.at, nowMs)).map((it) => it.uid))
  const isNew = ({ uid }: Letter) => due.has(uid) || (uid > floor && !judged.includes(uid))
  const told: Told[] = []
  const now: Letter[] = []
  for (const letter of folder.letters.filter((it) => isNew(it) && fits(it, input.filters))) {
    const whole = { ...letter, text: await open.textOf(letter) }
    const urgent = urgencyOf(whole, await threadFor(open, whole, rules.now), rules)
    if (isWanted(whole, urgent, input.filters.priority)) told.push({ ...whole, urgent })
    now.push(whole)
  }
  const all = [...new Set([...judged, ...now.map((it) => it.uid)])].sort((a, b) => a - b)
  const dropped = all.slice(0, -MOST_JUDGED).at(-1) ?? 0
  // What was told once is not told again for want of a reply.
  const opened = now.filter((it) => !told.some((one) => one.uid === it.uid) && isOpen(it) && !due.has(it.uid))
  return {
    ...folder,
    told,
    came: folder.letters.filter((it) => it.uid > (before?.uid ?? 0)).length,
    remembers: {
      ...folder.place,
      judged: all.slice(-MOST_JUDGED),
      // What was there before is not told from what is new.
      floor: folder.isAnew ? folder.place.uid : Math.max(floor, dropped),
      open: [
        ...waiting.filter((it) => !due.has(it.uid)),
        ...opened.map((it) => ({ uid: it.uid, at: it.at.getTime() })),
      ].slice(-MOST_OPEN),
    },
  }
}

/** Asked for where it can say something: of one that goes on, or has waited. */
const threadFor = (open: OpenMailbox, letter: Letter, now: Date): Promise<Letter[]> | Letter[] =>
  !letter.isBulk && (letter.references.length > 0 || hasWaited(letter.at.getTime(), now.getTime()))
    ? open.threadOf(letter)
    : []

function fits(letter: Letter, { unread, from, subject }: Input['filters']): boolean {
  const has = (text: string, part: string) => text.toLowerCase().includes(part.toLowerCase())
  const sender = `${letter.from?.name ?? ''} ${letter.from?.address ?? ''}`
  return (
    !(unread && letter.isSeen) &&
    (from.length === 0 || from.some((it) => has(sender, it))) &&
    (subject.length === 0 || subject.some((it) => has(letter.subject, it)))
  )
}

function isWanted(letter: Letter, urgent: string[], priority: Input['filters']['priority']): boolean {
  if (priority === 'any') return true
  return priority === 'high' ? urgent.length > 0 : letter.priority === priority
}

const byUrgency = (a: Told, b: Told) => b.urgent.length - a.urgent.length || b.at.getTime() - a.at.getTime()

/** Also of folders that are not looked into now: they may be again. */
function remembered(read: Looked[], before: Memory['folders']): Memory['folders'] {
  const now = Object.fromEntries(read.map(({ path, remembers }) => [path, remembers]))
  const others = Object.entries(before).filter(([path]) => !Object.hasOwn(now, path))
  return { ...Object.fromEntries(others.slice(0, MOST_FOLDERS - read.length)), ...now }
}

const outcomeOf = (mailbox: string, read: Looked[], told: Told[]) => ({
  mailbox,
  came: read.reduce((sum, it) => sum + it.came, 0),
  urgent: told.filter((it) => it.urgent.length > 0).length,
  told: told.map(({ folder, uid, messageId, from, subject, at, urgent }) => ({
    ...{ folder, uid, messageId, from: from?.address ?? null, subject, at: at.toISOString(), urgent },
  })),
})

/** What the context asks for and this version cannot do. */
function withoutMeaning({ actions, ...input }: Input): string[] {
  const unknown = actions.filter((it) => !ACTIONS.includes(it))
  const fields = Object.keys(input).filter((it) => it !== 'sourceId' && !Object.hasOwn(Input.shape, it))
  return [
    Object.hasOwn(input, 'sourceId') &&
      'There are no sources that a sourceId could name so far. The mailbox is filled in here, as mailbox.',
    unknown.length > 0 && `There is no action ${unknown.join(', ')}. There are: ${ACTIONS.join(', ')}.`,
    fields.length > 0 && `Not used, as it means nothing here: ${fields.join(', ')}.`,
  ].filter((it) => it !== false)
}

interface Show {
  input: Input
  /** What a model has made of the mails. */
  inShort: string | null
  clock(at: Date): string
}

function digest(read: Looked[], told: Told[], show: Show): string {
  const urgent = told.filter((it) => it.urgent.length > 0)
  const others = told.filter((it) => it.urgent.length === 0)
  const shown = told.slice(0, MOST_SHOWN)
  const items = (those: Told[]) => those.filter((it) => shown.includes(it)).map((it) => itemOf(it, show))
  return [
    lead(read, told, urgent.length, show.input),
    show.inShort === null ? '' : pointed(show.inShort, MOST_POINTS).join('\n'),
    ...read.filter((it) => it.isAnew).map(({ path }) => anew(path)),
    ...(urgent.length > 0 ? ['### Urgent', items(urgent).join('\n')] : []),
    ...(others.length > 0
      ? [`### ${urgent.length > 0 ? 'Other mail' : 'New mail'}`, items(others).join('\n')]
      : []),
    ...(told.length > shown.length ? [`And ${(told.length - shown.length).toLocaleString('en')} more.`] : []),
    ...read
      .filter((it) => it.isMore)
      .map(({ path }) => `More came in ${inline(path)}: the next run goes on there.`),
  ]
    .filter((it) => it !== '')
    .join('\n\n')
}

function lead(read: Looked[], told: Told[], urgent: number, { folders }: Input): string {
  const where = inline(listed(folders))
  const came = read.reduce((sum, it) => sum + it.came, 0)
  if (told.length === 0)
    return came === 0
      ? `No new mail in ${where}.`
      : `No mail to tell of in ${where}: of ${counted(came, 'new one')} none is what is looked for.`
  const others = came - told.length
  const passed = others > 0 ? ` ${counted(others, 'other')} came, not what is looked for.` : ''
  const count = urgent === told.length ? counted(urgent, 'urgent mail') : counted(told.length, 'new mail')
  const which = urgent > 0 && urgent < told.length ? `, ${urgent} of them urgent` : ''
  return `**${count}** in ${where}${which}.${passed}`
}

const anew = (path: string) =>
  `The server has numbered the mails in ${inline(path)} anew: which of them are new cannot be known. What comes from now on is told.`

/** The indented lines belong to the item. */
function itemOf({ from, subject, at, urgent, messageId, text }: Told, { input, clock }: Show): string {
  const title = inline(subject, 150) || 'without a subject'
  const link = messageId === null ? `**${title}**` : `**[${title}](${linkTo(messageId)})**`
  const who = inline(from ? (from.name ? `${from.name} <${from.address}>` : from.address) : 'nobody')
  const gist = input.actions.includes('summarize') ? gistOf(text) : null
  return [
    `- ${link}, from ${who}, ${clock(at)}`,
    ...(urgent.length > 0 ? [`  ${capital(inline(listed(urgent)))}.`] : []),
    ...(gist === null ? [] : [`  ${inline(gist, 300)}`]),
  ].join('  \n')
}
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** Opens the mail in the program that reads mail here. */
const linkTo = (messageId: string) =>
  `message:${encodeURIComponent(messageId).replace(/[()'*!]/g, (it) => `%${it.charCodeAt(0).toString(16)}`)}`

const dayIn = (timeZone: string) => (at: Date) =>
  at.toLocaleString('en-GB', { weekday: 'long', day: 'numeric', month: 'long', timeZone })

/** Today is known by its time. */
function timeIn(timeZone: string, now: Date): (at: Date) => string {
  const day = (at: Date) => at.toLocaleDateString('en-GB', { timeZone })
  return (at) => {
    const time = at.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', timeZone })
    const date = at.toLocaleDateString('en-GB', {
      weekday: 'short',
      day: 'numeric',
      month: 'short',
      timeZone,
    })
    return day(at) === day(now) ? `today ${time}` : `${date} ${time}`
  }
}
