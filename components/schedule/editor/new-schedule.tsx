'use client'
/** The editor for a schedule that is yet to be: empty, or the copy of another. */
import { BackLink } from '#components/ui/back-link.tsx'
import { Page } from '#components/ui/page.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { useZone } from '#components/ui/time.tsx'
import { useSchedule } from '#lib/client/schedules.ts'
import { EditorSkeleton } from './edit-schedule.tsx'
import { copyOf, type Draft, type EditorFacts, emptyDraft, withKind } from './draft.ts'
import { Editor } from './editor.tsx'

export function NewSchedule({
  slug,
  facts,
  copy,
  agent,
  event,
}: {
  slug: string
  facts: EditorFacts
  copy?: number | undefined
  /** Who does the work, where that is known already. */
  agent?: Pick<Draft, 'agentId' | 'agentType'> | undefined
  /** What it waits for, where that is known already. */
  event?: string | undefined
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
          initial={{ ...begun(zone, facts, event), ...agent }}
        />
      )}
    </Page>
  )
}

function begun(zone: string, facts: EditorFacts, event: string | undefined): Draft {
  const draft = emptyDraft(zone, facts)
  if (event === undefined) return draft
  return { ...draft, ...withKind(draft, 'event', facts), event: { ...draft.event, types: [event] } }
}

function Copy({ slug, facts, id, zone }: { slug: string; facts: EditorFacts; id: number; zone: string }) {
  const schedule = useSchedule(slug, id)
  if (schedule.data)
    return <Editor slug={slug} facts={facts} viewerZone={zone} initial={copyOf(schedule.data, facts)} />
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
