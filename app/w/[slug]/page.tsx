import type { Metadata } from 'next'
import { Chat } from '#components/chat/chat.tsx'
import { requireMember } from '../../session.ts'

export const metadata: Metadata = { title: 'Chat' }

export default async function ChatPage({ params }: { params: Promise<{ slug: string }> }) {
  const { workspace } = await requireMember((await params).slug)
  return <Chat slug={workspace.slug} />
}
