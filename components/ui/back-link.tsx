/** The way back to where a page belongs, above its title. */
import { ArrowLeft } from 'lucide-react'
import { Link } from './link.tsx'

export const BackLink = ({ href, children }: { href: string; children: string }) => (
  <Link
    href={href}
    className="inline-flex min-h-6 w-fit items-center gap-1.5 text-sm text-soft hover:text-ink"
  >
    <ArrowLeft aria-hidden className="size-4" />
    {children}
  </Link>
)
