import type { Metadata } from 'next'
import { NuqsAdapter } from 'nuqs/adapters/next/app'
import { AuditLog } from '#components/audit/audit-log.tsx'
import { requireMember } from '../../../../session.ts'

export const metadata: Metadata = { title: 'Audit log' }

export default async function AuditPage({ params }: { params: Promise<{ slug: string }> }) {
  const { workspace } = await requireMember((await params).slug, 'admin')
  return (
    <NuqsAdapter>
      <AuditLog slug={workspace.slug} />
    </NuqsAdapter>
  )
}
