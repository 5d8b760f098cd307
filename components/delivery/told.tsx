'use client'
/** Who was told of a run. */
import { Link } from '#components/ui/link.tsx'
import { useDeliveries } from '#lib/client/telling.ts'
import { toldInWords } from './words.ts'

export function Told({ slug, executionId }: { slug: string; executionId: number }) {
  const deliveries = useDeliveries(slug, executionId)
  const words = toldInWords(deliveries.data ?? [])
  if (words === null) return null
  return (
    <p className="text-sm text-soft wrap-anywhere">
      {words}{' '}
      <Link
        href={`/w/${slug}/settings/telling`}
        className="font-medium text-accent-text underline underline-offset-4"
      >
        See what was sent
      </Link>
    </p>
  )
}
