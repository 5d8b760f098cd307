/**
 * Entries: what is to be recorded of an execution after its claim, as values.
 *
 * Promise: only the moves of `states.ts` are made, and only by whoever holds the execution: every statement that writes
 * an entry leans on `guard` (status, owner, fence).
 */
import { type SQL, sql } from 'drizzle-orm'
import type { ApprovalKind, AskedWhy, OnExpiry } from '#lib/contract/approval.ts'
import type { Effect } from '#lib/contract/custom-agent.ts'
import type { EventType } from '#lib/contract/event.ts'
import type { ReasonCode } from '#lib/contract/execution.ts'
import type { Role } from '#lib/contract/fields.ts'
import { type EndOf, type Live, LIVE, mayMove, type Status } from '#lib/contract/states.ts'
import { alias, t } from '../statement.ts'
import type { Checkpoint } from './checkpoints.ts'

const e = alias(t.executions, 'e')

export interface StepRow {
  n: number
  at: Date
  kind: string
  text: string
  data: unknown
}

/** Who may write: the execution as the writer last knew it. */
export interface Hold {
  executionId: number
  workspaceId: number
  triggerId: number
  /** What waits, in the queue or for a person, has no owner. */
  from: Live
  owner: string | null
  fence: number
  attempt: number
}

/** What the chat shows of the execution from now on; null leaves the chat as it is. */
export interface Telling {
  text: string
  response: string
  prompt: string
  include: boolean
}

/** An event about one of the things that the run asks for. */
export interface OfApproval {
  type: EventType
  place: string
}

interface Written extends Hold {
  message: Telling | null
  events: (EventType | 'chat' | OfApproval)[]
  steps: StepRow[]
}

export interface Announcement extends Written {
  kind: 'announce'
  /** What the agent has done already. */
  kept?: Checkpoint[]
}

/** What a run used that asked no model. */
export const NOTHING_USED = {
  tokensUsed: 0,
  cost: 0,
  agentRevision: null,
  model: null,
  tokensIn: 0,
  tokensOut: 0,
  tokensCached: 0,
  tainted: false,
} as const

interface Used {
  tokensUsed: number
  cost: number
  agentRevision: number | null
  model: string | null
  tokensIn: number
  tokensOut: number
  tokensCached: number
  tainted: boolean
}

export interface Settlement extends Written, Used {
  kind: 'settle'
  status: EndOf<Live>
  reason: string | null
  reasonCode: ReasonCode | null
  output: string | null
  outcome: unknown
  error: string | null
  /** What the trigger keeps for its next run; null: what it has. */
  notes: string | null
  /** JSON: what the agent remembers from now on; null: what it did. */
  memory: string | null
  durationMs: number | null
  /** Of a success: its agent found it worth a person's look. */
  notable?: boolean
  /** False for what is not the agent's fault: a stop, a cancel. */
  countsAsFailure: boolean
}

export interface Requeue extends Written {
  kind: 'requeue'
  nextAttempt: number
  availableAt: Date
  reason: string
  reasonCode: ReasonCode
  error: string | null
  /** What is said of it shows text from outside. */
  tainted: boolean
}

/**
 * It waits for a person: without owner and capacity, and without its trigger's slot unless `holdSlot`; who is
 * next in line gets that. From `running`, or from `queued` where somebody is asked whether it may begin. One
 * that was asked to stop meanwhile goes back to the queue instead, where whoever takes it ends it.
 */
export interface Park extends Written, Used {
  kind: 'park'
  /** What it waits for, in words. */
  reason: string
  reasonCode: ReasonCode | null
  /** How long it has run in all: what is left of its time-out counts from there. Null: it has not begun. */
  durationMs: number | null
  holdSlot: boolean
  /** What is to be decided before it goes on. */
  asks: Asked[]
}

/** What a run asks a person for; arguments and options are JSON. */
export interface Asked {
  place: string
  step: number | null
  kind: ApprovalKind
  tool: string | null
  effect: Effect | null
  arguments: string | null
  argumentsHash: string | null
  summary: string
  why: AskedWhy
  question: string | null
  options: string | null
  expiresAt: Date
  onExpiry: OnExpiry
  requiredRole: Role
  requireOther: boolean
}

/**
 * It was decided, either way: the run goes on, with a higher fence, and `held` while another run of its
 * trigger has the slot.
 */
export interface PutBack extends Written {
  kind: 'putBack'
}

export type Entry = Announcement | Settlement | Requeue | Park | PutBack

/** Who may write, as a row of the page names it. */
export const held = { executionId: 'int', from: 'text', owner: 'text?', fence: 'int' } as const
export type Held = Readonly<Record<keyof typeof held, SQL>>
export const guard = (row: Held) => sql`
  ${e.id} = ${row.executionId} and ${e.status} = ${row.from}
  and ${e.owner} is not distinct from ${row.owner} and ${e.fence} = ${row.fence}`

/** From where each kind of entry may come. */
const COMES_FROM: Record<Entry['kind'], readonly Live[]> = {
  announce: LIVE,
  settle: LIVE,
  requeue: ['running'],
  park: ['queued', 'running'],
  putBack: ['waiting'],
}
function goesTo(it: Entry): Status {
  switch (it.kind) {
    case 'announce':
      return it.from
    case 'settle':
      return it.status
    case 'park':
      return 'waiting'
    case 'requeue':
    case 'putBack':
      return 'queued'
  }
}
export function mustBeLegal(it: Entry): void {
  const to = goesTo(it)
  if (!COMES_FROM[it.kind].includes(it.from) || (to !== it.from && !mayMove(it.from, to)))
    throw new Error(`Execution ${it.executionId} cannot go from "${it.from}" to "${to}" by "${it.kind}".`)
}
