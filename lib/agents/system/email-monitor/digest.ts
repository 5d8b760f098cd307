/** What was found in a mailbox, as somebody reads it: the urgent first, each with the reason. Pure. */
import { gistOf } from '#lib/mail/urgency.ts'
import { counted, inline, listed, pointed } from '../../markdown.ts'
import type { Input } from './input.ts'
import type { Looked, Told } from './judging.ts'

export const MOST_SHOWN = 30
const MOST_POINTS = 6

interface Show {
  input: Input
  /** What a model has made of the mails. */
  inShort: string | null
  clock(at: Date): string
}

export function digest(read: Looked[], told: Told[], show: Show): string {
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

export const dayIn = (timeZone: string) => (at: Date) =>
  at.toLocaleString('en-GB', { weekday: 'long', day: 'numeric', month: 'long', timeZone })

/** Today is known by its time. */
export function timeIn(timeZone: string, now: Date): (at: Date) => string {
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
