/** How what a run asks people for is recorded and told of. Pure. */
import type { Asked } from '#db/queries/entries.ts'
import type { Ask } from '../agents/agent.ts'
import { seconds } from '../clock.ts'
import { ApprovalRule, type ApprovalStatus } from '../contract/approval.ts'
import { type Told, telling } from './telling.ts'

const USUAL = ApprovalRule.parse({})

/** The rule as its trigger keeps it; plain SQL may have written any text. */
export function approvalRuleOf(json: string | undefined): ApprovalRule {
  try {
    return ApprovalRule.parse(JSON.parse(json ?? '{}'))
  } catch {
    return USUAL
  }
}

export const recordedAs = (ask: Ask, rule: ApprovalRule, now: Date): Asked => ({
  place: ask.place,
  step: ask.step,
  kind: ask.kind,
  tool: ask.tool,
  effect: ask.effect,
  arguments: JSON.stringify(ask.arguments),
  argumentsHash: ask.argumentsHash,
  summary: ask.summary,
  why: ask.why,
  question: ask.question ?? null,
  options: ask.options ? JSON.stringify(ask.options) : null,
  ...decidedBy(rule, now),
})

/** Whether a run may go beyond its budgets. */
export const askBeyondBudget = (reason: string, rule: ApprovalRule, now: Date): Asked => ({
  place: 'budget',
  step: null,
  kind: 'budget',
  tool: null,
  effect: null,
  arguments: null,
  argumentsHash: null,
  summary: `Run it all the same? ${reason}`,
  why: 'budget',
  question: null,
  options: null,
  ...decidedBy(rule, now),
})

const decidedBy = (rule: ApprovalRule, now: Date) => ({
  expiresAt: new Date(now.getTime() + seconds(rule.expireAfterSeconds)),
  onExpiry: rule.onExpiry,
  requiredRole: rule.role,
  requireOther: rule.requireOther,
})

interface Decided {
  status: ApprovalStatus
  kind: string
  summary: string
  /** Who; null: nobody did. */
  name: string | null
  note: string | null
}

/** `Approved by Ada: POST https://… (“only once”)`. */
export function wordsOf({ status, kind, summary, name, note }: Decided): string {
  const verb =
    status === 'approved'
      ? kind === 'question'
        ? 'Answered'
        : 'Approved'
      : status === 'rejected'
        ? 'Rejected'
        : ''
  const said = note ? ` (“${note}”)` : ''
  return verb ? `${verb} by ${name ?? 'nobody'}: ${summary}${said}` : `Nobody decided in time: ${summary}`
}

/** What the chat shows from then on. */
export const shownAfter = (of: Told, words: string, now: Date) => telling(of, `${words}. It goes on.`, now)
