'use client'
/** Somebody changed the schedule while it was edited: what each has made of it, and what becomes of that. */
import { useEffect, useRef, useState } from 'react'
import { labelOf, saidOf } from '#components/revision/saying.ts'
import { Button } from '#components/ui/button.tsx'
import { ScrollRegion } from '#components/ui/scroll-region.tsx'
import { useSchedule } from '#lib/client/schedules.ts'
import { bodyOf } from './body.ts'
import { type Draft, draftOf, type EditorFacts, hasOwn, NOTHING_OWN } from './draft.ts'
import { type Version, versionsOf } from './versions.ts'

interface Props {
  slug: string
  id: number
  facts: EditorFacts
  /** What the refusal says: who changed it, and when. */
  said: string
  opened: Draft
  draft: Draft
  onTheirs(draft: Draft): void
  onMine(): void
}

export function Conflict({ slug, id, facts, said, opened, draft, onTheirs, onMine }: Props) {
  const heading = useRef<HTMLHeadingElement>(null)
  const schedule = useSchedule(slug, id)
  const { refetch } = schedule
  const [theirs, setTheirs] = useState<Draft | null>(null)
  useEffect(() => {
    heading.current?.focus()
    void refetch().then(async ({ data }) => {
      if (!data) return
      const own = hasOwn(data) ? (await import('./own.ts')).ownOf(data, facts) : NOTHING_OWN
      setTheirs(draftOf(data, own))
    })
  }, [refetch, facts])
  const versions = theirs
    ? versionsOf(bodyOf(opened, facts).body, bodyOf(draft, facts, opened).body, bodyOf(theirs, facts).body)
    : []
  return (
    <section
      aria-labelledby="conflict"
      className="flex flex-col gap-3 rounded-xl border border-warn/45 bg-warn-soft p-5 text-sm"
    >
      <h2 id="conflict" ref={heading} tabIndex={-1} className="font-semibold outline-none">
        Somebody else has changed it meanwhile
      </h2>
      <p>{said}</p>
      {versions.length > 0 && <Both versions={versions} />}
      <div className="flex flex-wrap gap-2">
        <Button variant="primary" onClick={onMine}>
          Save mine over it
        </Button>
        {theirs && <Button onClick={() => onTheirs(theirs)}>Take theirs, drop mine</Button>}
      </div>
    </section>
  )
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
      saidOf(field, value)
    )}
  </td>
)
