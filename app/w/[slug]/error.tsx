'use client'
/** A page of a workspace that could not be drawn: the shell around it stays. */
import { Problem } from '#components/ui/problem.tsx'

export default function WorkspaceError({
  error,
  reset,
}: {
  error: Error & { digest?: string }
  reset: () => void
}) {
  const reference = error.digest ? ` Reference: ${error.digest}.` : ''
  return (
    <Problem
      error={{
        title: 'This page could not be shown',
        detail: `Nothing is lost: your schedules keep running.${reference}`,
      }}
      retry={reset}
    />
  )
}
