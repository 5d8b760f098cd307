'use client'
/** A run in the chat: one card from its start to its end. Only what it says changes. */
import { CalendarClock, CheckCheck, MessageSquare, RotateCw, Square } from 'lucide-react'
import type { ReactNode } from 'react'
import { AskedBy } from '#components/approval/asked-by.tsx'
import { StatusBadge } from '#components/execution/status-badge.tsx'
import { Button, ButtonLink } from '#components/ui/button.tsx'
import { cn } from '#components/ui/cn.ts'
import { formatDuration } from '#components/ui/instants.ts'
import { Elapsed, Time } from '#components/ui/time.tsx'
import { toast } from '#components/ui/toast.tsx'
import type { Message } from '#lib/contract/message.ts'
import { isOneOf, NEVER_RAN } from '#lib/contract/states.ts'
import { useCancelExecution, useRetryExecution } from '#lib/client/executions.ts'
import { useMay } from '#lib/client/people.ts'
import { goesOn } from './arrivals.ts'
import { Prose } from './prose.tsx'

export const titleOf = (message: Message) => message.prompt.replace(/^\[SCHEDULED\]\s*/, '') || 'A run'

/**
 * The message appears when the run starts and changes last when it
 * ends; one that was written once took no time worth a number.
 */
function duration({ createdAt, updatedAt, version, status }: Message): ReactNode {
  if (!status || goesOn(status) || isOneOf(status, NEVER_RAN)) return null
  return version === 1 ? 'under 1 s' : formatDuration(Date.parse(updatedAt) - Date.parse(createdAt))
}

interface ExecutionCardProps {
  slug: string
  message: Message
  openThread?: ((id: number) => void) | undefined
}

export function ExecutionCard({ slug, message, openThread }: ExecutionCardProps) {
  const status = message.status ?? 'success'
  const took = duration(message)
  if (status === 'success' && message.text.trim() === '') return <Quiet slug={slug} message={message} />
  return (
    <div
      className={cn(
        'min-w-0 rounded-xl border border-line bg-surface shadow-card',
        status === 'failed' && 'border-bad/45',
      )}
    >
      <header className="flex flex-wrap items-start gap-x-3 gap-y-1.5 px-4 pt-3.5">
        <span className="flex min-w-0 flex-1 basis-40 items-start gap-2">
          <CalendarClock aria-hidden className="mt-0.75 size-4.5 shrink-0 text-accent-text" />
          <h3 className="min-w-0 font-semibold wrap-anywhere">{titleOf(message)}</h3>
        </span>
        <StatusBadge status={status} />
        <span className="text-xs leading-6 text-faint tabular-nums">
          {goesOn(status) ? <Elapsed since={message.createdAt} /> : took}
          {(took || goesOn(status)) && ' · '}
          <Time at={message.createdAt} format="time" />
        </span>
      </header>
      <div className={cn('px-4 pt-2 pb-3', goesOn(status) && 'text-soft')}>
        <Prose text={message.text} />
      </div>
      {message.executionId !== null && status === 'waiting' && (
        <div className="px-4 pb-3">
          <AskedBy slug={slug} executionId={message.executionId} which="pending" />
        </div>
      )}
      {message.executionId !== null && (
        <Actions
          slug={slug}
          executionId={message.executionId}
          name={titleOf(message)}
          running={goesOn(status)}
          askAbout={openThread && message.threadId === null ? () => openThread(message.id) : undefined}
        />
      )}
    </div>
  )
}

/** A success with nothing to say takes one line. */
const Quiet = ({ slug, message }: { slug: string; message: Message }) => (
  <p className="flex min-w-0 flex-wrap items-baseline gap-x-2 px-4 text-sm text-soft">
    <CheckCheck aria-hidden className="size-4 shrink-0 self-center text-good" />
    <ButtonLink
      variant="link"
      size="inline"
      href={`/w/${slug}/executions/${message.executionId}`}
      className="min-w-0 wrap-anywhere"
    >
      {titleOf(message)}
    </ButtonLink>
    had nothing to say
    <Time at={message.createdAt} format="time" className="text-xs text-faint" />
  </p>
)

function Actions({
  slug,
  executionId,
  name,
  running,
  askAbout,
}: {
  slug: string
  executionId: number
  name: string
  running: boolean
  askAbout: (() => void) | undefined
}) {
  const may = useMay(slug, 'editor')
  const cancel = useCancelExecution(slug)
  const again = useRetryExecution(slug)
  const failed = (title: string) => (error: Error) => {
    toast.error(title, { description: error.message })
  }
  return (
    <footer className="flex flex-wrap items-center gap-1 border-t border-line px-2 py-1.5">
      <ButtonLink
        variant="ghost"
        size="sm"
        href={`/w/${slug}/executions/${executionId}`}
        aria-label={`Open: ${name}`}
      >
        Open
      </ButtonLink>
      {may && !running && askAbout && (
        <Button variant="ghost" size="sm" aria-label={`Ask about it: ${name}`} onClick={askAbout}>
          <MessageSquare aria-hidden />
          Ask about it
        </Button>
      )}
      {may && !running && (
        <Button
          variant="ghost"
          size="sm"
          pending={again.isPending}
          aria-label={`Run again: ${name}`}
          onClick={() => again.mutate({ id: executionId }, { onError: failed('It was not started') })}
        >
          {!again.isPending && <RotateCw aria-hidden />}Run again
        </Button>
      )}
      {may && running && (
        <Button
          variant="quietDanger"
          size="sm"
          pending={cancel.isPending || cancel.isSuccess}
          aria-label={`${cancel.isSuccess ? 'Cancelling …' : 'Cancel'}: ${name}`}
          onClick={() => cancel.mutate(executionId, { onError: failed('It was not cancelled') })}
        >
          {!cancel.isPending && !cancel.isSuccess && <Square aria-hidden />}
          {cancel.isSuccess ? 'Cancelling …' : 'Cancel'}
        </Button>
      )}
    </footer>
  )
}
