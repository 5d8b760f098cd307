import type { Metadata } from 'next'
import { NuqsAdapter } from 'nuqs/adapters/next/app'
import { Chat } from '#components/chat/chat.tsx'
import { requireMember } from '../../session.ts'

interface Props {
  params: Promise<{ slug: string }>
}

/** The layout beside it gives its pattern for titles only to what is below. */
export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { workspace } = await requireMember((await params).slug)
  return { title: `Chat · ${workspace.name}` }
}

export default async function ChatPage({ params }: Props) {
  const { workspace } = await requireMember((await params).slug)
  return (
    <NuqsAdapter>
      <Chat slug={workspace.slug} />
    </NuqsAdapter>
  )
}
