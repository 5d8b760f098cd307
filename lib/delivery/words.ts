/**
 * What a message says: who reads it was not there, and reads it on a telephone.
 *
 * Promise: the title alone says what happened to which schedule; what is cut or gathered says so.
 */
import type { Tellable } from '../contract/delivery.ts'
import { fitted, legible } from './fitting.ts'
import type { Message } from './port.ts'

/** What there is to say. */
export interface Happened {
  event: Tellable
  triggerId: number | null
  triggerName: string | null
  executionId: number | null
  executionStatus: string | null
  scheduledFor: number | null
  missedCount: number | null
  output: string | null
  error: string | null
  reason: string | null
  words: string | null
  nth: number
  createdAt: number
}
export interface Place {
  baseUrl: string
  slug: string
  timezone: string
}

const LONGEST_TEXT = 3_500
const LONGEST_TITLE = 250
const MOST_LINES = 10

export function messageOf(it: Happened, { baseUrl, slug, timezone }: Place): Message {
  const path = it.executionId !== null ? `/executions/${it.executionId}` : pathOfTrigger(it.triggerId)
  return {
    event: it.event,
    title: lineOf(titleOf(it), LONGEST_TITLE),
    text: cut(legible(textOf(it, timezone))),
    url: `${baseUrl}/w/${slug}${path}`,
    at: new Date(it.createdAt).toISOString(),
    about: {
      execution:
        it.executionId === null ? null : { id: it.executionId, status: it.executionStatus ?? 'unknown' },
      trigger:
        it.triggerId === null
          ? null
          : { id: it.triggerId, name: lineOf(it.triggerName ?? '', LONGEST_TITLE) },
    },
  }
}

const pathOfTrigger = (id: number | null) => (id === null ? '' : `/schedules/${id}`)

function titleOf({ event, triggerName, missedCount, nth }: Happened): string {
  const name = triggerName ?? 'A schedule'
  switch (event) {
    case 'failure':
      return nth > 1 ? `${name} failed again (${nth} times)` : `${name} failed`
    case 'recovery':
      return `${name} works again`
    case 'success':
    case 'notable':
      return name
    case 'changed':
      return `${name}: something changed`
    case 'missed':
      return missedCount !== null && missedCount > 1
        ? `${name} missed ${missedCount} runs`
        : `${name} was missed`
    case 'skipped':
      return `${name} was skipped`
    case 'expectation':
      return `${name} is late`
    case 'approval':
      return `${name} waits for a decision`
    case 'budget':
      return 'A budget is nearly or wholly used'
    case 'disabled':
      return `${name} was switched off`
  }
}

function textOf(it: Happened, timezone: string): string {
  const { event, words, error, reason, output } = it
  if (words !== null) return plain(words)
  const planned = it.scheduledFor === null ? '' : `\n\nPlanned for ${wallTime(it.scheduledFor, timezone)}.`
  switch (event) {
    case 'failure':
      return `${error ?? 'It did not say why.'}${planned}`
    case 'recovery':
      return `It has succeeded.${output ? `\n\n${output}` : ''}`
    case 'missed':
    case 'skipped':
      return `${reason ?? 'Nobody wrote down why.'}${planned}`
    default:
      return output ?? reason ?? ''
  }
}

/** Notices of the chat mark names as Markdown does. */
const plain = (words: string) => words.replaceAll('**', '')

const cut = (text: string) =>
  text.length > LONGEST_TEXT
    ? `${fitted(text, { most: LONGEST_TEXT })}\n\n(cut; the rest is on its page)`
    : text

/** Plain SQL may have written a name of any length, and of several lines. */
const lineOf = (text: string, most: number) => fitted(legible(text).replace(/\s+/g, ' ').trim(), { most })

const wallTime = (at: number, timezone: string) =>
  `${Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timezone).toPlainDateTime().toString({ smallestUnit: 'minute' }).replace('T', ' ')} (${timezone})`

/** Messages that were held, as one: the oldest first, and what does not fit is counted. */
export function gathered(
  messages: readonly Message[],
  { baseUrl, slug }: Pick<Place, 'baseUrl' | 'slug'>,
): Message {
  const [first, ...more] = messages
  if (!first) throw new Error('Nothing was gathered.')
  if (more.length === 0) return first
  const lines = messages.slice(0, MOST_LINES).map((it) => `• ${it.title}${firstLine(it)}`)
  const rest = messages.length - lines.length
  const failures = messages.filter((it) => it.event === 'failure').length
  const worst = messages.find((it) => it.event === 'failure') ?? first
  return {
    ...first,
    event: worst.event,
    title: `${messages.length} messages${failures > 0 ? `, ${failures} of failures` : ''}`,
    text: [...lines, ...(rest > 0 ? [`and ${rest} more`] : [])].join('\n'),
    url: `${baseUrl}/w/${slug}/settings/telling`,
    about: { execution: null, trigger: null },
  }
}

function firstLine({ text }: Message): string {
  const line = text.split('\n', 1)[0]?.trim() ?? ''
  return line === '' ? '' : `: ${fitted(line, { most: 120 })}`
}
