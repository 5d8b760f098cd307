'use client'
/** Who changed what, and when; and the way back. */
import { Undo2 } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '#components/ui/button.tsx'
import { Section } from '#components/ui/card.tsx'
import { LoadMore } from '#components/ui/load-more.tsx'
import { Problem, ProblemNote } from '#components/ui/problem.tsx'
import { WaitingRows } from '#components/ui/skeleton.tsx'
import { RelativeTime, Time } from '#components/ui/time.tsx'
import { toast } from '#components/ui/toast.tsx'
import { useMay } from '#lib/client/people.ts'
import { type Revised, useRestoreRevision, useRevisions } from '#lib/client/revisions.ts'
import type { Revision } from '#lib/contract/revision.ts'
import { ChangeList } from './change-list.tsx'
import { whoIs } from './saying.ts'

/** `onRestored`: where what is shown beside it does not follow by itself. */
export function Revisions({
  slug,
  of,
  input,
  onRestored,
}: {
  slug: string
  of: Revised
  /** Of a schedule: what its agent takes. */
  input?: Record<string, unknown> | undefined
  onRestored?: (() => void) | undefined
}) {
  const revisions = useRevisions(slug, of)
  const restoring = useRestoreRevision(slug, of)
  const may = useMay(slug, 'editor')
  const newest = revisions.data?.[0]?.revision
  const restore = (n: number, revision: number) =>
    restoring.mutate(
      { n, revision },
      {
        onSuccess() {
          toast.success(`Set to what it was as revision ${n}`)
          onRestored?.()
        },
      },
    )
  return (
    <Section id="changes" title="Changes">
      {revisions.isPending && <WaitingRows rows={3} />}
      {revisions.error && !revisions.data && <Problem error={revisions.error} retry={revisions.refetch} />}
      {restoring.error && (
        <div className="mb-3">
          <ProblemNote error={restoring.error} />
        </div>
      )}
      {revisions.data && newest !== undefined && (
        <div className="flex flex-col gap-3">
          <ol className="flex flex-col divide-y divide-line">
            {revisions.data.map((it) => (
              <One key={it.revision} revision={it} input={input} isNewest={it.revision === newest}>
                {may && it.revision !== newest && (
                  <Button
                    size="sm"
                    aria-label={`Restore revision ${it.revision}`}
                    pending={restoring.isPending && restoring.variables.n === it.revision}
                    disabled={restoring.isPending}
                    onClick={() => restore(it.revision, newest)}
                  >
                    <Undo2 aria-hidden />
                    Restore
                  </Button>
                )}
              </One>
            ))}
          </ol>
          {revisions.hasNextPage && <LoadMore pages={revisions} />}
        </div>
      )}
    </Section>
  )
}

function One({
  revision: { revision, at, actor, changes },
  input,
  isNewest,
  children,
}: {
  revision: Revision
  input: Record<string, unknown> | undefined
  isNewest: boolean
  children: ReactNode
}) {
  return (
    <li className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2 py-3 first:pt-0 last:pb-0">
      <div className="min-w-0 flex-1 basis-64">
        <p className="text-sm">
          <strong className="font-medium">{whoIs(actor)}</strong>{' '}
          <span className="text-faint">
            <Time at={at} /> (<RelativeTime at={at} />) · revision {revision}
            {isNewest && ', in force'}
          </span>
        </p>
        <div className="mt-1">
          {changes.length > 0 ? (
            <ChangeList changes={changes} input={input} />
          ) : (
            <p className="text-sm text-soft">{revision === 1 ? 'Made' : 'No setting changed'}</p>
          )}
        </div>
      </div>
      {children}
    </li>
  )
}
