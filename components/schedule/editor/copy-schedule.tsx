/** The editor for the copy of a schedule. */
import { Problem } from '#components/ui/problem.tsx'
import { useSchedule } from '#lib/client/schedules.ts'
import { copyOf, type EditorFacts } from './draft.ts'
import { EditorSkeleton } from './edit-schedule.tsx'
import { Editor } from './editor.tsx'
import { useOwn } from './use-own.ts'

export function Copy({
  slug,
  facts,
  id,
  zone,
}: {
  slug: string
  facts: EditorFacts
  id: number
  zone: string
}) {
  const schedule = useSchedule(slug, id)
  const own = useOwn(schedule.data, facts)
  if (schedule.data && own)
    return <Editor slug={slug} facts={facts} viewerZone={zone} initial={copyOf(schedule.data, own)} />
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
