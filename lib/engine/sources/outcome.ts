/** What a look at a source comes to: what is kept of it, and what is said. Pure. */
import type { Found, SourceRow } from '#db/queries/sources.ts'
import { minutes, seconds } from '#lib/clock.ts'
import type { Look, SourceProblem } from '#lib/triggers/sources/index.ts'

/** What passes may pass: only so many looks in a row that come to nothing are worth a word. */
const MOST_IN_A_ROW = 3
/** Who asks too often with a wrong password is locked out. */
const REFUSED_REST_MS = minutes(15)
const AGAIN_MS = seconds(2)

export interface Outcome {
  found: Found
  /** In the chat; null: it is no news. */
  notice: string | null
}

const atOf = (now: Date, ms: number) => now.getTime() + ms

/** The first look is the baseline; so is one of which nobody knows what is new. */
export function outcomeOfLook(row: SourceRow, { cursor, anew, again }: Look<unknown>, now: Date): Outcome {
  const isFirst = row.cursor === null
  const answersAgain = row.status === 'ok' ? [] : [`The source **${row.name}** answers again.`]
  const said = anew === null ? answersAgain : [...answersAgain, `**${row.name}**: ${anew}`]
  return {
    found: {
      cursor: JSON.stringify(cursor),
      baselineAt: isFirst || anew !== null ? now.getTime() : row.baselineAt,
      baselineReason: isFirst ? null : (anew ?? row.baselineReason),
      ...{ status: 'ok', lastError: null, failures: 0 },
      dueAt: atOf(now, again ? AGAIN_MS : seconds(row.everySeconds)),
    },
    notice: said.length > 0 ? said.join(' ') : null,
  }
}

/** It is as far as it was: nothing that comes meanwhile is lost. */
export function outcomeOfProblem(
  row: SourceRow,
  { message, status, passing }: SourceProblem,
  now: Date,
): Outcome {
  const failures = row.failures + 1
  const isKnown = row.cursor !== null
  const isTold = !passing || failures >= MOST_IN_A_ROW || row.status !== 'ok' || !isKnown
  const next = isTold ? status : 'ok'
  const everyMs = seconds(row.everySeconds)
  const restMs = next === 'auth_required' ? Math.max(everyMs, REFUSED_REST_MS) : everyMs
  const { cursor, baselineAt, baselineReason } = row
  return {
    found: {
      ...{ cursor, baselineAt, baselineReason },
      ...{ status: next, lastError: message, failures, dueAt: atOf(now, restMs) },
    },
    notice:
      // Whoever has just made it sees it.
      isKnown && row.status === 'ok' && next !== 'ok'
        ? `The source **${row.name}** fails: ${message} What comes meanwhile is told once it answers again.`
        : null,
  }
}
