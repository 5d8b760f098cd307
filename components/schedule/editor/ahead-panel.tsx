'use client'
/**
 * What the schedule means, in sight while it is edited: beside the form where there is room, and where there is not, a
 * bar that stays and opens.
 */
import { ChevronUp } from 'lucide-react'
import { Suspense, useState } from 'react'
import { lazily } from '#components/ui/lazily.tsx'
import { cn } from '#components/ui/cn.ts'
import { Disclosure } from '#components/ui/disclosure.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'
import { Skeleton, WaitingRows } from '#components/ui/skeleton.tsx'
import { RUNS_AHEAD } from '#lib/client/ahead.ts'
import type { Advice, DraftPreview } from '#lib/contract/advice.ts'
import { followsClock } from '../kinds.ts'
import { GoodToKnow, PlannedRuns } from '../planned.tsx'
import { wallWords } from '../wall-clock.ts'
import type { Ahead } from './ahead.ts'
import type { Draft, EditorFacts } from './draft.ts'

const Year = lazily(async () => ({ default: (await import('./year.tsx')).Year }))
const LastWeek = lazily(async () => ({ default: (await import('./last-week.tsx')).LastWeek }))
const TryDraft = lazily(async () => ({ default: (await import('./try-draft.tsx')).TryDraft }))

interface Props {
  slug: string
  draft: Draft
  facts: EditorFacts
  ahead: Ahead
  viewerZone: string
  self: number | undefined
  onFix(fix: NonNullable<Advice['fix']>): void
}

export function AheadPanel(props: Props) {
  const [open, setOpen] = useState(false)
  const { draft, ahead } = props
  return (
    <section
      aria-label="What this means"
      className="min-w-0 border-t border-line bg-ground lg:max-h-[calc(100dvh-8rem)] lg:overflow-y-auto lg:rounded-xl lg:border lg:bg-surface lg:shadow-card"
    >
      <button
        type="button"
        aria-expanded={open}
        aria-controls="ahead"
        className="flex min-h-11 w-full items-center gap-2 px-4 text-left text-sm sm:px-8 lg:hidden"
        onClick={() => setOpen(!open)}
      >
        <span className="min-w-0 flex-1 truncate">
          <span className="font-medium">{inShort(draft, ahead)}</span>
        </span>
        <ChevronUp aria-hidden className={cn('size-4 shrink-0 transition-transform', open && 'rotate-180')} />
        <span className="sr-only">{open ? 'Show less' : 'Show the next runs'}</span>
      </button>
      <div
        id="ahead"
        className={cn(
          'flex-col gap-4 px-4 pb-4 sm:px-8 lg:flex lg:p-5',
          open ? 'flex max-h-[45dvh] overflow-y-auto lg:max-h-none' : 'hidden',
        )}
      >
        <Meaning {...props} />
      </div>
    </section>
  )
}

/** One line: when it runs next, or what is in the way. */
function inShort(draft: Draft, { preview, errors, isWhole }: Ahead): string {
  if (!followsClock(draft.kind)) return 'It waits for something to happen'
  if (Object.keys(errors).length > 0 || !isWhole) return 'Nothing is planned with this yet'
  const [next] = preview?.instants ?? []
  return next ? `Next: ${wallWords(next.at, draft.timezone)}` : (preview?.humanReadable ?? '…')
}

function Meaning({ slug, draft, facts, ahead, viewerZone, self, onFix }: Props) {
  const { preview, errors, problem, asking, isWhole } = ahead
  const isTimed = followsClock(draft.kind)
  const refused = Object.values(errors)[0]
  return (
    <>
      <p role="status" className="font-medium wrap-anywhere max-lg:sr-only">
        {!isTimed ? (
          'It waits for something to happen, and runs whenever it does.'
        ) : refused || !isWhole ? (
          <span className="font-normal text-faint">Nothing is planned with this yet.</span>
        ) : (
          (preview?.humanReadable ?? '…')
        )}
      </p>
      {problem && <ProblemNote error={problem} />}
      {isTimed && isWhole && !refused && !problem && (
        <Planned
          preview={preview}
          isOnce={draft.kind === 'once'}
          stale={asking}
          zone={draft.timezone}
          viewerZone={viewerZone}
          onFix={onFix}
        />
      )}
      <Fold title="The last 7 days" aside="when it would have fired">
        <LastWeek slug={slug} draft={draft} facts={facts} self={self} />
      </Fold>
      <Fold title="Try it" aside="without effect">
        <TryDraft slug={slug} draft={draft} self={self} />
      </Fold>
    </>
  )
}

function Fold({ title, aside, children }: { title: string; aside: string; children: React.ReactNode }) {
  const [open, setOpen] = useState(false)
  const [wasOpen, setWasOpen] = useState(false)
  return (
    <section aria-label={title} className="border-t border-line pt-3">
      <Disclosure
        title={title}
        aside={aside}
        open={open}
        onOpenChange={(next) => {
          setOpen(next)
          if (next) setWasOpen(true)
        }}
      >
        {wasOpen && <Suspense>{children}</Suspense>}
      </Disclosure>
    </section>
  )
}

interface PlannedProps {
  preview: DraftPreview | undefined
  isOnce: boolean
  stale: boolean
  zone: string
  viewerZone: string
  onFix: Props['onFix']
}

/** As high as what comes most often: the runs below their heading, and the year. */
const PlannedSoon = ({ isOnce }: { isOnce: boolean }) => (
  <div className="flex flex-col gap-4">
    <WaitingRows rows={1 + (isOnce ? 1 : RUNS_AHEAD)} className="flex flex-col gap-[13.5px]" />
    {!isOnce && <Skeleton className="h-12" />}
  </div>
)

function Planned({ preview, isOnce, stale, zone, viewerZone, onFix }: PlannedProps) {
  if (!preview) return <PlannedSoon isOnce={isOnce} />
  return (
    <div className={cn('flex flex-col gap-4 transition-opacity', stale && 'opacity-50')}>
      <GoodToKnow advice={preview.advice} onFix={onFix} />
      {preview.instants.length > 0 && (
        <PlannedRuns
          instants={preview.instants}
          zone={zone}
          viewerZone={viewerZone}
          changes={preview.clockChanges}
        />
      )}
      {preview.days.length > 0 && (
        <Fold title="The next 12 months" aside={`${preview.days.length} days`}>
          <Year preview={preview} />
        </Fold>
      )}
    </div>
  )
}
