/**
 * An incident: a trigger that fails for one cause, from its first failure until it does not fail any more.
 *
 * Promise: the cause is what equal failures have in common: why they ended, and the error without what differs each
 * time (its numbers, ids and instants).
 */
import { z } from 'zod'
import type { ReasonCode } from './execution.ts'
import { Instant, PageQuery } from './fields.ts'

const LONGEST_CAUSE = 240

const INSTANT = /\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?: ?(?:Z|[+-]\d\d:?\d\d))?)?/g
/** What machines name things by: a longer word with a digit in it. */
const NAMED_BY_MACHINES = /(?=[\w-]*\d)[\w-]{6,}/g
const NUMBER = /\d+(?:[.,:]\d+)*/g

/** `error`: as it was told. */
export function causeOf(reasonCode: ReasonCode | null, error: string | null): string {
  const said = (error ?? '')
    // What decides stands in front; a long answer of a server behind it is not looked through.
    .slice(0, 2_000)
    .replace(INSTANT, '…')
    .replace(NAMED_BY_MACHINES, '…')
    .replace(NUMBER, '…')
    .replace(/\s+/g, ' ')
    .trim()
  return `${reasonCode ?? 'failed'}: ${said}`.slice(0, LONGEST_CAUSE).toWellFormed().trim()
}

export const Incident = z.object({
  id: z.number(),
  triggerId: z.number(),
  triggerName: z.string(),
  cause: z.string().meta({ description: 'Why, and the error without its numbers, ids and instants.' }),
  error: z.string().nullable().meta({ description: 'The newest, in its words.' }),
  firstAt: Instant,
  lastAt: Instant,
  count: z.number().meta({ description: 'How often it has failed.' }),
  lastExecutionId: z.number(),
  acknowledgedBy: z.string().nullable().meta({ description: 'Somebody knows: it is not told again.' }),
  acknowledgedAt: Instant.nullable(),
  closedAt: Instant.nullable(),
})
export type Incident = z.infer<typeof Incident>

export const IncidentQuery = z.object({ ...PageQuery, status: z.enum(['open', 'closed']).optional() })
export type IncidentQuery = z.infer<typeof IncidentQuery>
