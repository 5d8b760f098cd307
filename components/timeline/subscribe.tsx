'use client'
/** What comes, in the reader's own calendar program. */
import { Button } from '#components/ui/button.tsx'
import { Dialog, DialogClose, DialogContent, DialogFooter } from '#components/ui/dialog.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'
import { ShownOnce } from '#components/ui/shown-once.tsx'
import { Skeleton } from '#components/ui/skeleton.tsx'
import { RelativeTime } from '#components/ui/time.tsx'
import { useAddCalendarFeed, useCalendarFeeds, useEndCalendarFeed } from '#lib/client/timeline.ts'
import type { CalendarFeed } from '#lib/contract/calendar-feed.ts'

interface SubscribeProps {
  slug: string
  /** The schedule that alone is shown. */
  schedule: number | null
  onClose(): void
}

export function Subscribe({ slug, schedule, onClose }: SubscribeProps) {
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title="What comes, in your calendar"
        description="A calendar program reads the runs of the next 30 days from an address of yours, and reads it again by itself."
      >
        <Inner slug={slug} schedule={schedule} />
      </DialogContent>
    </Dialog>
  )
}

function Inner({ slug, schedule }: Omit<SubscribeProps, 'onClose'>) {
  const feeds = useCalendarFeeds()
  const adding = useAddCalendarFeed()
  if (adding.data)
    return (
      <ShownOnce text={ofSchedule(adding.data.url, schedule)} label="Address of the calendar">
        Subscribe to this address in your calendar program. It is shown only now. Whoever has it can see what
        comes here, and nothing else
        {schedule === null ? '' : '; it is that of this one schedule: without what follows the ? it has all'}.
      </ShownOnce>
    )
  if (feeds.isPending) return <Skeleton className="h-16" />
  if (feeds.error) return <ProblemNote error={feeds.error} />
  const feed = feeds.data.find((it) => it.workspace.slug === slug)
  return (
    <>
      {feed ? (
        <Standing feed={feed} />
      ) : (
        <p className="text-sm">You have no address for this workspace yet.</p>
      )}
      {adding.error && <ProblemNote error={adding.error} />}
      <DialogFooter>
        <DialogClose render={<Button>Close</Button>} />
        <Button variant="primary" pending={adding.isPending} onClick={() => adding.mutate(slug)}>
          {feed ? 'New address' : 'Make an address'}
        </Button>
      </DialogFooter>
    </>
  )
}

const ofSchedule = (url: string, schedule: number | null) =>
  schedule === null ? url : `${url}?schedule=${schedule}`

function Standing({ feed }: { feed: CalendarFeed }) {
  const ending = useEndCalendarFeed()
  return (
    <div className="flex flex-col items-start gap-2 text-sm">
      <p>
        You have an address, made <RelativeTime at={feed.createdAt} />,{' '}
        {feed.lastReadAt === null ? (
          'which no program has read yet'
        ) : (
          <>
            last read <RelativeTime at={feed.lastReadAt} />
          </>
        )}
        . It is not shown again: a new one ends it.
      </p>
      {ending.error && <ProblemNote error={ending.error} />}
      <Button variant="danger" size="sm" pending={ending.isPending} onClick={() => ending.mutate(feed.id)}>
        End the address
      </Button>
    </div>
  )
}
