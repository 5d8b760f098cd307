/** A card of the page: its heading, how many there are, and a way to all of them. */
import { Link } from '#components/ui/link.tsx'
import { formatNumber } from '#components/ui/number.ts'
import { type ReactNode, useId } from 'react'
import { Card, CardHeader, CardTitle } from '#components/ui/card.tsx'

export function Part({
  title,
  count = 0,
  of = count,
  more,
  children,
}: {
  title: string
  count?: number | undefined
  /** How many there are, where not all of them are shown. */
  of?: number | undefined
  more?: { href: string; label: string } | undefined
  children: ReactNode
}) {
  const id = useId()
  return (
    <Card aria-labelledby={id}>
      <CardHeader className="pb-3">
        <CardTitle id={id}>
          {title}
          {count > 0 && (
            <span className="ml-2 font-normal text-faint tabular-nums">{counted(count, of)}</span>
          )}
        </CardTitle>
        {more && (
          <Link
            href={more.href}
            className="text-sm text-accent-text underline decoration-accent-text/40 underline-offset-4 hover:decoration-accent-text"
          >
            {more.label}
          </Link>
        )}
      </CardHeader>
      {children}
    </Card>
  )
}

const counted = (count: number, of: number) =>
  of > count ? `${formatNumber(count)} of ${formatNumber(of)}` : formatNumber(count)

export const Rows = ({ children }: { children: ReactNode }) => (
  <ul className="divide-y divide-line border-t border-line">{children}</ul>
)
export const Row = ({ children }: { children: ReactNode }) => (
  <li className="flex min-h-11 flex-wrap items-center gap-x-3 gap-y-1 px-5 py-2 text-sm">{children}</li>
)
export const Nothing = ({ children }: { children: ReactNode }) => (
  <p className="border-t border-line px-5 py-4 text-sm text-soft">{children}</p>
)
/** What a row of somebody's tasks says, and where its subject is. */
export const Said = ({ children }: { children: ReactNode }) => (
  <p className="min-w-0 flex-1 basis-60 text-soft wrap-anywhere">{children}</p>
)
export const To = ({ href, children }: { href: string; children: ReactNode }) => (
  <Link href={href} className="font-medium text-ink underline-offset-4 hover:underline">
    {children}
  </Link>
)
