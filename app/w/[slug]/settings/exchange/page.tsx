import type { Metadata } from 'next'
import { Exchange } from '#components/exchange/exchange.tsx'
import { requireMember } from '../../../../session.ts'

export const metadata: Metadata = { title: 'Export and import' }

export default async function ExchangePage({ params }: { params: Promise<{ slug: string }> }) {
  const { workspace } = await requireMember((await params).slug, 'admin')
  return <Exchange slug={workspace.slug} />
}
