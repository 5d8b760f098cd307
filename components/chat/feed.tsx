'use client'
/** The chat of a workspace: what people and agents said, live, and a place to write. */
import { ArrowDown, ArrowUp, BellRing, SearchX } from 'lucide-react'
import { Suspense, useCallback, useEffect, useRef, useState } from 'react'
import { lazily } from '#components/ui/lazily.tsx'
import { Button, ButtonLink } from '#components/ui/button.tsx'
import { Empty } from '#components/ui/empty.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { Skeleton, Waiting } from '#components/ui/skeleton.tsx'
import { Spinner } from '#components/ui/spinner.tsx'
import { formatInstant } from '#components/ui/instants.ts'
import { useZone } from '#components/ui/time.tsx'
import { ScrollRegion } from '#components/ui/scroll-region.tsx'
import type { Message } from '#lib/contract/message.ts'
import type { Me } from '#lib/contract/workspace.ts'
import { type Unsent, useMessages, useOutbox } from '#lib/client/messages.ts'
import { useMay, useMe } from '#lib/client/people.ts'
import { Announcer } from './announcer.tsx'
import { days } from './days.ts'
import { FeedLine, UnsentLine } from './line.tsx'
import { type Reading, useReading } from './reading.ts'
import { threaded } from './threads.ts'
import { toMiddle, useScrolling } from './scrolling.ts'

/** `q`: only what has all its words. */
interface FeedProps {
  slug: string
  q: string
  known: Message[] | undefined
  openThread(id: number): void
}

export function Feed({ slug, q, known, openThread }: FeedProps) {
  const feed = useMessages(slug, q, known)
  const outbox = useOutbox(slug)
  const me = useMe().data
  const messages = feed.data ?? []
  const unsent = q ? [] : outbox.unsent.filter(notAmong(messages))
  const shown = messages.length > 0 || unsent.length > 0
  const { frame, content, atEnd, toEnd } = useScrolling(messages[0]?.id, shown)
  const unseen = useUnseen(messages, atEnd)
  const reading = useReading(slug, q ? [] : messages, atEnd)

  // One's own words are what one wants to see next.
  const sent = unsent.length
  useEffect(() => {
    if (sent > 0) toEnd()
  }, [sent, toEnd])

  if (feed.isPending) return <FeedSkeleton />
  if (feed.error && !feed.data)
    return <Problem error={feed.error} retry={feed.refetch} title="The chat could not be loaded" />
  if (!shown) return q ? <NothingFound q={q} /> : <NothingYet slug={slug} />
  return (
    <div className="relative min-h-0 flex-1">
      {!q && <Announcer messages={messages} me={me?.id} />}
      <ScrollRegion
        as="div"
        ref={frame}
        className="h-full overflow-y-auto overscroll-contain [overflow-anchor:none] focus-visible:-outline-offset-2"
      >
        <div ref={content} className="mx-auto max-w-3xl px-4 pt-4 pb-6 sm:px-8">
          <Older feed={feed} frame={frame.current} found={q !== ''} />
          <Lines
            slug={slug}
            messages={messages}
            unsent={unsent}
            name={me?.name ?? 'You'}
            busy={feed.isFetching}
            outbox={outbox}
            newFrom={q ? null : reading.from}
            openThread={openThread}
            me={me}
          />
        </div>
      </ScrollRegion>
      {!q && reading.from !== null && <ToTheFirst reading={reading} frame={frame.current} />}
      {!atEnd && <ToTheEnd unseen={unseen} go={() => toEnd(true)} />}
    </div>
  )
}

/** What was sent and is in the feed already is not shown twice. */
const notAmong = (messages: readonly Message[]) => (it: Unsent) =>
  !messages.some((message) => message.clientId === it.clientId)

/** How many came since the end was last in sight. */
function useUnseen(messages: readonly Message[], atEnd: boolean): number {
  const seen = useRef(0)
  if (atEnd) seen.current = messages.at(-1)?.id ?? 0
  return messages.filter((it) => it.id > seen.current).length
}

/** While what is new begins above all that is in sight. */
function ToTheFirst({ reading: { from, count }, frame }: { reading: Reading; frame: HTMLElement | null }) {
  const [above, setAbove] = useState(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another beginning is another line to watch
  useEffect(() => {
    const line = document.getElementById('new-messages')
    if (!frame || !line) return
    const sight = new IntersectionObserver(
      ([it]) => {
        if (it) setAbove(!it.isIntersecting && it.boundingClientRect.top < (it.rootBounds?.top ?? 0))
      },
      { root: frame },
    )
    sight.observe(line)
    return () => sight.disconnect()
  }, [frame, from])
  if (!above) return null
  return (
    <Button
      size="sm"
      // Over the day, which stays at the top.
      className="absolute top-3 left-1/2 z-20 -translate-x-1/2 rounded-full bg-raised shadow-raised"
      onClick={() => {
        const line = document.getElementById('new-messages')
        toMiddle(frame, line)
        // The button goes away: the keyboard goes on from where the reader is now.
        line?.focus({ preventScroll: true })
      }}
    >
      <ArrowUp aria-hidden />
      {count} new: to the first
    </Button>
  )
}

function ToTheEnd({ unseen, go }: { unseen: number; go(): void }) {
  return (
    <Button
      size="sm"
      className="absolute bottom-3 left-1/2 z-20 -translate-x-1/2 rounded-full bg-raised shadow-raised"
      onClick={go}
    >
      <ArrowDown aria-hidden />
      {unseen > 0 ? `${unseen} new ${unseen === 1 ? 'message' : 'messages'}` : 'To the newest'}
    </Button>
  )
}

const toggled = (rows: ReadonlySet<number>, row: number) =>
  rows.has(row) ? new Set([...rows].filter((it) => it !== row)) : new Set([...rows, row])

function Lines({
  slug,
  messages,
  unsent,
  name,
  busy,
  outbox,
  newFrom,
  openThread,
  me,
}: {
  slug: string
  messages: Message[]
  unsent: Unsent[]
  name: string
  busy: boolean
  outbox: ReturnType<typeof useOutbox>
  /** From this message on it is new to the reader. */
  newFrom: number | null
  openThread(id: number): void
  me: Me | undefined
}) {
  const admin = useMay(slug, 'admin')
  const editor = useMay(slug, 'editor')
  const zone = useZone() ?? 'UTC'
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set())
  const unfold = useCallback((row: number) => setOpen((rows) => toggled(rows, row)), [])
  let place = 0
  const { feed, threads } = threaded(messages)
  const first = newFrom === null ? undefined : feed.find((it) => it.id >= newFrom)?.id
  return (
    <div role="feed" aria-label="Chat" aria-busy={busy}>
      {days(feed, (at) => formatInstant(at, 'date', zone), open).map((day) => (
        <div key={day.lines[0]?.message.id}>
          {/* A feed holds articles and nothing else; the first of a day says the day. */}
          <p
            aria-hidden
            className="sticky top-0 z-10 -mx-1 mt-6 flex items-center gap-3 bg-ground px-1 py-1.5 text-xs font-medium text-faint first:mt-0"
          >
            <span className="h-px flex-1 bg-line" />
            {day.date}
            <span className="h-px flex-1 bg-line" />
          </p>
          {day.lines.map(({ message, follows, row, times, since }, n) => (
            <FeedLine
              key={open.has(row) ? message.id : row}
              slug={slug}
              message={message}
              follows={follows}
              place={++place}
              day={n === 0 ? day.date : undefined}
              row={row}
              times={times}
              since={since}
              open={open.has(row)}
              last={day.lines[n + 1]?.row !== row}
              beginsNew={first !== undefined && row <= first && first <= message.id}
              may={admin || (editor && message.kind === 'person' && message.author.id === me?.id)}
              thread={threads.get(message.id)}
              openThread={openThread}
              unfold={unfold}
            />
          ))}
        </div>
      ))}
      {unsent.map((it) => (
        <UnsentLine
          key={it.clientId}
          unsent={it}
          name={name}
          again={() => outbox.again(it.clientId)}
          discard={() => outbox.discard(it.clientId)}
        />
      ))}
    </div>
  )
}

/** Above the oldest: loads on when it comes into sight, or when it is pressed. */
function Older({
  feed: { hasNextPage: more, isFetchingNextPage: loading, isFetchNextPageError: failed, fetchNextPage: load },
  frame,
  found,
}: {
  feed: ReturnType<typeof useMessages>
  frame: HTMLElement | null
  found: boolean
}) {
  const edge = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!more || loading || failed || !edge.current) return
    const inSight = new IntersectionObserver(
      ([it]) => {
        if (it?.isIntersecting) void load()
      },
      { root: frame, rootMargin: '400px 0px 0px' },
    )
    inSight.observe(edge.current)
    return () => inSight.disconnect()
  }, [more, loading, failed, load, frame])
  if (!more)
    return (
      <p className="py-2 text-center text-xs text-faint">
        {found ? 'These are all that were found.' : 'This is where the chat begins.'}
      </p>
    )
  return (
    <div ref={edge} className="flex h-11 items-center justify-center">
      {loading ? (
        <Spinner label="Loading older messages" className="text-faint" />
      ) : (
        <Button variant="ghost" size="sm" onClick={() => void load()}>
          {failed ? 'Older messages could not be loaded. Try again' : 'Load older messages'}
        </Button>
      )}
    </div>
  )
}

const DemoOffer = lazily(() => import('#components/demo/offer.tsx'))

function NothingYet({ slug }: { slug: string }) {
  const may = useMay(slug, 'editor')
  const installation = useMe().data?.installationAdmin ?? false
  return (
    <div className="flex min-h-0 flex-1 items-center justify-center overflow-y-auto">
      <Empty
        icon={<BellRing />}
        title="Nothing has been said yet"
        action={
          <div className="flex flex-col items-center gap-5">
            {may && (
              <ButtonLink variant="primary" href={`/w/${slug}/templates`}>
                Plan your first agent
              </ButtonLink>
            )}
            {installation && (
              // It asks first whether there is one: what stands around it keeps its place.
              <div className="min-h-22">
                <Suspense>
                  <DemoOffer />
                </Suspense>
              </div>
            )}
          </div>
        }
      >
        {may
          ? 'Choose one of the templates, and what it finds appears here. Or write the first message below.'
          : 'What agents find and people write will appear here.'}
      </Empty>
    </div>
  )
}

function NothingFound({ q }: { q: string }) {
  return (
    <div className="flex min-h-0 flex-1 items-center justify-center overflow-y-auto">
      <Empty icon={<SearchX />} title="Nothing is found">
        No message contains all the words of “<span className="wrap-anywhere">{q}</span>”.
      </Empty>
    </div>
  )
}

const WIDTHS = ['w-11/12', 'w-3/5', 'w-4/5', 'w-2/5']
function FeedSkeleton() {
  return (
    <Waiting
      label="Loading the chat"
      className="mx-auto flex w-full max-w-3xl flex-1 flex-col justify-end gap-6 overflow-hidden px-4 py-6 sm:px-8"
    >
      {WIDTHS.map((width) => (
        <div key={width} className="flex gap-3">
          <Skeleton className="size-8 shrink-0 rounded-full" />
          <div className="flex flex-1 flex-col gap-2 pt-1">
            <Skeleton className="w-32" />
            <Skeleton className={width} />
          </div>
        </div>
      ))}
    </Waiting>
  )
}
