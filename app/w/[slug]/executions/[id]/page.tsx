import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { ExecutionPage } from '#components/execution/execution.tsx'
import { Id } from '#lib/contract/fields.ts'
import { requireMember } from '../../../../session.ts'

export const metadata: Metadata = { title: 'Run' }

export default async function RunPage({ params }: { params: Promise<{ slug: string; id: string }> }) {
  const { slug, id } = await params
  const { workspace } = await requireMember(slug)
  const known = Id.safeParse(id)
  if (!known.success) notFound()
  return <ExecutionPage slug={workspace.slug} id={known.data} />
}
