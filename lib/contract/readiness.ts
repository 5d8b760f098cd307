/** Whether a trigger could run now: what it needs, and what of it is missing, with the remedy. */
import { z } from 'zod'
import { Instant } from './fields.ts'

export const ReadinessCode = z.enum([
  'missing',
  'reauth_required',
  'expires_before_next_run',
  'unreachable',
  'permission_denied',
  'changed',
  'misconfigured',
  'no_price',
])
export const ReadinessCheck = z.object({
  kind: z.enum(['agent', 'model', 'secret', 'mcp', 'skill', 'channel', 'role', 'source', 'calendar']),
  name: z.string(),
  state: z.enum(['ok', 'warning', 'failing']).meta({
    description: 'Failing: its runs are skipped until it is mended. A warning lets them try.',
  }),
  code: ReadinessCode.nullable(),
  detail: z.string(),
  remedy: z.string().nullable(),
  expiresAt: Instant.nullable(),
})
export type ReadinessCheck = z.infer<typeof ReadinessCheck>

export const Readiness = z.object({
  ready: z.boolean(),
  checkedAt: Instant,
  checks: z.array(ReadinessCheck),
})
export type Readiness = z.infer<typeof Readiness>

/** Agents of the product that read what their context names: it may name nothing that is there. */
export const READ_SOURCES = ['doc-processor', 'calendar-agent', 'email-monitor'] as const
/** Whether what it needs may not be there. */
export const isLookedAt = ({ agentType, agentId }: { agentType: string; agentId: string }): boolean =>
  agentType !== 'system' || READ_SOURCES.some((it) => it === agentId)
