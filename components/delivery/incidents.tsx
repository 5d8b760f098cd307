'use client'
/** What fails just now, and since when; and what did. */
import { ShieldCheck } from 'lucide-react'
import { Link } from '#components/ui/link.tsx'
import { useState } from 'react'
import { Badge } from '#components/ui/badge.tsx'
import { Button } from '#components/ui/button.tsx'
import { ListCard } from '#components/ui/list-card.tsx'
import { Segmented } from '#components/ui/segmented.tsx'
import { RelativeTime } from '#components/ui/time.tsx'
import { useMay } from '#lib/client/people.ts'
import { type IncidentStatus, useAcknowledge, useIncidents } from '#lib/client/telling.ts'
import type { Incident } from '#lib/contract/incident.ts'

const WHICH = [
  { value: 'open', label: 'Open' },
  { value: 'closed', label: 'Over' },
] as const

export function Incidents({ slug }: { slug: string }) {
  const [status, setStatus] = useState<IncidentStatus>('open')
  const may = useMay(slug, 'editor')
  return (
    <ListCard
      id="incidents"
      title="Incidents"
      about="Schedules that are failing, one line for each cause."
      action={
        <Segmented<IncidentStatus>
          aria-label="Which incidents"
          value={status}
          onValueChange={setStatus}
          options={WHICH}
        />
      }
      items={useIncidents(slug, status)}
      empty={{
        icon: <ShieldCheck />,
        title: status === 'open' ? 'Nothing is failing' : 'Nothing has failed and recovered yet',
        words: 'When a run fails, it is listed here until the schedule works again.',
      }}
    >
      {(it) => <Row key={it.id} slug={slug} incident={it} may={may} />}
    </ListCard>
  )
}

function Row({ slug, incident: it, may }: { slug: string; incident: Incident; may: boolean }) {
  const acknowledging = useAcknowledge(slug)
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-5 py-3">
      <div className="min-w-0 flex-1 basis-52">
        <p className="flex flex-wrap items-center gap-2 font-medium wrap-anywhere">
          <Link href={`/w/${slug}/schedules/${it.triggerId}`} className="hover:underline">
            {it.triggerName}
          </Link>
          <Badge tone={it.closedAt ? 'good' : 'bad'}>
            {it.closedAt ? 'Works again' : it.count === 1 ? 'Failed once' : `Failed ${it.count} times`}
          </Badge>
          {it.acknowledgedBy && <Badge tone="outline">Acknowledged by {it.acknowledgedBy}</Badge>}
        </p>
        <p className="line-clamp-2 text-sm text-soft wrap-anywhere">{it.error ?? it.cause}</p>
        <p className="text-sm text-faint">
          first <RelativeTime at={it.firstAt} />, last{' '}
          <Link
            href={`/w/${slug}/executions/${it.lastExecutionId}`}
            className="font-medium text-accent-text underline underline-offset-4"
          >
            <RelativeTime at={it.lastAt} />
          </Link>
        </p>
      </div>
      {may && !it.closedAt && !it.acknowledgedBy && (
        <Button
          size="sm"
          pending={acknowledging.isPending}
          aria-label={`Acknowledge: ${it.triggerName}`}
          title="Stops further messages about it"
          onClick={() => acknowledging.mutate(it.id)}
        >
          Acknowledge
        </Button>
      )}
    </li>
  )
}
