/** What every kind of record that a draft can be tried on has to answer. */
import type { TriggerConfig } from '#db/queries/triggers.ts'
import type { SimulatedOccurrence } from '../contract/trigger.ts'
import type { Deps } from './deps.ts'

export type Draft = TriggerConfig & { createdAt: number; workspaceId: number }
export interface Trying {
  from: Date
  to: Date
  lastsMs: number
  bufferLimit: number
  most: number
  /** The trigger whose draft it is. */
  id: number | undefined
}
export interface Tried {
  occurrences: SimulatedOccurrence[]
  evaluations: Record<string, number>
  truncated: boolean
  /** What is to be known of it. */
  note: string | null
  isRecorded: boolean
}
export type OverRecords = (deps: Pick<Deps, 'store' | 'clock'>, row: Draft, it: Trying) => Promise<Tried>
