'use client'
/** Has what a source brought since an instant told again; how much that would be is said first. */
import { formatNumber } from '#components/ui/number.ts'
import { useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { DialogFooter } from '#components/ui/dialog.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'
import { RelativeTime } from '#components/ui/time.tsx'
import { fieldErrors } from '#lib/client/problem.ts'
import { instantOf, wallOf } from '#components/schedule/wall-clock.ts'
import { viewerZone } from '#lib/client/reading.ts'
import { useRewindSource } from '#lib/client/sources.ts'
import type { RewindAnswer, Source } from '#lib/contract/source.ts'

const DAY = 86_400_000
/** As the control writes it, in the zone of whoever looks. */
const dayBefore = () => wallOf(new Date(Date.now() - DAY).toISOString(), viewerZone())

export default function SourceRewind({
  slug,
  source,
  onDone,
}: {
  slug: string
  source: Source
  onDone(): void
}) {
  const looking = useRewindSource(slug, source.id)
  const telling = useRewindSource(slug, source.id)
  const [local, setLocal] = useState(dayBefore)
  const to = instantOf(local, viewerZone())
  const error = looking.error ?? telling.error
  const wrong = fieldErrors(error).to ?? (to === null ? 'Choose a day and a time.' : undefined)
  function change(next: string) {
    setLocal(next)
    looking.reset()
    telling.reset()
  }
  const found = looking.data
  return (
    <div className="flex flex-col gap-4">
      <p className="text-sm text-soft">
        Everything that came since then and is still there becomes a new event: schedules that listen to{' '}
        {source.name} run for it once more.
      </p>
      <Field label="Since" hint="In your time zone." error={wrong}>
        <Input type="datetime-local" value={local} onValueChange={change} />
      </Field>
      <div role="status">{found && <Found found={found} />}</div>
      {error && !fieldErrors(error).to && <ProblemNote error={error} />}
      <DialogFooter>
        <Button
          pending={looking.isPending}
          disabled={to === null}
          onClick={() => to && looking.mutate({ to, dryRun: true })}
        >
          Preview
        </Button>
        <Button
          variant="primary"
          pending={telling.isPending}
          disabled={to === null || !found || found.count === 0}
          onClick={() => to && telling.mutate({ to, dryRun: false }, { onSuccess: onDone })}
        >
          Replay events
        </Button>
      </DialogFooter>
    </div>
  )
}

function Found({ found: { count, events } }: { found: RewindAnswer }) {
  if (count === 0) return <p className="text-sm text-soft">Nothing came since then.</p>
  return (
    <div className="flex flex-col gap-2 text-sm">
      <p className="font-medium">{count === 1 ? '1 event' : `${formatNumber(count)} events`}</p>
      <ul className="flex flex-col gap-1 text-soft">
        {events.map((it, n) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a list that is shown once, as it came.
          <li key={n} className="wrap-anywhere">
            {it.title} <RelativeTime at={it.occurredAt} />
          </li>
        ))}
      </ul>
      {count > events.length && <p className="text-faint">And {count - events.length} more.</p>}
    </div>
  )
}
