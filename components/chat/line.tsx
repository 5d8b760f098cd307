'use client'
/** One message of the feed, whoever it is from. */
import { CircleAlert, Info, MessageSquare } from 'lucide-react'
import { memo, type ReactNode, Suspense, useEffect, useRef, useState } from 'react'
import { lazily } from '#components/ui/lazily.tsx'
import { Button } from '#components/ui/button.tsx'
import { cn } from '#components/ui/cn.ts'
import { Time } from '#components/ui/time.tsx'
import { STATUSES } from '#components/execution/status-badge.tsx'
import { mentioned } from '#lib/contract/mentions.ts'
import type { Message } from '#lib/contract/message.ts'
import type { Unsent } from '#lib/client/messages.ts'
import { useMe } from '#lib/client/people.ts'
import { goesOn } from './arrivals.ts'
import type { Line } from './days.ts'
import type { Thread } from './threads.ts'
import { ExecutionCard, titleOf } from './execution-card.tsx'
import { MessageMenu } from './message-menu.tsx'
import { Prose } from './prose.tsx'

const ProposalCard = lazily(() => import('#components/proposal/card.tsx'))
const Change = lazily(() => import('./message-change.tsx'))

/** What a message is called when only its name is heard. */
export function nameOf(message: Message): string {
  if (message.kind === 'result') return `${titleOf(message)}: ${STATUSES[message.status ?? 'success'].label}`
  if (message.kind === 'notice') return `Notice: ${message.text}`.slice(0, 120)
  if (message.deleted) return `${message.author.name}: deleted`
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
  /** What is new to the reader begins here. */
  beginsNew: boolean
  /** The reader may change it. */
  may: boolean
  thread?: Thread | undefined
  openThread?: ((id: number) => void) | undefined
  /** It is what somebody was led to. */
  marked?: boolean | undefined
  /** Where it stands once more on the page. */
  idPrefix?: string | undefined
  unfold(row: number): void
}

export const FeedLine = memo(function FeedLine(it: FeedLineProps) {
  const { slug, message, follows, place, day, times, last } = it
  return (
    <article
      id={`${it.idPrefix ?? ''}message-${message.id}`}
      aria-label={nameOf(message)}
      aria-posinset={place}
      aria-setsize={-1}
      className={cn(
        'min-w-0 scroll-my-24',
        follows ? 'mt-1' : 'mt-4',
        it.marked && '-mx-2 rounded-xl bg-accent-soft px-2 py-1 outline-2 outline-accent',
      )}
      aria-current={it.marked || undefined}
    >
      {day && <h2 className="sr-only">{day}</h2>}
      {it.beginsNew && (
        <h2
          id="new-messages"
          tabIndex={-1}
          className="mb-3 flex scroll-mt-12 items-center gap-3 text-xs font-semibold text-accent-text before:h-px before:flex-1 before:bg-accent after:h-px after:flex-1 after:bg-accent"
        >
          New
        </h2>
      )}
      {message.kind === 'person' ? (
        <Said {...it} follows={follows && !it.beginsNew} />
      ) : message.deleted ? (
        <p className="px-4 text-faint italic">A {message.kind} was deleted here.</p>
      ) : message.kind === 'result' ? (
        <ExecutionCard slug={slug} message={message} openThread={it.openThread} />
      ) : (
        <Notice slug={slug} message={message} />
      )}
      {times > 1 && last && <Row {...it} />}
      {it.openThread && <ThreadLink {...it} openThread={it.openThread} />}
    </article>
  )
})

/** The way into the thread: of what has replies, and of what may be asked about. */
function ThreadLink({ message, thread, openThread }: FeedLineProps & { openThread(id: number): void }) {
  const root = message.threadId ?? message.id
  const open = () => openThread(root)
  if (message.threadId !== null)
    return (
      <Button variant="link" size="inline" className="ml-11 text-sm" onClick={open}>
        <MessageSquare aria-hidden /> Said in a thread: open it
      </Button>
    )
  if (!thread) return null
  const { count, last } = thread
  const what = last.deleted
    ? 'deleted'
    : goesOn(last.status)
      ? 'is being written …'
      : last.text.replace(/[*_`#]/g, '')
  return (
    <button
      type="button"
      className="mt-1 ml-11 flex max-w-[calc(100%-2.75rem)] min-w-0 items-baseline gap-2 rounded-md px-2 py-1 text-left text-sm text-soft hover:bg-hover pointer-coarse:min-h-10"
      onClick={open}
    >
      <MessageSquare aria-hidden className="size-4 shrink-0 self-center" />
      <span className="shrink-0 font-medium text-accent-text">
        {count} {count === 1 ? 'reply' : 'replies'}
      </span>
      <span className="min-w-0 truncate">
        {last.kind === 'result' ? titleOf(last) : last.author.name}: {what}
      </span>
    </button>
  )
}

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

/** Whether somebody else has named the reader there. */
function useNamesMe({ text, author, deleted }: Message): boolean {
  const me = useMe().data
  if (!me || deleted || !text.includes('@')) return false
  return author.id !== me.id && mentioned(text, [{ userId: me.id, name: me.name }], '').length > 0
}

/** What is done to a message takes the focus with it when it goes: back to where it was begun, or to the message. */
function useFocusBack(doing: 'edit' | 'delete' | null, deleted: boolean) {
  const row = useRef<HTMLDivElement>(null)
  const last = useRef<typeof doing>(null)
  useEffect(() => {
    const did = last.current
    if (doing || !did || !row.current) {
      if (doing) last.current = doing
      return
    }
    const menu = row.current.querySelector<HTMLElement>('[aria-haspopup="menu"]')
    // A message that is deleted loses its menu a moment after the question about it is closed.
    last.current = did === 'delete' && !deleted ? did : null
    if (menu) return menu.focus()
    const article = row.current.closest('article')
    if (!article || document.activeElement !== document.body) return
    article.tabIndex = -1
    article.focus()
  }, [doing, deleted])
  return row
}

function Said({ slug, message, follows, may, openThread }: FeedLineProps) {
  const [doing, ask] = useState<'edit' | 'delete' | null>(null)
  const namesMe = useNamesMe(message)
  const row = useFocusBack(doing, message.deleted)
  return (
    <Frame name={message.author.name} at={message.createdAt} follows={follows}>
      <div ref={row} className="group flex items-start gap-1">
        <div className={cn('min-w-0 flex-1', namesMe && '-ml-3 border-l-3 border-accent pl-2.25')}>
          {namesMe && <span className="sr-only">Names you.</span>}
          {message.deleted ? (
            <p className="text-faint italic">This message was deleted.</p>
          ) : (
            doing !== 'edit' && <Prose text={message.text} keepLines />
          )}
          {message.editedAt && !message.deleted && (
            <p className="text-xs text-faint">
              edited <Time at={message.editedAt} />
            </p>
          )}
          {doing && (
            <Suspense>
              <Change {...{ slug, message, doing }} done={() => ask(null)} onMissing={() => ask(null)} />
            </Suspense>
          )}
        </div>
        {!message.deleted && doing !== 'edit' && (may || openThread) && (
          <MessageMenu
            name={nameOf(message)}
            ask={may ? ask : undefined}
            reply={openThread && (() => openThread(message.threadId ?? message.id))}
          />
        )}
      </div>
    </Frame>
  )
}

/** What an agent has put forward, by its number. */
function proposedIn({ response }: Message): number | null {
  const [, id] = /"type":"proposal","proposalId":(\d+)/.exec(response ?? '') ?? []
  return id ? Number(id) : null
}

function Notice({ slug, message }: { slug: string; message: Message }) {
  const proposed = proposedIn(message)
  return (
    <div className="flex min-w-0 items-start gap-2.5 rounded-lg bg-sunken px-3.5 py-2.5 text-sm text-soft">
      <Info aria-hidden className="mt-0.5 size-4 shrink-0" />
      <div className="flex min-w-0 flex-1 flex-col gap-2">
        <Prose text={message.text} />
        {proposed !== null && (
          <Suspense>
            <ProposalCard slug={slug} id={proposed} />
          </Suspense>
        )}
      </div>
      <Time at={message.createdAt} format="time" className="shrink-0 text-xs leading-5 text-faint" />
    </div>
  )
}

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
          <p className="text-xs text-faint">
            {unsent.waits ? 'Sent when the connection is back.' : 'Sending …'}
          </p>
        )}
      </Frame>
    </article>
  )
}
