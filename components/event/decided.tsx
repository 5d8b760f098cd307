'use client'
/** What a schedule decided each time that something it waits for came, newest first, and what that rested on. */
import { formatNumber } from '#components/ui/number.ts'
import { Scale } from 'lucide-react'
import { Link } from '#components/ui/link.tsx'
import { useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { ListCard } from '#components/ui/list-card.tsx'
import { Select } from '#components/ui/select.tsx'
import { RelativeTime } from '#components/ui/time.tsx'
import { useEvaluations } from '#lib/client/happenings.ts'
import type { Evaluation, EvaluationVerdict } from '#lib/contract/evaluation.ts'
import { Trace } from './trace.tsx'
import { VERDICTS, VerdictBadge } from './verdict.tsx'

const ANY = 'any'
const OPTIONS = [
  { value: ANY, label: 'Whatever it decided' },
  ...(Object.keys(VERDICTS) as EvaluationVerdict[]).map((value) => ({ value, label: VERDICTS[value].label })),
] as const
const SHOWN_AT_FIRST = 10

export function Decided({ slug, id }: { slug: string; id: number }) {
  const [verdict, setVerdict] = useState<EvaluationVerdict | typeof ANY>(ANY)
  const [all, setAll] = useState(false)
  const evaluations = useEvaluations(slug, id, verdict === ANY ? undefined : verdict)
  const shown = all ? evaluations.data : evaluations.data?.slice(0, SHOWN_AT_FIRST)
  const hidden = (evaluations.data?.length ?? 0) - (shown?.length ?? 0)
  return (
    <ListCard
      id="decided"
      title="What it decided"
      about="Each time that something came which it waits for. Neighbours that are alike are one line."
      action={
        <Select
          aria-label="Show"
          className="w-52"
          value={verdict}
          options={OPTIONS}
          onValueChange={setVerdict}
        />
      }
      items={{ data: shown, error: evaluations.error, refetch: evaluations.refetch }}
      empty={{
        icon: <Scale />,
        title: verdict === ANY ? 'Nothing has come yet' : 'Nothing of this kind',
        words: 'What it fires on, and what it does not and why, is told here.',
      }}
      below={
        hidden > 0 && (
          <div className="border-t border-line p-3 text-center">
            <Button variant="ghost" size="sm" onClick={() => setAll(true)}>
              Show {hidden} more
            </Button>
          </div>
        )
      }
    >
      {(it) => <Line key={it.id} slug={slug} evaluation={it} />}
    </ListCard>
  )
}

function Line({ slug, evaluation: it }: { slug: string; evaluation: Evaluation }) {
  return (
    <li className="flex flex-col gap-2 px-5 py-3 text-sm">
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <VerdictBadge verdict={it.verdict} />
        {it.eventId !== null && (
          <Link
            href={`/w/${slug}/events?event=${it.eventId}`}
            className="font-medium text-accent-text underline underline-offset-4"
          >
            Event #{it.eventId}
          </Link>
        )}
        {it.executionId !== null && (
          <Link
            href={`/w/${slug}/executions/${it.executionId}`}
            className="font-medium text-accent-text underline underline-offset-4"
          >
            Run #{it.executionId}
          </Link>
        )}
        {it.count > 1 && <span className="text-soft">{formatNumber(it.count)} times</span>}
        <span className="ml-auto text-faint">
          <RelativeTime at={it.lastAt} />
        </span>
      </p>
      {it.reason && it.trace.length === 0 && <p className="text-soft wrap-anywhere">{it.reason}</p>}
      <Trace trace={it.trace} />
    </li>
  )
}
