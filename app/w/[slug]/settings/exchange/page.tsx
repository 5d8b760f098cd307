import type { Metadata } from 'next'
import { Exchange } from '#components/exchange/exchange.tsx'
import { Reserved } from '#components/shell/reserved.tsx'
import { memberWith } from '../../../../session.ts'

export const metadata: Metadata = { title: 'Export and import' }

export default async function ExchangePage({ params }: { params: Promise<{ slug: string }> }) {
  const { slug } = await params
  const workspace = await memberWith(slug, 'admin')
  if (!workspace) return <Reserved title="Export and import" to="admin" slug={slug} />
  return <Exchange slug={workspace.slug} />
}
