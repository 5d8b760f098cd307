'use client'
/** One message of the feed, whoever it is from. */
import { CircleAlert, Info } from 'lucide-react'
import { memo, type ReactNode } from 'react'
import { Button } from '#components/ui/button.tsx'
import { cn } from '#components/ui/cn.ts'
import { Time } from '#components/ui/time.tsx'
import { STATUSES } from '#components/execution/status-badge.tsx'
import type { Message } from '#lib/contract/message.ts'
import type { Unsent } from '#lib/client/messages.ts'
import type { Line } from './days.ts'
import { ExecutionCard, titleOf } from './execution-card.tsx'
import { Prose } from './prose.tsx'

/** What a message is called when only its name is heard. */
export function nameOf(message: Message): string {
  if (message.kind === 'result') return `${titleOf(message)}: ${STATUSES[message.status ?? 'success'].label}`
  if (message.kind === 'notice') return `Notice: ${message.text}`.slice(0, 120)
  return `${message.author.name}: ${message.text}`.slice(0, 120)
}

interface FeedLineProps extends Omit<Line, 'message'> {
  slug: string
  message: Message
  place: number
  day: string | undefined
  /** The row it belongs to is shown whole, and this is the last of it. */
  open: boolean
  last: boolean
  unfold(row: number): void
}

export const FeedLine = memo(function FeedLine(it: FeedLineProps) {
  const { slug, message, follows, place, day, times, last } = it
  return (
    <article
      id={`message-${message.id}`}
      aria-label={nameOf(message)}
      aria-posinset={place}
      aria-setsize={-1}
      className={cn('min-w-0', follows ? 'mt-1' : 'mt-4')}
    >
      {day && <h2 className="sr-only">{day}</h2>}
      {message.kind === 'person' ? (
        <Said message={message} follows={follows} />
      ) : message.kind === 'result' ? (
        <ExecutionCard slug={slug} message={message} />
      ) : (
        <Notice message={message} />
      )}
      {times > 1 && last && <Row {...it} />}
    </article>
  )
})

const Row = ({ row, times, since, open, unfold }: FeedLineProps) => (
  <p className="mt-1 flex flex-wrap items-center gap-x-2 px-4 text-sm text-soft">
    <span>
      The same {times} times since <Time at={since} format="time" />.
    </span>
    <Button
      variant="link"
      size="inline"
      aria-expanded={open}
      className="pointer-coarse:min-h-10"
      onClick={() => unfold(row)}
    >
      {open ? 'Show it once' : 'Show all of them'}
    </Button>
  </p>
)

function Frame({
  name,
  at,
  follows,
  children,
}: {
  name: string
  at: string
  follows: boolean
  children: ReactNode
}) {
  const initial = [...name][0]?.toUpperCase()
  return (
    <div className="flex min-w-0 gap-3">
      <span
        aria-hidden
        className={cn(
          'flex size-8 shrink-0 items-center justify-center rounded-full bg-sunken text-xs font-semibold text-soft ring-1 ring-line',
          follows && 'invisible h-0',
        )}
      >
        {initial}
      </span>
      <div className="min-w-0 flex-1">
        {!follows && (
          <p className="flex flex-wrap items-baseline gap-x-2">
            <span className="min-w-0 font-semibold wrap-anywhere">{name}</span>
            <Time at={at} format="time" className="text-xs text-faint" />
          </p>
        )}
        {children}
      </div>
    </div>
  )
}

const Said = ({ message, follows }: { message: Message; follows: boolean }) => (
  <Frame name={message.author.name} at={message.createdAt} follows={follows}>
    <Prose text={message.text} keepLines />
  </Frame>
)

const Notice = ({ message }: { message: Message }) => (
  <div className="flex min-w-0 items-start gap-2.5 rounded-lg bg-sunken px-3.5 py-2.5 text-sm text-soft">
    <Info aria-hidden className="mt-0.5 size-4 shrink-0" />
    <div className="min-w-0 flex-1">
      <Prose text={message.text} />
    </div>
    <Time at={message.createdAt} format="time" className="shrink-0 text-xs leading-5 text-faint" />
  </div>
)

/** Written here, and not in the feed yet. */
export function UnsentLine({
  unsent,
  name,
  again,
  discard,
}: {
  unsent: Unsent
  name: string
  again(): void
  discard(): void
}) {
  return (
    <article
      aria-label={`${name}: ${unsent.text}`.slice(0, 120)}
      aria-posinset={-1}
      aria-setsize={-1}
      className="mt-4 min-w-0"
    >
      <Frame name={name} at={unsent.sentAt} follows={false}>
        <div className={cn(!unsent.error && 'text-faint')}>
          <Prose text={unsent.text} keepLines />
        </div>
        {unsent.error ? (
          <div role="alert" className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-bad">
            <span className="flex min-w-0 items-center gap-1.5 wrap-anywhere">
              <CircleAlert aria-hidden className="size-4 shrink-0" />
              Not sent. {unsent.error instanceof Error ? unsent.error.message : ''}
            </span>
            <Button variant="link" size="inline" onClick={again}>
              Try again
            </Button>
            <Button variant="link" size="inline" onClick={discard}>
              Discard
            </Button>
          </div>
        ) : (
          <p className="text-xs text-faint">Sending …</p>
        )}
      </Frame>
    </article>
  )
}
