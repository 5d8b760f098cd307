/** Why something ran, or did not: the sentence with what it rests on. */
import { Badge } from '#components/ui/badge.tsx'
import { ButtonLink } from '#components/ui/button.tsx'
import { Time } from '#components/ui/time.tsx'
import type { Why as Answer } from '#lib/contract/why.ts'

const VERDICTS: Record<Answer['verdict'], string> = {
  ran: 'Ran',
  late: 'Ran late',
  waiting: 'Waits',
  queued: 'In the queue',
  skipped: 'Skipped',
  missed: 'Missed',
  cancelled: 'Cancelled',
  filtered: 'Filtered',
  not_planned: 'Not planned',
  paused: 'Paused',
  disabled: 'Off',
  deleted: 'Deleted',
  future: 'To come',
  unknown: 'No longer kept',
}
const KINDS: Record<Answer['evidence'][number]['kind'], string> = {
  execution: 'Run',
  revision: 'Settings',
  event: 'Event',
  comparison: 'Compared',
  down: 'Server down',
  asleep: 'Server asleep',
  paused: 'Everything paused',
  clock: 'Clock set',
}

export function Told({
  slug,
  why: { verdict, answer, evidence, executionId },
}: {
  slug: string
  why: Answer
}) {
  return (
    <div className="flex flex-col gap-3">
      <p className="flex flex-wrap items-baseline gap-x-3 gap-y-1 wrap-anywhere">
        <Badge>{VERDICTS[verdict]}</Badge>
        <span className="min-w-0 flex-1 basis-60">{answer}</span>
      </p>
      {evidence.length > 0 && (
        <ul aria-label="What this rests on" className="divide-y divide-line border-y border-line text-sm">
          {evidence.map((it) => (
            <li key={`${it.kind} ${it.ref} ${it.at}`} className="flex flex-wrap gap-x-3 gap-y-0.5 py-2">
              <span className="w-32 shrink-0 text-faint">{KINDS[it.kind]}</span>
              <span className="min-w-0 flex-1 basis-52 wrap-anywhere">{it.text}</span>
              <span className="text-faint tabular-nums">
                <Time at={it.at} />
              </span>
            </li>
          ))}
        </ul>
      )}
      {executionId !== null && (
        <ButtonLink
          size="sm"
          variant="ghost"
          className="self-start"
          href={`/w/${slug}/executions/${executionId}`}
        >
          See the run
        </ButtonLink>
      )}
    </div>
  )
}
