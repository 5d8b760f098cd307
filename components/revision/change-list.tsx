/** What was changed, one line a field. */
import { TextDifference } from '#components/difference/text-difference.tsx'
import type { FieldChange } from '#lib/contract/revision.ts'
import { isProse, labelOf, listChange, sentenceOf, saidOf } from './saying.ts'

export const ChangeList = ({ changes }: { changes: readonly FieldChange[] }) => (
  <ul className="flex flex-col gap-1.5 text-sm">
    {changes.map((it) => (
      <li key={it.path} className="min-w-0 wrap-anywhere">
        <Line change={it} />
      </li>
    ))}
  </ul>
)

function Line({ change }: { change: FieldChange }) {
  const { path, from, to } = change
  const sentence = sentenceOf(change)
  if (sentence) return <span>{sentence}</span>
  return (
    <>
      <span className="text-faint">{labelOf(path)}: </span>
      {isProse(change) ? (
        <TextDifference before={String(from)} after={String(to)} />
      ) : (
        <Between change={change} words={(it) => saidOf(path, it)} />
      )}
    </>
  )
}

function Between({ change, words }: { change: FieldChange; words(value: unknown): string }) {
  const list = listChange(change)
  if (!list) {
    const [before, after] = [words(change.from), words(change.to)]
    // Of a secret both sides are a mask.
    if (before === after) return <ins className="no-underline">changed</ins>
    return (
      <>
        <del className="text-faint">{before}</del> → <ins className="font-medium no-underline">{after}</ins>
      </>
    )
  }
  return (
    <>
      {list.removed.map((it) => (
        <del key={it} className="mr-1.5 rounded-sm bg-bad-soft px-1 text-bad">
          {it}
        </del>
      ))}
      {list.added.map((it) => (
        <ins key={it} className="mr-1.5 rounded-sm bg-good-soft px-1 text-good no-underline">
          {it}
        </ins>
      ))}
      {list.added.length + list.removed.length === 0 && 'in another order'}
    </>
  )
}
