/** Whether a trigger may fire as it stands, and in what words its history says why not. Pure. */
import type { ReasonCode } from '../contract/execution.ts'

/** What of a trigger's row decides it. */
export interface Standing {
  enabled: number | boolean
  pausedAt: number | null
  pausedReason: string | null
  /** Whoever made it may no longer run agents here. */
  ownerLeft: number | boolean
}

export interface Obstacle {
  code: ReasonCode
  /** Goes after "Skipped: ". */
  why: string
}

/** What keeps it from firing; null while nothing does. */
export function obstacleOf({ enabled, pausedAt, pausedReason, ownerLeft }: Standing): Obstacle | null {
  if (ownerLeft)
    return { code: 'owner_left', why: 'whoever made this schedule may no longer run agents here' }
  if (enabled) return null
  if (pausedAt === null) return { code: 'disabled', why: 'the schedule was switched off' }
  const because = pausedReason ? ` (${pausedReason.replace(/\.$/, '')})` : ''
  return { code: 'paused', why: `the schedule was paused${because}` }
}
