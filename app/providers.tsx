'use client'
/** What every page finds around it: the query cache, the theme, the URL's state, tooltips and toasts. */
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { ThemeProvider } from 'next-themes'
import { NuqsAdapter } from 'nuqs/adapters/next/app'
import { type ReactNode, useState } from 'react'
import { Toaster } from '#components/ui/toast.tsx'
import { TooltipProvider } from '#components/ui/tooltip.tsx'
import { isProblem } from '#lib/client/problem.ts'

/** The session has ended: sign in, then go on here. */
function signInAgain(error: unknown) {
  if (!isProblem(error) || error.status !== 401 || !location.pathname.startsWith('/w/')) return
  location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`)
}

const createClient = () =>
  new QueryClient({
    queryCache: new QueryCache({ onError: signInAgain }),
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

export function Providers({ nonce, children }: { nonce?: string | undefined; children: ReactNode }) {
  const [client] = useState(createClient)
  return (
    <NuqsAdapter>
      <ThemeProvider attribute="class" disableTransitionOnChange {...(nonce && { nonce })}>
        <QueryClientProvider client={client}>
          <TooltipProvider delay={400}>{children}</TooltipProvider>
          <Toaster />
        </QueryClientProvider>
      </ThemeProvider>
    </NuqsAdapter>
  )
}
