import type { Metadata } from 'next'
import { Profile } from '#components/profile/profile.tsx'
import { requireMember } from '../../../session.ts'

export const metadata: Metadata = { title: 'Profile' }

export default async function ProfilePage({ params }: { params: Promise<{ slug: string }> }) {
  await requireMember((await params).slug)
  return <Profile />
}
