/**
 * What has happened, as triggers hear of it and agents get it: `input.event`.
 *
 * The catalogue stands here once: forms, the API, filters and their tests read it. A fact of the product is told by
 * the row of the story that it has anyway (`lib/contract/event.ts`); those that have none of their own are told as
 * `event:recorded`.
 */
import { z } from 'zod'
import { Instant } from './fields.ts'

export const Actor = z.object({
  kind: z.enum(['person', 'key', 'agent', 'system', 'source', 'caller']),
  id: z.string().max(255).nullable(),
  name: z.string().max(255),
})
export type Actor = z.infer<typeof Actor>

/** Which executions caused it, counted from the one that none caused. */
export const Chain = z.object({
  rootId: z.number().nullable(),
  causeId: z.number().nullable(),
  depth: z.number(),
})
export type Chain = z.infer<typeof Chain>
export const UNCAUSED: Chain = { rootId: null, causeId: null, depth: 0 }

/** `id`: its number in the workspace's story; null of what is no event of it (a call, a look). */
export const TriggerEvent = z.object({
  id: z.number().nullable(),
  type: z.string(),
  occurredAt: Instant,
  actor: Actor,
  sourceId: z.number().nullable(),
  data: z.record(z.string(), z.unknown()),
  chain: Chain,
})
export type TriggerEvent = z.infer<typeof TriggerEvent>

/** Where the paths of a filter over events begin. */
export const EVENT_ROOTS = ['type', 'occurredAt', 'actor', 'sourceId', 'data', 'chain'] as const

interface CataloguedType {
  type: string
  /** Goes after "When ". */
  words: string
  data: z.ZodType<Record<string, unknown>>
  example: Record<string, unknown>
}

const document = z.object({
  documentId: z.number(),
  documentName: z.string(),
  mediaType: z.string(),
  bytes: z.number(),
  version: z.number(),
})
const A_DOCUMENT = {
  documentId: 12,
  documentName: 'menu.pdf',
  mediaType: 'application/pdf',
  bytes: 48_213,
  version: 1,
}
const execution = z.object({
  executionId: z.number(),
  triggerId: z.number(),
  triggerName: z.string(),
  agentId: z.string(),
  kind: z.string(),
  status: z.string(),
  reason: z.string().nullable(),
  reasonCode: z.string().nullable(),
  output: z.string().nullable(),
  error: z.string().nullable(),
  durationMs: z.number().nullable(),
  tokensUsed: z.number(),
  cost: z.number(),
})
const A_RUN = {
  executionId: 341,
  triggerId: 7,
  triggerName: 'Morning report',
  agentId: 'summary-agent',
  kind: 'schedule',
  status: 'success',
  reason: null,
  reasonCode: null,
  output: 'Three messages came in overnight.',
  error: null,
  durationMs: 1840,
  tokensUsed: 0,
  cost: 0,
}
const schedule = z.object({ triggerId: z.number(), triggerName: z.string(), reason: z.string().nullable() })
const A_SCHEDULE = { triggerId: 7, triggerName: 'Morning report', reason: 'Paused by Ada.' }
const approval = z.object({
  approvalId: z.number(),
  triggerId: z.number(),
  executionId: z.number(),
  summary: z.string(),
  status: z.string(),
})
const AN_APPROVAL = {
  approvalId: 5,
  triggerId: 7,
  executionId: 341,
  summary: 'Send a mail to ben@example.com',
  status: 'pending',
}
const budget = z.object({ budgetId: z.number(), scope: z.string(), scopeId: z.string().nullable() })
const A_BUDGET = { budgetId: 3, scope: 'workspace', scopeId: null }
const expectation = z.object({
  id: z.number(),
  triggerId: z.number(),
  executionId: z.number().nullable(),
  occurrence: z.string().nullable(),
  dueBy: z.string(),
  state: z.string(),
  known: z.string(),
})
const AN_EXPECTATION = {
  id: 2,
  triggerId: 7,
  executionId: null,
  occurrence: '2026-11-23T09:00:00.000Z',
  dueBy: '2026-11-23T09:30:00.000Z',
  state: 'missed',
  known: 'It has not started.',
}

/** Every type but `custom.<name>`, which people name themselves. */
export const EVENT_TYPES: readonly CataloguedType[] = [
  { type: 'document.uploaded', words: 'a document is added', data: document, example: A_DOCUMENT },
  {
    type: 'document.changed',
    words: 'a document has a new version',
    data: document,
    example: { ...A_DOCUMENT, version: 2 },
  },
  { type: 'document.deleted', words: 'a document is deleted', data: document, example: A_DOCUMENT },
  {
    type: 'message.posted',
    words: 'somebody writes in the chat',
    data: z.object({
      messageId: z.number(),
      text: z.string(),
      threadId: z.number().nullable(),
      truncated: z.boolean(),
    }),
    example: { messageId: 88, text: 'Has the delivery come?', threadId: null, truncated: false },
  },
  { type: 'execution.completed', words: 'a run succeeds', data: execution, example: A_RUN },
  {
    type: 'execution.failed',
    words: 'a run fails',
    data: execution,
    example: { ...A_RUN, status: 'failed', output: null, error: 'The page did not answer.' },
  },
  {
    type: 'execution.cancelled',
    words: 'a run is cancelled',
    data: execution,
    example: { ...A_RUN, status: 'cancelled', reasonCode: 'cancelled' },
  },
  {
    type: 'execution.skipped',
    words: 'a run is skipped',
    data: execution,
    example: { ...A_RUN, status: 'skipped', reasonCode: 'overlap' },
  },
  {
    type: 'execution.missed',
    words: 'a run is missed',
    data: execution,
    example: { ...A_RUN, status: 'missed' },
  },
  {
    type: 'execution.waiting',
    words: 'a run waits for a person',
    data: execution,
    example: { ...A_RUN, status: 'waiting' },
  },
  {
    type: 'schedule.disabled',
    words: 'a schedule is switched off by the product',
    data: schedule,
    example: { ...A_SCHEDULE, reason: 'Five failures in a row.' },
  },
  { type: 'schedule.paused', words: 'a schedule is paused', data: schedule, example: A_SCHEDULE },
  {
    type: 'schedule.resumed',
    words: 'a schedule is resumed',
    data: schedule,
    example: { ...A_SCHEDULE, reason: null },
  },
  { type: 'approval.requested', words: 'a run asks for approval', data: approval, example: AN_APPROVAL },
  {
    type: 'approval.decided',
    words: 'an approval is decided',
    data: approval,
    example: { ...AN_APPROVAL, status: 'approved' },
  },
  {
    type: 'approval.expired',
    words: 'nobody decides an approval in time',
    data: approval,
    example: { ...AN_APPROVAL, status: 'expired' },
  },
  {
    type: 'expectation.missed',
    words: 'an expected result is not there in time',
    data: expectation,
    example: AN_EXPECTATION,
  },
  {
    type: 'expectation.recovered',
    words: 'an expected result has come after all',
    data: expectation,
    example: { ...AN_EXPECTATION, state: 'recovered' },
  },
  { type: 'budget.warning', words: 'a budget is nearly used up', data: budget, example: A_BUDGET },
  { type: 'budget.reached', words: 'a budget is used up', data: budget, example: A_BUDGET },
  {
    type: 'delivery.failed',
    words: 'a message to a channel cannot be delivered',
    data: z.object({
      deliveryId: z.number(),
      channelId: z.number().nullable(),
      triggerId: z.number().nullable().meta({ description: 'Whose run it would have told of.' }),
      executionId: z.number().nullable(),
      reason: z.string().nullable(),
    }),
    example: {
      ...{ deliveryId: 31, channelId: 2, triggerId: 3, executionId: 47 },
      reason: 'The server answered 404.',
    },
  },
  {
    type: 'email.received',
    words: 'a mail comes in',
    data: z.object({
      from: z.string().meta({ description: 'Its address.' }),
      fromName: z.string().meta({ description: 'What it calls itself: anybody may write any name.' }),
      to: z.string(),
      subject: z.string(),
      text: z.string(),
      truncated: z.boolean(),
      messageId: z.string().nullable(),
      folder: z.string(),
      uid: z.number(),
      receivedAt: z.string(),
      attachments: z.array(z.object({ name: z.string(), bytes: z.number(), mediaType: z.string() })),
      auth: z.enum(['verified', 'asserted', 'unverified']),
    }),
    example: {
      from: 'ben@example.com',
      fromName: 'Ben',
      to: 'ada@example.com',
      subject: 'The delivery',
      text: 'It comes on Monday.',
      truncated: false,
      messageId: '<1@example.com>',
      folder: 'INBOX',
      uid: 207,
      receivedAt: '2026-11-23T08:59:12.000Z',
      attachments: [],
      auth: 'unverified',
    },
  },
  {
    type: 'feed.item',
    words: 'a feed has something new',
    data: z.object({
      title: z.string(),
      link: z.string().nullable(),
      id: z.string(),
      publishedAt: z.string().nullable(),
      summary: z.string(),
    }),
    example: {
      title: 'Version 2 is out',
      link: 'https://example.com/2',
      id: 'https://example.com/2',
      publishedAt: '2026-11-23T08:00:00.000Z',
      summary: 'What is new.',
    },
  },
  {
    type: 'file.changed',
    words: 'a file is added, changed or deleted',
    data: z.object({
      path: z.string(),
      change: z.enum(['created', 'changed', 'deleted']),
      bytes: z.number().nullable(),
      modifiedAt: z.string().nullable(),
    }),
    example: {
      path: 'reports/november.csv',
      change: 'created',
      bytes: 5120,
      modifiedAt: '2026-11-23T08:00:00.000Z',
    },
  },
]

export const CUSTOM = 'custom.'
const CUSTOM_NAME = /^custom\.[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/
export const isCustom = (type: string): boolean => type.length <= 120 && CUSTOM_NAME.test(type)
/** Whether a trigger may name it: a type, all of a family (`document.*`), or one that people name. */
export const isKnownType = (type: string): boolean =>
  EVENT_TYPES.some((it) => it.type === type) ||
  isCustom(type) ||
  (type.endsWith('.*') &&
    (type === 'custom.*' ||
      isCustom(type.slice(0, -2)) ||
      EVENT_TYPES.some((it) => it.type.startsWith(type.slice(0, -1)))))
/** Whether a trigger that names `named` hears of a fact of this type. */
export const isHeard = (named: string, type: string): boolean =>
  named === type || (named.endsWith('.*') && type.startsWith(named.slice(0, -1)))
