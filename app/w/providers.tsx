'use client'
/** What every page of a workspace finds around it: the query cache. */
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { toast } from '#components/ui/toast.tsx'
import { isProblem } from '#lib/client/problem.ts'

/** The session has ended: sign in, then go on here. */
function signInAgain(error: unknown) {
  if (!isProblem(error) || error.status !== 401 || !location.pathname.startsWith('/w/')) return
  location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`)
}

/** Nobody may read it any more, or it is not there. */
const GONE = new Set([403, 404])
/** What was read before stays in sight: it must not look as if it were so now. */
function sayOld(error: unknown, { state }: { state: { data: unknown } }) {
  signInAgain(error)
  if (state.data === undefined || !isProblem(error) || !(error.status >= 500 || GONE.has(error.status)))
    return
  toast.warning('This page may be old', { id: 'old', description: error.message })
}

const createClient = () =>
  new QueryClient({
    queryCache: new QueryCache({ onError: sayOld }),
    mutationCache: new MutationCache({ onError: signInAgain }),
    defaultOptions: {
      // Live events keep it true; this is for what they do not tell of.
      queries: {
        staleTime: 30_000,
        retry: (failures, error) =>
          failures < 2 && !(isProblem(error) && error.status >= 400 && error.status < 500),
      },
    },
  })

export function Providers({ children }: { children: ReactNode }) {
  const [client] = useState(createClient)
  return <QueryClientProvider client={client}>{children}</QueryClientProvider>
}
