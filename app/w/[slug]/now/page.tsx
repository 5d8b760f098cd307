import type { Metadata } from 'next'
import { Home } from '#components/home/home.tsx'
import { carillon } from '#lib/http/pinned.ts'
import { requireMember } from '../../../session.ts'

// What it shows is kept true by its queries: lib/client/drawn.ts.
export const unstable_dynamicStaleTime = 240
export const metadata: Metadata = { title: 'Now' }

export default async function NowPage({ params }: { params: Promise<{ slug: string }> }) {
  const { workspace } = await requireMember((await params).slug)
  return <Home slug={workspace.slug} known={await carillon().overview.now(workspace.id)} />
}
