/** Reminders in words, for somebody who is about to go there. Pure. */
import { minutes } from '#lib/clock.ts'
import { counted, inline, linked, listed, pointed } from '../../markdown.ts'
import type { Placed } from './deciding.ts'
import type { Entry } from './memory.ts'
import type { Related } from './related.ts'

export interface Moment {
  nowMs: number
  zone: string
}

const MOST_PEOPLE = 8
const MOST_LINES = 10
const MOST_POINTS = 6
const LONGEST_LINE = 300
const DUE =
  /\b(due|deadline|expir(es?|y|ation)|submission|frist|fällig|abgabe(termin)?|échéance|plazo|vencimiento)\b/i

/** A day, a task, or what its title calls one; anything else is a meeting. */
export const isDeadline = ({ kind, allDay, title }: Entry): boolean =>
  kind === 'task' || allDay || DUE.test(title)

/** "Monday 2 March, 10:00–11:00 (in 45 minutes)" */
export function whenOf(
  { startMs, endMs, allDay }: Pick<Entry, 'startMs' | 'endMs' | 'allDay'>,
  moment: Moment,
): string {
  if (allDay) return dayOf(startMs, moment)
  const until =
    endMs > startMs && dayOf(endMs, moment) === dayOf(startMs, moment) ? `–${timeOf(endMs, moment)}` : ''
  return `${dayOf(startMs, moment)}, ${timeOf(startMs, moment)}${until} (${untilWords(startMs - moment.nowMs)})`
}

function dayOf(ms: number, { zone, nowMs }: Moment): string {
  const date = (at: number) =>
    Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate()
  const ahead = date(nowMs).until(date(ms)).days
  const named = ahead === 0 ? 'today' : ahead === 1 ? 'tomorrow' : null
  const words = new Date(ms).toLocaleDateString('en-GB', {
    ...{ timeZone: zone, weekday: 'long', day: 'numeric', month: 'long' },
  })
  return named ? `${named}, ${words}` : words
}
const timeOf = (ms: number, { zone }: Moment) =>
  new Date(ms).toLocaleTimeString('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' })

function untilWords(ms: number): string {
  const left = Math.round(ms / minutes(1))
  if (left <= 0) return 'now'
  if (left < 90) return `in ${counted(left, 'minute')}`
  const hours = Math.round(left / 60)
  return hours < 36 ? `in ${counted(hours, 'hour')}` : `in ${counted(Math.round(hours / 24), 'day')}`
}

/** One line, for a deadline or where no sheet is asked for. */
export const lineOf = (it: Placed, moment: Moment): string =>
  `- **${inline(it.title)}**${it.kind === 'task' ? ' is due' : ''} ${whenOf(it, moment)}${it.where ? `, ${inline(it.where)}` : ''}`

export interface Preparation {
  related: Related
  moment: Moment
  /** What a model has made of it. */
  points: string | null
}
/** What one wants to know before one goes there. */
export function sheetOf(it: Placed, { related, moment, points }: Preparation): string {
  const agenda = agendaOf(it.description)
  const lines = [
    `- **When:** ${whenOf(it, moment)}, ${moment.zone}`,
    it.where && `- **Where:** ${inline(it.where)}`,
    it.link && `- **Join:** ${linked(it.link.slice(0, 80), it.link)}`,
    (it.organizer || it.people.length > 0) && `- **Who:** ${peopleOf(it)}`,
    agenda.length > 0 &&
      ['- **Agenda:**', ...agenda.map((line) => `  - ${inline(line, LONGEST_LINE)}`)].join('\n'),
    relatedOf(related, moment),
    points !== null &&
      ['- **To prepare:**', ...pointed(points, MOST_POINTS).map((line) => `  ${line}`)].join('\n'),
  ]
  return [`### ${inline(it.title)}`, '', ...lines.filter(Boolean)].join('\n')
}

function peopleOf({ organizer, people }: Entry): string {
  const others = people.filter((it) => it !== organizer)
  const more = others.length - MOST_PEOPLE
  return listed([
    ...(organizer ? [`${inline(organizer, 80)} (organises it)`] : []),
    ...others.slice(0, MOST_PEOPLE).map((it) => inline(it, 80)),
    ...(more > 0 ? [`${more} more`] : []),
  ])
}

/** Its lines that say something: programs add rules, and how to dial in. */
function agendaOf(description: string): string[] {
  const text = description
    .replace(/<br\s*\/?>|<\/(p|div|li|tr|h\d)>/gi, '\n')
    .replace(/<[^>]{0,2000}>/g, '')
    .replace(/&nbsp;/g, ' ')
    .replace(/-::~[\s\S]*?::-/g, '')
  const lines = text.split('\n').map((it) => it.replace(/^[\s*•–-]+/, '').trim())
  const telling = lines.filter((it) => /[\p{L}\p{N}]/u.test(it) && !/^https?:\/\/\S+$/.test(it))
  const isHeadline = telling[0] !== undefined && /^agenda:?$/i.test(telling[0])
  return telling.slice(isHeadline ? 1 : 0, MOST_LINES)
}

function relatedOf({ documents, messages }: Related, { zone }: Moment): string | false {
  const items = [
    ...documents.map((it) => `  - document “${inline(it.name, 100)}”: ${inline(it.snippet, LONGEST_LINE)}`),
    ...messages.map((it) => {
      const at = new Date(it.atMs).toLocaleDateString('en-GB', {
        timeZone: zone,
        day: 'numeric',
        month: 'long',
      })
      return `  - ${it.isMail ? 'mail, told' : inline(it.by, 80)} on ${at}: ${inline(it.excerpt, LONGEST_LINE)}`
    }),
  ]
  return items.length > 0 && ['- **Related:**', ...items].join('\n')
}
