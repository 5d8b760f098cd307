'use client'
/** What has called a webhook, the refused too: what was said, how it was judged, and a button that says it again. */
import { Inbox } from 'lucide-react'
import { lazily } from '#components/ui/lazily.tsx'
import { Link } from '#components/ui/link.tsx'
import { Suspense, useState } from 'react'
import { Badge, type Tone } from '#components/ui/badge.tsx'
import { Card, CardBody, CardHeader, CardTitle } from '#components/ui/card.tsx'
import { Disclosure } from '#components/ui/disclosure.tsx'
import { Empty } from '#components/ui/empty.tsx'
import { LoadMore } from '#components/ui/load-more.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { Select } from '#components/ui/select.tsx'
import { WaitingRows } from '#components/ui/skeleton.tsx'
import { RelativeTime } from '#components/ui/time.tsx'
import { useDeliveries } from '#lib/client/webhooks.ts'
import type { DeliveryVerdict, WebhookDelivery } from '#lib/contract/webhook.ts'

const Detail = lazily(() => import('./delivery.tsx'))

const VERDICTS: Record<DeliveryVerdict, { words: string; tone: Tone }> = {
  accepted: { words: 'Accepted', tone: 'good' },
  collected: { words: 'Collected', tone: 'good' },
  duplicate: { words: 'Sent again', tone: 'neutral' },
  filtered: { words: 'Filtered out', tone: 'neutral' },
  paused: { words: 'Paused', tone: 'warn' },
  refused: { words: 'Refused', tone: 'bad' },
}
const ALL = 'all'
const FILTERS = [
  { value: ALL, label: 'All calls' },
  ...Object.entries(VERDICTS).map(([value, { words }]) => ({ value, label: words })),
]

interface Of {
  slug: string
  id: number
  /** Whether the reader may have a call sent again. */
  may: boolean
}

export function Deliveries({ slug, id, may }: Of) {
  const [verdict, setVerdict] = useState<DeliveryVerdict | null>(null)
  const deliveries = useDeliveries(slug, id, verdict)
  return (
    <Card aria-labelledby="calls">
      <CardHeader>
        <CardTitle id="calls">Calls</CardTitle>
        <Select
          aria-label="Which calls"
          className="w-44"
          value={verdict ?? ALL}
          onValueChange={(it) => setVerdict(it === ALL ? null : (it as DeliveryVerdict))}
          options={FILTERS}
        />
      </CardHeader>
      <CardBody className="flex flex-col gap-4">
        {deliveries.isPending ? (
          <WaitingRows rows={3} height="h-12" />
        ) : deliveries.error && !deliveries.data ? (
          <Problem error={deliveries.error} retry={deliveries.refetch} className="py-4" />
        ) : deliveries.data?.length === 0 ? (
          <Empty icon={<Inbox />} title={verdict ? 'No call of this kind' : 'Nothing has called it yet'}>
            What is refused shows up here, too, and says why.
          </Empty>
        ) : (
          <ul aria-label="Calls" className="flex flex-col divide-y divide-line">
            {deliveries.data?.map((it) => (
              <Row key={it.id} slug={slug} id={id} may={may} delivery={it} />
            ))}
          </ul>
        )}
        {deliveries.hasNextPage && <LoadMore pages={deliveries} />}
      </CardBody>
    </Card>
  )
}

function Row({ slug, id, may, delivery: it }: Of & { delivery: WebhookDelivery }) {
  const [opened, setOpened] = useState(false)
  const verdict = it.verdict && VERDICTS[it.verdict]
  return (
    <li className="py-2 first:pt-0 last:pb-0">
      <Disclosure
        onOpenChange={(open) => open && setOpened(true)}
        title={
          <span className="inline-flex flex-wrap items-center gap-x-3 gap-y-1">
            <Badge tone={verdict?.tone}>{verdict?.words ?? 'Taken in'}</Badge>
            <span className="text-sm font-normal">
              <RelativeTime at={it.receivedAt} />
            </span>
          </span>
        }
        aside={asideOf(it)}
      >
        <div className="flex flex-col gap-3 pt-1 pb-2 pl-6">
          {it.reason && <p className="text-sm wrap-anywhere">{it.reason}</p>}
          {it.executionId !== null && (
            <p className="text-sm">
              <Link
                className="font-medium text-accent-text underline underline-offset-4"
                href={`/w/${slug}/executions/${it.executionId}`}
              >
                Run #{it.executionId}
              </Link>
            </p>
          )}
          {opened && (
            <Suspense fallback={<WaitingRows rows={2} />}>
              <Detail slug={slug} id={id} may={may} deliveryId={it.deliveryId} />
            </Suspense>
          )}
        </div>
      </Disclosure>
    </li>
  )
}

const sizeOf = (bytes: number) => (bytes < 1024 ? `${bytes} B` : `${Math.round(bytes / 1024)} KiB`)
const asideOf = ({ status, bytes, remoteAddress, replayOf }: WebhookDelivery) =>
  [status, sizeOf(bytes), replayOf === null ? remoteAddress && `from ${remoteAddress}` : 'sent again by hand']
    .filter(Boolean)
    .join(' · ')
