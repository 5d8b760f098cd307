import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { EditSchedule } from '#components/schedule/editor/edit-schedule.tsx'
import { editorFacts } from '#components/schedule/editor/facts.ts'
import { Id } from '#lib/contract/fields.ts'
import { Reserved } from '#components/shell/reserved.tsx'
import { memberWith } from '../../../../../session.ts'

export const metadata: Metadata = { title: 'Edit schedule' }

export default async function EditSchedulePage({
  params,
}: {
  params: Promise<{ slug: string; id: string }>
}) {
  const { slug, id } = await params
  const workspace = await memberWith(slug, 'editor')
  if (!workspace) return <Reserved title="Edit schedule" to="editor" slug={slug} />
  const known = Id.safeParse(id)
  if (!known.success) notFound()
  return <EditSchedule slug={workspace.slug} id={known.data} facts={editorFacts()} />
}
