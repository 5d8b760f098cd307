import type { Metadata } from 'next'
import { NuqsAdapter } from 'nuqs/adapters/next/app'
import { Chat } from '#components/chat/chat.tsx'
import { drawnWith } from '#components/chat/drawn.tsx'
import { PAGE_OF } from '#lib/client/pages.ts'
import { api } from '#lib/contract/api.ts'
import { carillon } from '#lib/http/pinned.ts'
import { requireMember } from '../../session.ts'

interface Props {
  params: Promise<{ slug: string }>
}

// What it shows is kept true by its queries: lib/client/drawn.ts.
export const unstable_dynamicStaleTime = 240
/** The layout beside it gives its pattern for titles only to what is below. */
export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { workspace } = await requireMember((await params).slug)
  return { title: `Chat · ${workspace.name}` }
}

export default async function ChatPage({ params }: Props) {
  const { workspace } = await requireMember((await params).slug)
  const query = api.listMessages.query.parse({ limit: PAGE_OF.messages })
  const known = await carillon().chat.list(workspace.id, query)
  return drawnWith(
    known.map((it) => it.text),
    <NuqsAdapter>
      <Chat slug={workspace.slug} known={known} />
    </NuqsAdapter>,
  )
}
