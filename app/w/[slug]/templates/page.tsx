import type { Metadata } from 'next'
import { Gallery } from '#components/template/gallery.tsx'
import { requireMember } from '../../../session.ts'

export const metadata: Metadata = { title: 'Templates' }

export default async function TemplatesPage({ params }: { params: Promise<{ slug: string }> }) {
  const { workspace } = await requireMember((await params).slug)
  return <Gallery slug={workspace.slug} />
}
