/**
 * Looks into a mailbox and tells what is new there, the urgent first, each with the reason why.
 *
 * Promise: no mail is told twice, and none that came while the mailbox could not be reached is missed: how far it has
 * read is kept where the run succeeds. Nothing in the mailbox is changed, and a mail is not marked as read. What stands
 * in a mail is shown as the text that it is.
 */
import { MailProblem } from '#lib/mail/problem.ts'
import { AgentFailure, type AgentTools, agent, type Composed, type Task } from '../agent.ts'
import { shortened } from '../markdown.ts'
import { lacking } from '../readiness.ts'
import { zoneOf } from '../../contract/zone.ts'
import { dayIn, digest, MOST_SHOWN, timeIn } from './email-monitor/digest.ts'
import { Input } from './email-monitor/input.ts'
import { type Looked, look, type Memory, memoryOf, remembered, type Told } from './email-monitor/judging.ts'

/** Characters of their texts that a model reads. */
const MOST_MATERIAL = 24_000
const ACTIONS = ['summarize', 'notify']

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
  async checks(_workspaceId, _probe, { context: { mailbox, sourceId }, workspace }) {
    if (mailbox !== undefined) return []
    if (typeof sourceId !== 'number') return [lacking('Mailbox', NO_MAILBOX)]
    return (await workspace.source(sourceId))?.kind === 'imap'
      ? []
      : [lacking(`Source ${sourceId}`, noSource(sourceId))]
  },
  // A run that is begun again reads again, and keeps only what it has told.
  safeToRepeat: true,
  async perform(task) {
    const { input, say, tools, execution } = task
    for (const sentence of withoutMeaning(input)) say(sentence)
    const mailbox = await mailboxOf(input, tools)
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
  remedy:
    'Fill in mailbox: the IMAP server (host), the user and the password; or sourceId: the number of a mailbox among the sources.',
}
const noSource = (sourceId: number) => ({
  detail: `The source ${sourceId} is no mailbox, or is not there.`,
  remedy: 'Name one of those in the settings, under Sources.',
})
async function mailboxOf({ mailbox, sourceId }: Input, tools: Pick<AgentTools, 'mailboxOf'>) {
  if (mailbox) return { ...mailbox, port: mailbox.port ?? (mailbox.secure ? 993 : 143) }
  if (typeof sourceId !== 'number') throw new AgentFailure(`${NO_MAILBOX.detail} ${NO_MAILBOX.remedy}`)
  const found = await tools.mailboxOf(sourceId)
  if ('problem' in found) throw new AgentFailure(found.problem)
  return found
}

const byUrgency = (a: Told, b: Told) => b.urgent.length - a.urgent.length || b.at.getTime() - a.at.getTime()

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
  const fields = Object.keys(input).filter((it) => !Object.hasOwn(Input.shape, it))
  return [
    typeof input.sourceId === 'string' &&
      `A source is named by its number, which “${input.sourceId}” is none of.`,
    input.mailbox &&
      typeof input.sourceId === 'number' &&
      'The mailbox that is filled in here is read, not the source.',
    unknown.length > 0 && `There is no action ${unknown.join(', ')}. There are: ${ACTIONS.join(', ')}.`,
    fields.length > 0 && `Not used, as it means nothing here: ${fields.join(', ')}.`,
  ].filter((it) => typeof it === 'string')
}
