/**
 * What makes a mail urgent, each reason in words that a person can check; and what it wants. Pure.
 *
 * Promise: a rule looks at a bounded beginning of the text, and takes time in proportion to it.
 */
import { hours } from '../clock.ts'
import type { Letter } from './letter.ts'

export interface Rules {
  /** Addresses, or `@domain` for everybody there. */
  vip: readonly string[]
  /** Words and phrases that say that it is urgent. */
  words: readonly string[]
  /** Whose mailbox it is. */
  user: string
  now: Date
  /** In words: "Tuesday". */
  day(at: Date): string
}

export const USUAL_WORDS = ['urgent', 'asap', 'as soon as possible', 'deadline', 'immediately', 'overdue']
/** A question that has just come is no emergency. */
export const WAITS_MS = hours(24)
const MOST_READ = 20_000

/** `thread`: the mails of its thread that are known, itself among them. */
export function urgencyOf(letter: Letter, thread: readonly Letter[], rules: Rules): string[] {
  const waiting = waitsSince(letter, thread, rules)
  const word = letter.isBulk ? undefined : wordIn(letter, rules.words)
  return [
    letter.priority === 'high' && 'marked as high priority',
    isVip(letter, rules.vip) && 'from your VIP list',
    word !== undefined && `says “${word}”`,
    waiting !== null && `waits for your reply since ${rules.day(waiting)}`,
  ].filter((it) => it !== false)
}

function isVip({ from }: Letter, vip: Rules['vip']): boolean {
  const address = from?.address.toLowerCase() ?? ''
  return vip.some((it) => {
    const wanted = it.toLowerCase()
    return wanted.startsWith('@') ? address.endsWith(wanted) : address === wanted
  })
}

function wordIn({ subject, text }: Letter, words: Rules['words']): string | undefined {
  const said = `${subject}\n${ownWords(text ?? '')}`.toLowerCase()
  return words.find((word) => {
    const wanted = word.toLowerCase()
    for (let at = said.indexOf(wanted); at !== -1; at = said.indexOf(wanted, at + 1))
      if (!isLetter(said[at - 1]) && !isLetter(said[at + wanted.length])) return true
    return false
  })
}
const isLetter = (sign: string | undefined) => sign !== undefined && /[\p{L}\p{N}]/u.test(sign)

/** Since when a thread that ends with a question of somebody else is without a reply; null: it is not. */
function waitsSince(letter: Letter, thread: readonly Letter[], { user, now }: Rules): Date | null {
  if (!isOpen(letter)) return null
  const isOwn = ({ from }: Letter) => from?.address.toLowerCase() === user.toLowerCase()
  if (isOwn(letter)) return null
  const byTime = thread.toSorted((a, b) => a.at.getTime() - b.at.getTime())
  const last = byTime.at(-1)
  if (last && last.at > letter.at) return null
  const unanswered = byTime.slice(byTime.findLastIndex((it) => isOwn(it) || it.isAnswered) + 1)
  const since = unanswered[0]?.at ?? letter.at
  return now.getTime() - since.getTime() >= WAITS_MS ? since : null
}
/** It asks something, and nobody has answered yet. */
export const isOpen = (letter: Letter) => !letter.isBulk && !letter.isAnswered && asks(letter)
const asks = ({ subject, text }: Letter) => subject.includes('?') || ownWords(text ?? '').includes('?')

/** What the sender wrote this time: without what is quoted, and what stands below every mail of theirs. */
export function ownWords(text: string): string {
  const lines = text.slice(0, MOST_READ).split(/\r?\n/)
  const end = lines.findIndex((line) => /^(-- ?$|-{3,} ?(original|forwarded)|_{10,}$)/i.test(line))
  const own = (end === -1 ? lines : lines.slice(0, end)).filter((line) => !line.startsWith('>'))
  // "On Monday Ada wrote:" stands above what is no longer there.
  return own
    .filter((line) => !/^(on|am|le|el) .{5,200}:$/i.test(line.trim()))
    .join('\n')
    .trim()
}

const REQUEST =
  /\b(please|(could|can|would|will) you|let me know|need you|we need|remind|confirm|approve|send me|reply|bitte)\b/i
const GREETING =
  /^(hi|hello|dear|hey|good (morning|afternoon|evening)|hallo|liebe[rs]?|guten)\b[^.!?]{0,60}$/i
const MOST_GIST = 240

/** In one or two sentences of its own what it wants: the first question or request, else how it begins. */
export function gistOf(text: string | null): string | null {
  const sentences = ownWords(text ?? '')
    .split(/\n\s*\n/)
    .map((it) => it.replace(/\s+/g, ' ').trim())
    .filter((it) => it !== '' && !GREETING.test(it.replace(/[,!.]$/, '')))
    .flatMap(sentencesOf)
  const at = Math.max(
    0,
    sentences.findIndex(({ words }) => words.includes('?') || REQUEST.test(words)),
  )
  const [first, second] = sentences.slice(at, at + 2)
  const found = [first, second?.paragraph === first?.paragraph ? second : undefined].flatMap(
    (it) => it?.words ?? [],
  )
  const gist = found.join(' ').length <= MOST_GIST ? found.join(' ') : (found[0] ?? '')
  return gist === ''
    ? null
    : gist.length <= MOST_GIST
      ? gist
      : `${gist.slice(0, MOST_GIST - 1).toWellFormed()}…`
}

const sentencesOf = (paragraph: string) =>
  paragraph
    .replace(/^(hi|hello|dear|hey|hallo)[^,.!?]{0,40}, /i, '')
    .split(/(?<=[.!?]) (?=\p{Lu})/u)
    .map((words) => ({ words, paragraph }))
