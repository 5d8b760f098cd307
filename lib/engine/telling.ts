/** What the chat shows of an execution, from its start to its end. One message an execution; only its text changes. */
import type { Telling } from '#db/queries/entries.ts'
import type { Post } from '../contract/trigger.ts'

export interface Told {
  executionId: number
  triggerId: number
  triggerName: string
}

export function telling(
  { executionId, triggerId, triggerName }: Told,
  text: string,
  now: Date,
  include = true,
): Telling {
  return {
    prompt: `[SCHEDULED] ${triggerName}`,
    text,
    include,
    response: JSON.stringify({
      text,
      type: 'schedule_result',
      scheduleId: triggerId,
      executionId,
      timestamp: now.toISOString(),
    }),
  }
}

/** Whether a finished run is shown, by the trigger's `post` policy. */
export function isPosted(
  post: Post,
  { failed, notable, changed }: { failed: boolean; notable: boolean; changed: boolean },
): boolean {
  if (failed) return true
  switch (post) {
    case 'always':
      return true
    case 'on_change':
      return changed
    case 'on_failure':
      return false
    case 'when_notable':
      return notable
  }
}
