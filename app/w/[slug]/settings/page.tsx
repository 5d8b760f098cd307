import type { Metadata } from 'next'
import { Settings } from '#components/settings/settings.tsx'
import { requireMember } from '../../../session.ts'

export const metadata: Metadata = { title: 'Settings' }

export default async function SettingsPage({ params }: { params: Promise<{ slug: string }> }) {
  const { workspace } = await requireMember((await params).slug)
  return <Settings slug={workspace.slug} known={workspace} />
}
