'use client'
/** The place of one message: what was said before and after it. Loaded when a link leads there. */
import { ArrowDown } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { Button } from '#components/ui/button.tsx'
import { Empty } from '#components/ui/empty.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { ScrollRegion } from '#components/ui/scroll-region.tsx'
import { Spinner } from '#components/ui/spinner.tsx'
import { formatInstant } from '#components/ui/instants.ts'
import { useZone } from '#components/ui/time.tsx'
import { useAround } from '#lib/client/messages.ts'
import { FeedLine } from './line.tsx'
import { toMiddle } from './scrolling.ts'

interface AroundProps {
  slug: string
  id: number
  openThread(id: number): void
  /** Back to where the newest is. */
  leave(): void
}

const nothing = () => {}

export default function Around({ slug, id, openThread, leave }: AroundProps) {
  const around = useAround(slug, id)
  const zone = useZone() ?? 'UTC'
  const isThere = around.data?.some((it) => it.id === id)
  const frame = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (isThere) toMiddle(frame.current, document.getElementById(`message-${id}`))
  }, [isThere, id])
  if (around.isPending) return <Spinner label="Looking for the message" className="m-auto text-faint" />
  if (around.error)
    return <Problem error={around.error} retry={around.refetch} title="The message could not be loaded" />
  return (
    <div className="relative min-h-0 flex-1">
      <ScrollRegion as="div" ref={frame} className="h-full overflow-y-auto focus-visible:-outline-offset-2">
        <div className="mx-auto max-w-3xl px-4 pt-4 pb-20 sm:px-8">
          {!isThere && (
            <Empty title="This message is not here any more">It may have been archived since.</Empty>
          )}
          <div role="feed" aria-label="Chat">
            {around.data.map((message, n, all) => {
              const day = formatInstant(message.createdAt, 'date', zone)
              const before = all[n - 1]
              const isNew = !before || formatInstant(before.createdAt, 'date', zone) !== day
              return (
                <div key={message.id}>
                  {isNew && (
                    <p aria-hidden className="mt-6 py-1.5 text-center text-xs font-medium text-faint">
                      {day}
                    </p>
                  )}
                  <FeedLine
                    slug={slug}
                    message={message}
                    follows={false}
                    place={n + 1}
                    day={isNew ? day : undefined}
                    row={message.id}
                    times={1}
                    since={message.createdAt}
                    open={false}
                    last
                    beginsNew={false}
                    may={false}
                    marked={message.id === id}
                    openThread={openThread}
                    unfold={nothing}
                  />
                </div>
              )
            })}
          </div>
        </div>
      </ScrollRegion>
      <Button
        size="sm"
        className="absolute bottom-3 left-1/2 -translate-x-1/2 rounded-full bg-raised shadow-raised"
        onClick={leave}
      >
        <ArrowDown aria-hidden />
        To the newest
      </Button>
    </div>
  )
}
