'use client'
/** What was told where, each try of it, and why something was not. */
import { Send } from 'lucide-react'
import { Link } from '#components/ui/link.tsx'
import { Badge } from '#components/ui/badge.tsx'
import { Button } from '#components/ui/button.tsx'
import { Disclosure } from '#components/ui/disclosure.tsx'
import { ListCard } from '#components/ui/list-card.tsx'
import { LoadMore } from '#components/ui/load-more.tsx'
import { RelativeTime, Time } from '#components/ui/time.tsx'
import { useMay } from '#lib/client/people.ts'
import { useDeliveries, useResend } from '#lib/client/telling.ts'
import type { Delivery } from '#lib/contract/delivery.ts'
import { STATUS, TOLD } from './words.ts'

export function DeliveryLog({ slug }: { slug: string }) {
  const deliveries = useDeliveries(slug)
  const may = useMay(slug, 'editor')
  return (
    <ListCard
      id="deliveries"
      title="Sent"
      about="Newest first, kept for 90 days. What was not sent says why."
      items={deliveries}
      empty={{
        icon: <Send />,
        title: 'Nothing sent yet',
        words: 'When something happens that a rule covers, it is listed here with what became of it.',
      }}
      below={
        deliveries.hasNextPage && (
          <div className="flex justify-center p-4">
            <LoadMore pages={deliveries} />
          </div>
        )
      }
    >
      {(it) => <Row key={it.id} slug={slug} delivery={it} may={may} />}
    </ListCard>
  )
}

function Row({ slug, delivery: it, may }: { slug: string; delivery: Delivery; may: boolean }) {
  const resending = useResend(slug)
  const { words, tone } = STATUS[it.status]
  const title = it.title ?? `When ${TOLD[it.event]}`
  return (
    <li className="flex flex-col gap-1 px-5 py-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-52">
          <p className="flex flex-wrap items-center gap-2 font-medium wrap-anywhere">
            {it.executionId ? (
              <Link href={`/w/${slug}/executions/${it.executionId}`} className="hover:underline">
                {title}
              </Link>
            ) : (
              title
            )}
            <Badge tone={tone}>{words}</Badge>
          </p>
          <p className="text-sm text-faint wrap-anywhere">
            to {it.channelName} · <RelativeTime at={it.createdAt} />
            {it.resendOf !== null && ` · sent again (#${it.resendOf})`}
            {it.nextAttemptAt && (
              <>
                {' · next '}
                <RelativeTime at={it.nextAttemptAt} />
              </>
            )}
          </p>
        </div>
        {may && it.title !== null && (
          <Button
            size="sm"
            pending={resending.isPending}
            aria-label={`Send again: ${title}`}
            onClick={() => resending.mutate(it.id)}
          >
            Send again
          </Button>
        )}
      </div>
      {(resending.error || it.reason) && (
        <p className="text-sm text-soft wrap-anywhere">{resending.error?.message ?? it.reason}</p>
      )}
      {it.attempts.length > 0 && <Attempts delivery={it} />}
    </li>
  )
}

const Attempts = ({ delivery: { attempts } }: { delivery: Delivery }) => (
  <Disclosure title={attempts.length === 1 ? '1 try' : `${attempts.length} tries`} className="text-sm">
    <ol className="flex flex-col gap-1 pl-6 text-soft">
      {attempts.map((it) => (
        <li key={it.at} className="wrap-anywhere">
          <Time at={it.at} format="full" />: {it.detail}
        </li>
      ))}
    </ol>
  </Disclosure>
)
