/** A trigger's instants within its start and its end, and how far it is shifted from them. Pure. */
import type { DueTrigger } from '#db/queries/firing.ts'
import type { ClockKindDefinition, When } from '../triggers/kind.ts'

export interface Instants {
  /** The first one strictly after `after`. */
  next(after: Date): Date | null
  /** The newest `count` in (after, upTo], oldest first. */
  latest(after: Date, upTo: Date, count: number): Date[]
  /** How many in (after, upTo]. */
  count(after: Date, upTo: Date): { count: number; exact: boolean }
}

export function boundedInstants(
  trigger: Pick<DueTrigger, 'startsAt' | 'endsAt'>,
  when: When,
  kind: ClockKindDefinition,
): Instants {
  const startsAt = trigger.startsAt === null ? null : new Date(trigger.startsAt - 1)
  const endsAt = trigger.endsAt === null ? null : new Date(trigger.endsAt)
  const from = (after: Date) => (startsAt && startsAt > after ? startsAt : after)
  const to = (upTo: Date) => (endsAt && endsAt < upTo ? endsAt : upTo)
  return {
    next(after) {
      const at = kind.next(when, from(after))
      return at && endsAt && at > endsAt ? null : at
    },
    latest: (after, upTo, count) => kind.latest(when, from(after), to(upTo), count),
    count: (after, upTo) => kind.count(when, from(after), to(upTo)),
  }
}

/** Kinds answer what lies after an instant: this makes it "from that instant on". */
export const before = (instant: Date) => new Date(instant.getTime() - 1)
