/**
 * What the schedule comes to as it stands in the form: asked of the server once it is no longer being typed. What is
 * refused is an answer too, by field.
 */
import { useState } from 'react'
import { useResting } from '#components/ui/resting.ts'
import { type DraftToPreview, useDraftPreview } from '#lib/client/ahead.ts'
import { fieldErrors } from '#lib/client/problem.ts'
import type { DraftPreview } from '#lib/contract/advice.ts'
import { followsClock } from '../kinds.ts'
import { isZone } from '#lib/contract/zone.ts'
import { instantOf } from '../wall-clock.ts'
import type { Draft } from './draft.ts'

const REST_MS = 200

export interface Ahead {
  /** While another is asked for, what the last one came to. */
  preview: DraftPreview | undefined
  /** By the names of the trigger's fields. */
  errors: Record<string, string>
  /** What is wrong that no field can be blamed for. */
  problem: Error | null
  /** The preview is still that of another draft. */
  asking: boolean
  /** There is something to look ahead to. */
  isWhole: boolean
}

const instantIn = (text: string, zone: string) => (text !== '' && isZone(zone) ? instantOf(text, zone) : null)

function whenIn(draft: Draft): Partial<DraftToPreview> | null {
  if (draft.kind === 'schedule') {
    const cronExpression = draft.cronExpression.trim()
    return cronExpression === '' ? null : { cronExpression }
  }
  if (draft.kind === 'interval') {
    const everySeconds = Number(draft.every) * Number(draft.unit)
    return draft.every.trim() !== '' && everySeconds >= 1 ? { everySeconds: Math.round(everySeconds) } : null
  }
  const at = draft.kind === 'once' ? instantIn(draft.at, draft.timezone) : null
  return at ? { at } : null
}

/** Null while it does not say when. Who does the work decides how long it takes; what it is called decides nothing. */
export function toPreview(draft: Draft): DraftToPreview | null {
  const when = followsClock(draft.kind) ? whenIn(draft) : null
  if (!when) return null
  const { timezone, policies } = draft
  const [startsAt, endsAt] = [instantIn(policies.startsAt, timezone), instantIn(policies.endsAt, timezone)]
  const jitterSeconds = Number(policies.jitterSeconds)
  return {
    ...{ name: 'draft', agentId: draft.agentId || 'draft', agentType: draft.agentType },
    ...{ kind: draft.kind, timezone, calendars: [...draft.calendars] },
    ...(startsAt && { startsAt }),
    ...(endsAt && (!startsAt || endsAt > startsAt) && { endsAt }),
    ...(Number.isInteger(jitterSeconds) && jitterSeconds > 0 && jitterSeconds <= 3600 && { jitterSeconds }),
    overlap: policies.overlap as never,
    ...when,
  }
}

export function useAhead(slug: string, draft: Draft, self: number | undefined): Ahead {
  const now = JSON.stringify(toPreview(draft))
  const asked = useResting(now, REST_MS)
  const body = JSON.parse(asked) as DraftToPreview | null
  const preview = useDraftPreview(slug, body, self)
  const [last, setLast] = useState<DraftPreview>()
  if (preview.data && preview.data !== last) setLast(preview.data)
  const settled = asked === now
  const refused = settled && preview.error ? fieldErrors(preview.error) : {}
  const errors = Object.fromEntries(
    Object.entries(refused).map(([path, message]) => [path.replace(/^trigger\./, ''), message]),
  )
  return {
    preview: preview.data ?? last,
    errors,
    problem: settled && Object.keys(errors).length === 0 ? preview.error : null,
    asking: !settled || (body !== null && preview.isPending),
    isWhole: now !== 'null',
  }
}
