/**
 * Markdown from agents and people, drawn on the server with the page and in the browser for what comes later.
 *
 * Promise: nothing in it runs, and nothing in it is fetched: raw HTML is
 * text, an image is a link to itself, and a link says where it leads.
 */
import { ExternalLink, Image } from 'lucide-react'
import type { ReactNode } from 'react'
import ReactMarkdown, { type Components } from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { cn } from '#components/ui/cn.ts'
import { ScrollRegion } from '#components/ui/scroll-region.tsx'
import { safeLink } from './link.ts'

function Away({
  href,
  icon,
  children,
}: {
  href: string | undefined
  icon?: ReactNode
  children?: ReactNode
}) {
  const link = safeLink(href)
  if (!link) return <span>{children}</span>
  const saysHost = typeof children === 'string' && children.includes(link.host)
  return (
    <a
      href={link.href}
      target="_blank"
      rel="noopener noreferrer nofollow"
      className="font-medium text-accent-text underline decoration-accent-text/40 underline-offset-3 hover:decoration-accent-text"
    >
      {icon}
      {children}
      {!saysHost && <span className="font-normal text-faint"> ({link.host})</span>}
      <ExternalLink aria-hidden className="mb-0.5 ml-1 inline size-3" />
      <span className="sr-only"> (opens in a new tab)</span>
    </a>
  )
}

const heading =
  (className: string) =>
  // Below the headings of the page, and no level is left out.
  ({ children }: { children?: ReactNode }) => (
    <h3 className={cn('mt-3 font-semibold first:mt-0', className)}>{children}</h3>
  )

const PARTS: Components = {
  a: ({ href, children }) => <Away href={href}>{children}</Away>,
  img: ({ src, alt }) => (
    <Away
      href={typeof src === 'string' ? src : undefined}
      icon={<Image aria-hidden className="mr-1 mb-0.5 inline size-4" />}
    >
      {alt || 'Image'}
    </Away>
  ),
  h1: heading('text-lg'),
  h2: heading('text-base'),
  h3: heading('text-base'),
  h4: heading('text-sm'),
  h5: heading('text-sm'),
  h6: heading('text-sm'),
  p: ({ children }) => <p className="my-2 first:mt-0 last:mb-0">{children}</p>,
  ul: ({ children, className }) => (
    <ul
      className={cn(
        'usual-list my-2 space-y-1 first:mt-0 last:mb-0 marker:text-faint',
        className?.includes('task-list') && 'list-none pl-1',
      )}
    >
      {children}
    </ul>
  ),
  ol: ({ children, start }) => (
    <ol start={start} className="my-2 list-decimal space-y-1 pl-6 first:mt-0 last:mb-0 marker:text-faint">
      {children}
    </ol>
  ),
  li: ({ children }) => <li className="min-w-0 [&>ol]:my-1 [&>p]:my-1 [&>ul]:my-1">{children}</li>,
  blockquote: ({ children }) => (
    <blockquote className="my-3 border-l-2 border-edge pl-3 text-soft">{children}</blockquote>
  ),
  hr: () => <hr className="my-4 border-line" />,
  pre: ({ children }) => (
    <ScrollRegion
      as="pre"
      className="my-3 overflow-x-auto rounded-lg border border-line bg-sunken p-3 font-mono text-sm leading-relaxed first:mt-0 last:mb-0 [&_code]:bg-transparent [&_code]:p-0"
    >
      {children}
    </ScrollRegion>
  ),
  code: ({ children }) => (
    <code className="rounded-sm bg-sunken px-1 py-0.5 font-mono text-[0.9em]">{children}</code>
  ),
  table: ({ children }) => (
    <ScrollRegion
      aria-label="Table"
      className="my-3 overflow-x-auto rounded-lg border border-line first:mt-0 last:mb-0"
    >
      <table className="w-full text-sm [&_td]:border-t [&_td]:border-line">{children}</table>
    </ScrollRegion>
  ),
  th: ({ children, style }) => (
    <th style={style} className="bg-sunken px-3 py-2 text-left font-medium wrap-normal">
      {children}
    </th>
  ),
  td: ({ children, style }) => (
    <td style={style} className="px-3 py-2 align-top wrap-normal">
      {children}
    </td>
  ),
  input: ({ checked }) => (
    <input
      type="checkbox"
      checked={Boolean(checked)}
      readOnly
      disabled
      aria-label={checked ? 'Done' : 'Not done'}
      className="mr-1.5 align-middle accent-accent"
    />
  ),
}

/** The whole address, so that what is judged above is what was written. */
const asWritten = (url: string) => url

export default function Markdown({ text }: { text: string }) {
  return (
    <div className="min-w-0 wrap-anywhere">
      <ReactMarkdown remarkPlugins={[remarkGfm]} components={PARTS} urlTransform={asWritten}>
        {text}
      </ReactMarkdown>
    </div>
  )
}
