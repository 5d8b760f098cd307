/** What each part of the form of an agent is given. */
import type { Draft } from './draft.ts'

export interface Part {
  draft: Draft
  change(part: Partial<Draft>): void
  errors: Record<string, string>
}
