'use client'
/** What the schedule as it stands in the form would have done in the last 7 days. Loaded when it is opened. */
import { formatNumber } from '#components/ui/number.ts'
import { VERDICTS } from '#components/event/verdict.tsx'
import { Badge, type Tone } from '#components/ui/badge.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'
import { useResting } from '#components/ui/resting.ts'
import { Skeleton } from '#components/ui/skeleton.tsx'
import { Time } from '#components/ui/time.tsx'
import { useLastWeek } from '#lib/client/past.ts'
import type { AnswerOf, Api } from '#lib/contract/api.ts'
import type { EvaluationVerdict } from '#lib/contract/evaluation.ts'
import { followsClock } from '../kinds.ts'
import { bodyOf } from './body.ts'
import type { Draft, EditorFacts } from './draft.ts'

const REST_MS = 800
const MOST_SHOWN = 8
type Simulation = AnswerOf<Api['simulateTrigger']>
type Verdict = Simulation['occurrences'][number]['verdict']

const RUNS: Record<Verdict, { label: string; tone: Tone }> = {
  ran: { label: 'Would have run', tone: 'good' },
  late: { label: 'Would have waited', tone: 'warn' },
  skipped: { label: 'Would have been skipped', tone: 'neutral' },
  cancelled: { label: 'Would have been cancelled', tone: 'neutral' },
}

interface Props {
  slug: string
  draft: Draft
  facts: EditorFacts
  self: number | undefined
}

export function LastWeek({ slug, draft, facts, self }: Props) {
  // Who does the work, and how it is called, decides nothing here.
  const named = { ...draft, name: draft.name || 'draft', agentId: draft.agentId || 'draft' }
  const { body, errors } = bodyOf(named, facts)
  const rested = useResting(JSON.stringify(body), REST_MS)
  const isReady = Object.keys(errors).every((path) => path.startsWith('context') || path === 'at')
  const week = useLastWeek(slug, isReady ? (JSON.parse(rested) as typeof body) : null, self)
  if (!isReady) return <p className="pt-4 text-sm text-soft">Once the form is complete, it says so here.</p>
  if (week.error) return <ProblemNote error={week.error} />
  if (!week.data) return <Skeleton className="mt-4 h-16" />
  return <Said past={week.data} isTimed={followsClock(draft.kind)} />
}

function Said({ past, isTimed }: { past: Simulation; isTimed: boolean }) {
  const { occurrences, counts, evaluations, note, truncated } = past
  const newest = occurrences.slice(-MOST_SHOWN).reverse()
  const judged = Object.entries(evaluations) as [EvaluationVerdict, number][]
  return (
    <div className="flex flex-col gap-4 pt-4" aria-live="polite">
      <p className="text-sm">{inWords(past, isTimed)}</p>
      {note !== null && <p className="text-sm text-warn">{note}</p>}
      <div className="flex flex-wrap gap-2">
        {(Object.entries(counts) as [Verdict, number][]).map(([verdict, count]) => (
          <Badge key={verdict} tone={RUNS[verdict].tone}>
            {RUNS[verdict].label}: {formatNumber(count)}
          </Badge>
        ))}
      </div>
      {judged.length > 0 && (
        <p className="text-sm text-soft">
          Of what was recorded:{' '}
          {judged
            .map(([verdict, count]) => `${VERDICTS[verdict].label.toLowerCase()} ${formatNumber(count)}`)
            .join(', ')}
          .
        </p>
      )}
      {newest.length > 0 && (
        <ul className="flex flex-col gap-1 text-sm">
          {newest.map(({ at, key, verdict, reason }) => (
            <li key={key} className="flex flex-wrap gap-x-3">
              <Time at={at} className="tabular-nums" />
              <span className="text-soft">
                {RUNS[verdict].label.toLowerCase()}
                {reason ? `: ${reason}` : ''}
              </span>
            </li>
          ))}
        </ul>
      )}
      {(truncated || occurrences.length > newest.length) && (
        <p className="text-sm text-faint">
          {truncated ? 'There are more than can be tried at once; ' : ''}the newest {newest.length} are shown.
        </p>
      )}
    </div>
  )
}

function inWords({ occurrences, evaluations }: Simulation, isTimed: boolean): string {
  const { length } = occurrences
  if (length > 0)
    return `In the last 7 days it would have fired ${length === 1 ? 'once' : `${formatNumber(length)} times`}.`
  if (isTimed) return 'In the last 7 days none of its times lay.'
  return Object.keys(evaluations).length > 0
    ? 'In the last 7 days it would not have fired.'
    : 'In the last 7 days nothing was recorded that it would have looked at.'
}
