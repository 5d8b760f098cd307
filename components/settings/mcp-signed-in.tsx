'use client'
/** Back from the sign-in of a server of tools: what was agreed to is handed over once, then the settings are shown. */
import { useRouter } from 'next/navigation'
import { useEffect, useRef } from 'react'
import { BackLink } from '#components/ui/back-link.tsx'
import { Page } from '#components/ui/page.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { Spinner } from '#components/ui/spinner.tsx'
import { toast } from '#components/ui/toast.tsx'
import { useAuthorizedMcpServer } from '#lib/client/mcp.ts'

export interface CameBack {
  code: string
  /** Begins with the id of the server. */
  state: string
  iss?: string
  /** What the server says where it was not agreed to. */
  error?: string
}

export function McpSignedIn({ slug, code, state, iss, error }: CameBack & { slug: string }) {
  const router = useRouter()
  const finishing = useAuthorizedMcpServer(slug)
  const begun = useRef(false)
  const { mutate } = finishing
  useEffect(() => {
    // A code is taken once.
    if (begun.current || error) return
    begun.current = true
    mutate(
      { id: Number(state.split('.')[0]), code, state, ...(iss && { iss }) },
      {
        onSuccess({ mcpServer }) {
          toast.success(`Signed in to ${mcpServer.name}`)
          router.replace(`/w/${slug}/settings#mcp-servers`)
        },
      },
    )
  }, [mutate, router, slug, code, state, iss, error])
  const wrong = error ? new Error(`The server says: ${error.slice(0, 300)}`) : finishing.error
  return (
    <Page title="Signing in" width="narrow" back={<BackLink href={`/w/${slug}/settings`}>Settings</BackLink>}>
      {wrong ? (
        <Problem error={wrong} />
      ) : (
        <p role="status" className="flex items-center gap-2 text-soft">
          <Spinner /> The server is asked …
        </p>
      )}
    </Page>
  )
}
