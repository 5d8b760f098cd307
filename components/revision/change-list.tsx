/** What was changed, one line a field. */
import { TextDifference } from '#components/difference/text-difference.tsx'
import type { FieldChange } from '#lib/contract/revision.ts'
import { Said } from './said.tsx'
import { isProse, labelOf, listChange, sentenceOf, saidOf, worthSaying } from './saying.ts'

/** `input`: the schema of the context of what was changed, where it is known. */
export const ChangeList = ({
  changes,
  input,
}: {
  changes: readonly FieldChange[]
  input?: Record<string, unknown> | undefined
}) => (
  <ul className="flex flex-col gap-1.5 text-sm">
    {worthSaying(changes).map((it) => (
      <li key={it.path} className="min-w-0 wrap-anywhere">
        <Line change={it} input={input} />
      </li>
    ))}
  </ul>
)

function Line({ change, input }: { change: FieldChange; input: Record<string, unknown> | undefined }) {
  const { path, from, to } = change
  const sentence = sentenceOf(change)
  if (sentence) return <span>{sentence}</span>
  return (
    <>
      <span className="text-faint">{labelOf(path, input)}: </span>
      {isProse(change) ? (
        <TextDifference before={String(from)} after={String(to)} />
      ) : (
        <Between change={change} />
      )}
    </>
  )
}

function Between({ change }: { change: FieldChange }) {
  const { path, from, to } = change
  const list = listChange(change)
  if (!list) {
    // Of a secret both sides are a mask.
    if (saidOf(path, from) === saidOf(path, to)) return <ins className="no-underline">changed</ins>
    return (
      <>
        <del className="text-faint">
          <Said path={path} value={from} />
        </del>{' '}
        →{' '}
        <ins className="font-medium no-underline">
          <Said path={path} value={to} />
        </ins>
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
