/** A workspace's pages: for its members, inside the shell, following what happens. */
import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { Shell } from '#components/shell/shell.tsx'
import { carillon } from '#lib/http/pinned.ts'
import { requireMember } from '../../session.ts'
import { Providers } from '../providers.tsx'

interface Props {
  children: ReactNode
  params: Promise<{ slug: string }>
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { workspace } = await requireMember((await params).slug)
  return { title: { template: `%s · ${workspace.name} · Carillon`, default: workspace.name } }
}

export default async function WorkspaceLayout({ children, params }: Props) {
  const { actor, workspace } = await requireMember((await params).slug)
  const { auth, unread } = carillon()
  const [me, [left]] = await Promise.all([auth.me(actor), unread.list(actor.id, [workspace])])
  return (
    <Providers>
      <Shell key={workspace.slug} workspace={workspace} me={me} unread={left}>
        {children}
      </Shell>
    </Providers>
  )
}
