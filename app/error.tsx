'use client'
/** A page that could not be drawn. The server's log has the details, under the digest. */
import { FrontDoor } from '#components/shell/front-door.tsx'
import { GoHome, TryAgain } from '#components/shell/ways-on.tsx'

export default function PageError({
  error,
  reset,
}: {
  error: Error & { digest?: string }
  reset: () => void
}) {
  return (
    <FrontDoor
      title="This page could not be shown"
      description="Nothing is lost: your schedules keep running. Try again; if it stays like this, the server's log says why."
    >
      {error.digest && (
        <p className="text-sm text-faint">
          Reference: <code className="font-mono">{error.digest}</code>
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        <TryAgain reset={reset} />
        <GoHome />
      </div>
    </FrontDoor>
  )
}
