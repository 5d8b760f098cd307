import type { Metadata } from 'next'
import { Health } from '#components/health/health.tsx'
import { Reserved } from '#components/shell/reserved.tsx'
import { requireMember } from '../../../../session.ts'

export const metadata: Metadata = { title: 'Health' }

export default async function HealthPage({ params }: { params: Promise<{ slug: string }> }) {
  const { actor, workspace } = await requireMember((await params).slug)
  if (actor.kind !== 'person' || !actor.installationAdmin)
    return <Reserved title="Health" to="installation" slug={workspace.slug} />
  return <Health slug={workspace.slug} />
}
