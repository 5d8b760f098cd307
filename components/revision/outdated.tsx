/** Somebody changed what a form was opened on: who, when and what; it stays until somebody chooses. */
import type { ReactNode } from 'react'
import { Button } from '#components/ui/button.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'

interface Props {
  error: unknown
  /** What they have made of it. */
  children: ReactNode
  onTheirs(): void
  /** Null while it is not known yet what that would write over. */
  onMine: (() => void) | null
}

export const Outdated = ({ error, children, onTheirs, onMine }: Props) => (
  <div className="flex flex-col gap-3 text-sm">
    <ProblemNote error={error} />
    {children}
    {onMine && (
      <div className="flex flex-wrap gap-2">
        <Button onClick={onTheirs}>Take theirs, drop mine</Button>
        <Button onClick={onMine}>Save mine over it</Button>
      </div>
    )}
  </div>
)
