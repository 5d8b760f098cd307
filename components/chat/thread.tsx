'use client'
/** One thread beside the feed, on a narrow page over it. Loaded when one is opened. */
import { X } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { Button } from '#components/ui/button.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { ScrollRegion } from '#components/ui/scroll-region.tsx'
import { Spinner } from '#components/ui/spinner.tsx'
import type { Message } from '#lib/contract/message.ts'
import { usePostMessage, useThread } from '#lib/client/messages.ts'
import { useMay, useMe } from '#lib/client/people.ts'
import { Composer } from './composer.tsx'
import { FeedLine } from './line.tsx'

const nothing = () => {}

export default function Thread({ slug, id, close }: { slug: string; id: number; close(): void }) {
  const thread = useThread(slug, id)
  const may = useMay(slug, 'editor')
  const post = usePostMessage(slug, id)
  const heading = useRef<HTMLHeadingElement>(null)
  const frame = useRef<HTMLDivElement>(null)
  const newest = thread.data?.at(-1)?.id
  // biome-ignore lint/correctness/useExhaustiveDependencies: another thread is another place to be
  useEffect(() => void heading.current?.focus(), [id])
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is new is at the end
  useEffect(() => void frame.current?.scrollTo({ top: frame.current.scrollHeight }), [newest])
  const root = thread.data?.[0]
  return (
    <aside
      aria-label="Thread"
      className="absolute inset-0 z-20 flex flex-col bg-ground lg:static lg:w-md lg:shrink-0 lg:border-l lg:border-line"
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented) close()
      }}
    >
      <header className="flex items-center gap-2 border-b border-line px-4 py-2">
        <h2 ref={heading} tabIndex={-1} className="font-semibold outline-none">
          Thread
        </h2>
        <Button
          variant="ghost"
          size="iconSm"
          className="ml-auto"
          aria-label="Close the thread"
          onClick={close}
        >
          <X aria-hidden />
        </Button>
      </header>
      <ScrollRegion
        as="div"
        ref={frame}
        className="min-h-0 flex-1 overflow-y-auto px-4 pb-4 focus-visible:-outline-offset-2"
      >
        {thread.isPending && <Spinner label="Loading the thread" className="m-4 text-faint" />}
        {thread.error && !thread.data && (
          <Problem error={thread.error} retry={thread.refetch} title="The thread could not be loaded" />
        )}
        {thread.data && <Messages slug={slug} messages={thread.data} />}
      </ScrollRegion>
      {may && root && (
        <div className="shrink-0 px-4 pb-3">
          <Composer
            slug={slug}
            label="Reply in the thread"
            answers={
              root.kind === 'result' ? 'The agent of this result is asked, and answers here.' : undefined
            }
            onSend={post}
          />
        </div>
      )}
    </aside>
  )
}

function Messages({ slug, messages }: { slug: string; messages: Message[] }) {
  const me = useMe().data
  const admin = useMay(slug, 'admin')
  const editor = useMay(slug, 'editor')
  return (
    <div role="feed" aria-label="Thread">
      {messages.map((message, n) => (
        <FeedLine
          key={message.id}
          slug={slug}
          message={message}
          follows={false}
          place={n + 1}
          day={undefined}
          row={message.id}
          times={1}
          since={message.createdAt}
          open={false}
          last
          beginsNew={false}
          may={admin || (editor && message.kind === 'person' && message.author.id === me?.id)}
          idPrefix="thread-"
          unfold={nothing}
        />
      ))}
    </div>
  )
}
