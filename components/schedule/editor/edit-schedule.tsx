'use client'
/** The editor for a schedule that is there. */
import { BackLink } from '#components/ui/back-link.tsx'
import { Page } from '#components/ui/page.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { Skeleton, Waiting } from '#components/ui/skeleton.tsx'
import { useZone } from '#components/ui/time.tsx'
import { useSchedule } from '#lib/client/schedules.ts'
import { draftOf, type EditorFacts } from './draft.ts'
import { Editor } from './editor.tsx'
import { useOwn } from './use-own.ts'

export function EditSchedule({ slug, id, facts }: { slug: string; id: number; facts: EditorFacts }) {
  const schedule = useSchedule(slug, id)
  const zone = useZone()
  const own = useOwn(schedule.data, facts)
  return (
    <Page
      title={schedule.data ? `Edit ${schedule.data.name}` : 'Edit schedule'}
      back={<BackLink href={`/w/${slug}/schedules`}>Schedules</BackLink>}
    >
      {schedule.data && own && zone !== null ? (
        <Editor
          slug={slug}
          facts={facts}
          viewerZone={zone}
          schedule={schedule.data}
          initial={draftOf(schedule.data, own)}
        />
      ) : schedule.error ? (
        <Problem error={schedule.error} retry={schedule.refetch} />
      ) : (
        <EditorSkeleton />
      )}
    </Page>
  )
}

export const EditorSkeleton = () => (
  <Waiting className="flex flex-col gap-6">
    <Skeleton className="h-44" />
    <Skeleton className="h-96" />
    <Skeleton className="h-48" />
  </Waiting>
)
