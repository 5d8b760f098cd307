'use client'
/** Somebody changed the schedule while it was edited: what each has made of it, and what becomes of that. */
import { useCallback, useEffect, useRef, useState } from 'react'
import { Said } from '#components/revision/said.tsx'
import { labelOf } from '#components/revision/saying.ts'
import { Button } from '#components/ui/button.tsx'
import { meanwhileWords } from '#components/ui/meanwhile.ts'
import { ProblemNote } from '#components/ui/problem.tsx'
import { ScrollRegion } from '#components/ui/scroll-region.tsx'
import { useSchedule } from '#lib/client/schedules.ts'
import type { Meanwhile } from '#lib/contract/problem.ts'
import { type Base, baseOf } from './base.ts'
import { bodyOf } from './body.ts'
import { type Draft, draftOf, type EditorFacts, hasOwn, NOTHING_OWN } from './draft.ts'
import { theyChangedForm, type Version, versionsOf } from './versions.ts'

interface Props {
  slug: string
  id: number
  facts: EditorFacts
  meanwhile: Meanwhile
  opened: Base
  draft: Draft
  onTheirs(theirs: Base): void
  /** `revision`: the one that was shown. */
  onMine(revision: number): void
}

export function Conflict({ slug, id, facts, meanwhile, opened, draft, onTheirs, onMine }: Props) {
  const heading = useRef<HTMLHeadingElement>(null)
  const { theirs, error, read } = useTheirs(slug, id, facts)
  // Whoever saves once more without an answer is told again, of what it is by then.
  useEffect(() => {
    if (meanwhile) heading.current?.focus()
    void read()
  }, [read, meanwhile])
  const versions = theirs
    ? versionsOf(
        { ...bodyOf(opened.draft, facts).body, ...opened.standing },
        { ...bodyOf(draft, facts, opened.draft).body, ...opened.standing },
        { ...bodyOf(theirs.draft, facts).body, ...theirs.standing },
      )
    : []
  const { revision } = theirs ?? {}
  return (
    <section
      aria-labelledby="conflict"
      className="flex flex-col gap-3 rounded-xl border border-warn/45 bg-warn-soft p-5 text-sm"
    >
      <h2 id="conflict" ref={heading} tabIndex={-1} className="font-semibold outline-none">
        Somebody else has changed it meanwhile
      </h2>
      <p>
        {meanwhileWords(meanwhile)}
        {theirs && !theyChangedForm(versions) && ' Nothing that this form has is different.'}
      </p>
      {versions.length > 0 && <Both versions={versions} />}
      {!theirs && error !== null && <ProblemNote error={error} />}
      <div className="flex flex-wrap gap-2">
        {revision !== undefined && (
          <Button variant="primary" onClick={() => onMine(revision)}>
            Save mine over it
          </Button>
        )}
        {theirs && <Button onClick={() => onTheirs(theirs)}>Take theirs, drop mine</Button>}
        {!theirs && error !== null && <Button onClick={() => void read()}>Try again</Button>}
      </div>
    </section>
  )
}

function useTheirs(slug: string, id: number, facts: EditorFacts) {
  const { refetch } = useSchedule(slug, id)
  const [theirs, setTheirs] = useState<Base | null>(null)
  const [error, setError] = useState<unknown>(null)
  const read = useCallback(async () => {
    const answer = await refetch()
    setError(answer.error)
    if (!answer.data || answer.error) return
    const own = hasOwn(answer.data) ? (await import('./own.ts')).ownOf(answer.data, facts) : NOTHING_OWN
    setTheirs(baseOf(draftOf(answer.data, own), answer.data))
  }, [refetch, facts])
  return { theirs, error, read }
}

const Both = ({ versions }: { versions: Version[] }) => (
  <ScrollRegion aria-label="Both versions" className="overflow-x-auto">
    <table className="w-full min-w-96 text-left">
      <thead>
        <tr className="text-xs text-soft [&>th]:py-1 [&>th]:pr-3 [&>th]:font-medium">
          <th scope="col">Field</th>
          <th scope="col">Yours</th>
          <th scope="col">Theirs</th>
        </tr>
      </thead>
      <tbody>
        {versions.map(({ field, before, mine, theirs, isContested }) => (
          <tr key={field} className="align-top [&>*]:border-t [&>*]:border-line [&>*]:py-1.5 [&>*]:pr-3">
            <th scope="row" className="font-medium">
              {labelOf(field)}
              {isContested && <span className="block text-xs font-normal text-warn">both changed it</span>}
            </th>
            <Cell field={field} value={mine} before={before} />
            <Cell field={field} value={theirs} before={before} />
          </tr>
        ))}
      </tbody>
    </table>
  </ScrollRegion>
)

const Cell = ({ field, value, before }: { field: string; value: unknown; before: unknown }) => (
  <td className="wrap-anywhere">
    {JSON.stringify(value) === JSON.stringify(before) ? (
      <span className="text-soft">as it was</span>
    ) : (
      <Said path={field} value={value} />
    )}
  </td>
)
