'use client'
/** What became another between the last run that worked and the first that did not. */
import { GitCompare } from 'lucide-react'
import { Link } from '#components/ui/link.tsx'
import { ChangeList } from '#components/revision/change-list.tsx'
import { whoIs } from '#components/revision/saying.ts'
import { Section } from '#components/ui/card.tsx'
import { Time } from '#components/ui/time.tsx'
import { titleOf } from './context/schema.ts'
import { useSinceSuccess } from '#lib/client/schedules.ts'
import { sentenceOf } from '#lib/contract/since-words.ts'
import type { SinceDifference, SinceSuccess as Since } from '#lib/contract/since-success.ts'

const KINDS: Record<Exclude<SinceDifference['kind'], 'version'>, string> = {
  trigger: 'the schedule',
  agent: 'the agent',
  model: 'the model',
  tool: 'what brings its tools',
  secret: 'the secret',
}

/** `executionId`: seen from that run. Nothing where nothing has failed since. */
export function SinceSuccess({
  slug,
  triggerId,
  executionId,
  known,
}: {
  slug: string
  triggerId: number
  executionId?: number | undefined
  /** As it was when the page was made. */
  known: Since | null
}) {
  const { data: it } = useSinceSuccess(slug, triggerId, executionId, known)
  // That it could not be asked is no news: the failure itself stands beside it.
  if (!it?.firstFailure || !it.lastSuccess) return null
  const run = (id: number, words: string) => (
    <Link
      href={`/w/${slug}/executions/${id}`}
      className="font-medium text-accent-text underline underline-offset-4"
    >
      {words}
    </Link>
  )
  return (
    <Section id="since-success" title="Since it worked">
      <div className="flex flex-col gap-3 text-sm">
        <p className="flex items-start gap-2 text-base wrap-anywhere">
          <GitCompare aria-hidden className="mt-1 size-4 shrink-0 text-faint" />
          <span>
            {sentenceOf(it, titleOf).map((part) =>
              typeof part === 'string' ? part : <Time key={part.at} at={part.at} />,
            )}
          </span>
        </p>
        {it.differences.length > 0 && (
          <ol className="flex flex-col gap-3 border-l-2 border-line pl-4">
            {it.differences.map((one) => (
              <li key={`${one.kind} ${one.name} ${one.at}`}>
                <p className="text-faint">
                  <Time at={one.at} />: <span className="text-ink">{saying(one)}</span>
                </p>
                <ChangeList changes={one.changes} />
              </li>
            ))}
          </ol>
        )}
        <p className="text-faint">
          {run(it.lastSuccess.id, 'The last run that worked')} ·{' '}
          {run(it.firstFailure.id, 'the first that failed')}
        </p>
      </div>
    </Section>
  )
}

function saying({ kind, name, actor }: SinceDifference): string {
  if (kind === 'version') return `Carillon ${name} took over`
  const what = kind === 'trigger' ? KINDS[kind] : `${KINDS[kind]} ${name}`
  return actor ? `${whoIs(actor)} changed ${what}` : `${what} changed`
}
