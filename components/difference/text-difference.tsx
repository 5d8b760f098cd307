/** Two texts as one: what is gone is struck out, what is new is underlined. */
import { differenceOf, withoutTheSame } from './words.ts'

/** `whole`: also where both are the same for long. */
export function TextDifference({
  before,
  after,
  whole = false,
}: {
  before: string
  after: string
  whole?: boolean
}) {
  const pieces = differenceOf(before, after)
  return (
    <span className="whitespace-pre-wrap wrap-anywhere">
      {(whole ? pieces : withoutTheSame(pieces)).map(({ kind, text }, n) => {
        // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no other name than their place
        if (kind === 'same') return <span key={n}>{text}</span>
        return kind === 'gone' ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: as above
          <del key={n} className="rounded-sm bg-bad-soft text-bad">
            {text}
          </del>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: as above
          <ins key={n} className="rounded-sm bg-good-soft text-good">
            {text}
          </ins>
        )
      })}
    </span>
  )
}
