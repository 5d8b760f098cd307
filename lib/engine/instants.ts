/** A trigger's instants, within its start and its end. Pure. */
import type { DueTrigger } from '#db/queries/due.ts'
import type { Times } from '../triggers/index.ts'

export function boundedBy(
  { startsAt, endsAt }: Pick<DueTrigger, 'startsAt' | 'endsAt'>,
  times: Times,
): Times {
  const start = startsAt === null ? null : new Date(startsAt - 1)
  const end = endsAt === null ? null : new Date(endsAt)
  const from = (after: Date) => (start && start > after ? start : after)
  const to = (upTo: Date) => (end && end < upTo ? end : upTo)
  return {
    next(after) {
      const at = times.next(from(after))
      return at && end && at > end ? null : at
    },
    latest: (after, upTo, count) => times.latest(from(after), to(upTo), count),
    count: (after, upTo) => times.count(from(after), to(upTo)),
  }
}

/** Kinds answer what lies after an instant: this makes it "from that instant on". */
export const before = (instant: Date) => new Date(instant.getTime() - 1)
