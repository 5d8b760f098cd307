import type { Metadata } from 'next'
import { McpSignedIn } from '#components/settings/mcp-signed-in.tsx'
import { requireMember } from '../../../../session.ts'

export const metadata: Metadata = { title: 'Signing in' }

type Query = Record<string, string | string[] | undefined>

export default async function McpPage({
  params,
  searchParams,
}: {
  params: Promise<{ slug: string }>
  searchParams: Promise<Query>
}) {
  const { workspace } = await requireMember((await params).slug)
  const query = await searchParams
  const text = (name: string) => {
    const value = query[name]
    return typeof value === 'string' ? value : undefined
  }
  const iss = text('iss')
  const error = text('error_description') ?? text('error')
  return (
    <McpSignedIn
      slug={workspace.slug}
      code={text('code') ?? ''}
      state={text('state') ?? ''}
      {...(iss && { iss })}
      {...(error && { error })}
    />
  )
}
