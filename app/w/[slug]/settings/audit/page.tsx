import type { Metadata } from 'next'
import { NuqsAdapter } from 'nuqs/adapters/next/app'
import { AuditLog } from '#components/audit/audit-log.tsx'
import { Reserved } from '#components/shell/reserved.tsx'
import { memberWith } from '../../../../session.ts'

export const metadata: Metadata = { title: 'Audit log' }

export default async function AuditPage({ params }: { params: Promise<{ slug: string }> }) {
  const { slug } = await params
  const workspace = await memberWith(slug, 'admin')
  if (!workspace) return <Reserved title="Audit log" to="admin" slug={slug} />
  return (
    <NuqsAdapter>
      <AuditLog slug={workspace.slug} />
    </NuqsAdapter>
  )
}
