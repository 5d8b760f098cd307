/** The way back to all schedules. */
import { ArrowLeft } from 'lucide-react'
import Link from 'next/link'

export const Back = ({ slug }: { slug: string }) => (
  <Link
    href={`/w/${slug}/schedules`}
    className="inline-flex min-h-6 w-fit items-center gap-1.5 text-sm text-soft hover:text-ink"
  >
    <ArrowLeft aria-hidden className="size-4" />
    Schedules
  </Link>
)
