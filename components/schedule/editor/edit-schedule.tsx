'use client'
/** The editor for a schedule that is there. */
import { BackLink } from '#components/ui/back-link.tsx'
import { Page } from '#components/ui/page.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { Skeleton, Waiting } from '#components/ui/skeleton.tsx'
import { useZone } from '#components/ui/time.tsx'
import { useSchedule } from '#lib/client/schedules.ts'
import { useAgents } from '#lib/client/workspaces.ts'
import type { UsedAgent } from '#lib/contract/agent.ts'
import type { Trigger } from '#lib/contract/trigger.ts'
import { draftOf, type EditorFacts } from './draft.ts'
import { Editor } from './editor.tsx'
import { useOwn } from './use-own.ts'

/** `known` and `agents`: what the server said while it drew the page, so that nothing moves when it comes. */
export function EditSchedule({
  slug,
  id,
  facts,
  known,
  agents,
}: {
  slug: string
  id: number
  facts: EditorFacts
  known: Trigger | null
  agents: UsedAgent[]
}) {
  const schedule = useSchedule(slug, id, known)
  useAgents(slug, agents)
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
