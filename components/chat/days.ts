/**
 * The feed cut into days as the reader's calendar has them, and a person's messages in a row taken together.
 */
import type { Message } from '#lib/contract/message.ts'

const TOGETHER_MS = 5 * 60_000

export interface Line {
  message: Message /** The same person has just spoken: the name need not be said again. */
  follows: boolean
}
export interface Day {
  date: string
  lines: Line[]
}

const follows = (before: Message | undefined, it: Message) =>
  before?.kind === 'person' &&
  it.kind === 'person' &&
  before.author.id === it.author.id &&
  Date.parse(it.createdAt) - Date.parse(before.createdAt) < TOGETHER_MS

/** `dayOf` names the day of an instant, in whichever zone. */
export function days(messages: readonly Message[], dayOf: (instant: string) => string): Day[] {
  const found: Day[] = []
  messages.forEach((message, n) => {
    const date = dayOf(message.createdAt)
    const day = found.at(-1)
    if (day?.date === date) day.lines.push({ message, follows: follows(messages[n - 1], message) })
    else found.push({ date, lines: [{ message, follows: false }] })
  })
  return found
}
