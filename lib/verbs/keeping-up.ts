/** What comes in from outside waits while triggers are held against what is there already. */
import { tooMany } from '../contract/problem.ts'

/** Beyond this what programs send is refused: what happens inside is recorded all the same. */
export const MOST_UNPROCESSED = 100_000

/** `behind`: how many events of the workspace no trigger was held against yet. @throws ProblemError 429 */
export function requireKeepingUp(behind: number): void {
  if (behind <= MOST_UNPROCESSED) return
  const most = MOST_UNPROCESSED.toLocaleString('en')
  throw tooMany(`More than ${most} events of this workspace wait to be matched. Try again later.`, 60)
}
