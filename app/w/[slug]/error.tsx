'use client'
/** A page of a workspace that could not be drawn: the shell around it stays. */
import { TryAgain } from '#components/shell/ways-on.tsx'

export default function WorkspaceError({
  error,
  reset,
}: {
  error: Error & { digest?: string }
  reset: () => void
}) {
  const reference = error.digest ? ` Reference: ${error.digest}.` : ''
  return (
    <div role="alert" className="flex flex-col items-center gap-4 px-6 py-14 text-center">
      <div className="flex max-w-md flex-col gap-1">
        <h2 className="text-lg font-semibold">This page could not be shown</h2>
        <p className="text-soft wrap-anywhere">Nothing is lost: your schedules keep running.{reference}</p>
      </div>
      <TryAgain reset={reset} />
    </div>
  )
}
