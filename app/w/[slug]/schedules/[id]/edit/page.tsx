import type { Metadata } from 'next'
import { EditSchedule } from '#components/schedule/editor/edit-schedule.tsx'
import { editorFacts } from '#components/schedule/editor/facts.ts'
import { Reserved } from '#components/shell/reserved.tsx'
import { carillon } from '#lib/http/pinned.ts'
import { memberWith, scheduleAt } from '../../../../../session.ts'

export const metadata: Metadata = { title: 'Edit schedule' }

export default async function EditSchedulePage({
  params,
}: {
  params: Promise<{ slug: string; id: string }>
}) {
  const it = await params
  const workspace = await memberWith(it.slug, 'editor')
  if (!workspace) return <Reserved title="Edit schedule" to="editor" slug={it.slug} />
  const [{ slug, id, thing }, agents] = await Promise.all([
    scheduleAt(it.slug, it.id),
    carillon().agents.list(workspace.id),
  ])
  return <EditSchedule slug={slug} id={id} facts={editorFacts()} known={thing} agents={agents} />
}
