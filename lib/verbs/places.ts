/** Where a page of a list ended, of lists whose newest stands first. */
import { ProblemError } from '../contract/problem.ts'

export const place = (cursor: string | undefined): number | undefined => {
  const before = cursor === undefined ? undefined : Number(cursor)
  if (before !== undefined && (!Number.isSafeInteger(before) || before < 1))
    throw new ProblemError(400, `The cursor "${cursor}" is not one that this server gave.`)
  return before
}

/** `rows`: one more than the page, where there is one. */
export const cursorAfter = (rows: readonly { id: number }[], limit: number): string | null =>
  rows.length > limit ? String(rows[limit - 1]?.id) : null
