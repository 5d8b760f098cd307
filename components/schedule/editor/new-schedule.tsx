'use client'
/** The editor for a schedule that is yet to be: empty, or the copy of another. */
import { BackLink } from '#components/ui/back-link.tsx'
import { Page } from '#components/ui/page.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { useZone } from '#components/ui/time.tsx'
import { useSchedule } from '#lib/client/schedules.ts'
import { EditorSkeleton } from './edit-schedule.tsx'
import { copyOf, type Draft, emptyDraft } from './draft.ts'
import { Editor } from './editor.tsx'
import type { PolicyFacts } from './policies.ts'

export function NewSchedule({
  slug,
  facts,
  copy,
  agent,
}: {
  slug: string
  facts: PolicyFacts
  copy?: number | undefined
  /** Who does the work, where that is known already. */
  agent?: Pick<Draft, 'agentId' | 'agentType'> | undefined
}) {
  const zone = useZone()
  return (
    <Page
      title="New schedule"
      width="narrow"
      back={<BackLink href={`/w/${slug}/schedules`}>Schedules</BackLink>}
    >
      {zone === null ? (
        <EditorSkeleton />
      ) : copy !== undefined ? (
        <Copy slug={slug} facts={facts} id={copy} zone={zone} />
      ) : (
        <Editor
          slug={slug}
          facts={facts}
          viewerZone={zone}
          initial={{ ...emptyDraft(zone, facts), ...agent }}
        />
      )}
    </Page>
  )
}

function Copy({ slug, facts, id, zone }: { slug: string; facts: PolicyFacts; id: number; zone: string }) {
  const schedule = useSchedule(slug, id)
  if (schedule.data)
    return <Editor slug={slug} facts={facts} viewerZone={zone} initial={copyOf(schedule.data)} />
  if (schedule.error)
    return (
      <Problem
        error={schedule.error}
        retry={schedule.refetch}
        title="The schedule to copy could not be loaded"
      />
    )
  return <EditorSkeleton />
}
