'use client'
/** One call: its headers, its body, each comparison of the filter, and once more. */
import { Check, RotateCw, X } from 'lucide-react'
import { Button } from '#components/ui/button.tsx'
import { Problem, ProblemNote } from '#components/ui/problem.tsx'
import { ScrollRegion } from '#components/ui/scroll-region.tsx'
import { WaitingRows } from '#components/ui/skeleton.tsx'
import { toast } from '#components/ui/toast.tsx'
import { useDelivery, useSendAgain } from '#lib/client/webhooks.ts'
import type { WebhookDeliveryDetail } from '#lib/contract/webhook.ts'

interface Of {
  slug: string
  id: number
  may: boolean
  deliveryId: string
}

export default function Delivery({ slug, id, may, deliveryId }: Of) {
  const delivery = useDelivery(slug, id, deliveryId)
  if (delivery.isPending) return <WaitingRows rows={2} />
  if (delivery.error) return <Problem error={delivery.error} retry={delivery.refetch} className="py-4" />
  const it = delivery.data
  return (
    <>
      <p className="text-sm text-soft wrap-anywhere">
        Id <code className="font-mono">{it.deliveryId}</code>
      </p>
      <Trace trace={it.trace} />
      <Text label="Headers" text={lines(Object.entries(it.headers))} />
      <Text label="Query" text={lines(Object.entries(it.query))} />
      {it.body === null ? (
        <p className="text-sm text-faint">What it said is not kept: of refused calls, and after 7 days.</p>
      ) : (
        <Text label={it.encoding === 'base64' ? 'Body, as base64' : 'Body'} text={readable(it)} />
      )}
      {may && it.body !== null && <SendAgain slug={slug} id={id} deliveryId={deliveryId} />}
    </>
  )
}

/** JSON in lines; whatever else as it is. */
function readable({ body, encoding }: WebhookDeliveryDetail): string {
  if (encoding === 'base64' || !body) return body || '(empty)'
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body
  }
}

function Trace({ trace }: Pick<WebhookDeliveryDetail, 'trace'>) {
  if (trace.length === 0) return null
  return (
    <ul aria-label="How the filter judged it" className="flex flex-col gap-1 text-sm">
      {trace.map(({ path, op, expected, actual, pass }, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: what was judged stands still
        <li key={n} className="flex items-start gap-2">
          {pass ? (
            <Check aria-label="holds" className="mt-0.5 size-4 shrink-0 text-good" />
          ) : (
            <X aria-label="does not hold" className="mt-0.5 size-4 shrink-0 text-bad" />
          )}
          <span className="min-w-0 wrap-anywhere">
            <code className="font-mono">{path}</code> {op.replaceAll('_', ' ')}{' '}
            <code className="font-mono">{JSON.stringify(expected)}</code>
            {': '}
            {actual === undefined ? (
              'there is nothing'
            ) : (
              <code className="font-mono">{JSON.stringify(actual)}</code>
            )}
          </span>
        </li>
      ))}
    </ul>
  )
}

const lines = (named: [string, string | string[]][]) =>
  named.flatMap(([name, value]) => [value].flat().map((it) => `${name}: ${it}`)).join('\n')

const Text = ({ label, text }: { label: string; text: string }) =>
  text === '' ? null : (
    <div className="flex min-w-0 flex-col gap-1">
      <p className="text-sm font-medium">{label}</p>
      <ScrollRegion
        as="pre"
        aria-label={label}
        className="max-h-72 overflow-auto rounded-lg bg-sunken p-3 font-mono text-xs"
      >
        {text}
      </ScrollRegion>
    </div>
  )

function SendAgain({ slug, id, deliveryId }: Omit<Of, 'may'>) {
  const sending = useSendAgain(slug, id)
  return (
    <div className="flex flex-col items-start gap-2">
      <Button
        size="sm"
        pending={sending.isPending}
        onClick={() =>
          sending.mutate(deliveryId, { onSuccess: ({ verdict }) => toast.success(`Sent again: ${verdict}`) })
        }
      >
        {!sending.isPending && <RotateCw aria-hidden />}
        Send again
      </Button>
      {sending.error && <ProblemNote error={sending.error} />}
    </div>
  )
}
