/**
 * The feed cut into days as the reader's calendar has them, a person's messages in a row taken together, and results
 * that say the same in a row folded into the last of them.
 */
import type { Message } from '#lib/contract/message.ts'
import { isLive } from '#lib/contract/states.ts'

const TOGETHER_MS = 5 * 60_000

export interface Line {
  message: Message
  /** The same person has just spoken: the name need not be said again. */
  follows: boolean
  /** Of the first of a row of equal results, which names the row. */
  row: number
  /** How many of the row this line stands for, and since when. */
  times: number
  since: string
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

const saysTheSame = (before: Message, it: Message) =>
  before.kind === 'result' &&
  it.kind === 'result' &&
  before.triggerId === it.triggerId &&
  before.prompt === it.prompt &&
  before.status === it.status &&
  before.text === it.text &&
  it.status !== null &&
  !isLive(it.status)

/** `dayOf` names the day of an instant, in whichever zone. `open`: the rows that are not folded. */
export function days(
  messages: readonly Message[],
  dayOf: (instant: string) => string,
  open: ReadonlySet<number> = new Set(),
): Day[] {
  const found: Day[] = []
  for (const [n, message] of messages.entries()) {
    const date = dayOf(message.createdAt)
    const alone = { message, follows: false, row: message.id, times: 1, since: message.createdAt }
    const day = found.at(-1)
    const last = day?.lines.at(-1)
    if (day?.date !== date) found.push({ date, lines: [alone] })
    else if (!last || !saysTheSame(last.message, message))
      day.lines.push({ ...alone, follows: follows(messages[n - 1], message) })
    else
      day.lines.splice(open.has(last.row) ? day.lines.length : -1, 1, {
        ...last,
        message,
        times: last.times + 1,
      })
  }
  return found
}
