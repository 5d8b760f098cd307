import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { SkillReview } from '#components/skill/review.tsx'
import { Reserved } from '#components/shell/reserved.tsx'
import { memberWith } from '../../../../../session.ts'

export const metadata: Metadata = { title: 'Skill' }

export default async function SkillPage({ params }: { params: Promise<{ slug: string; id: string }> }) {
  const { slug, id } = await params
  const workspace = await memberWith(slug, 'admin')
  if (!workspace) return <Reserved title="Skill" to="admin" slug={slug} />
  if (!/^[1-9]\d{0,14}$/.test(id)) notFound()
  return <SkillReview slug={workspace.slug} id={Number(id)} />
}
