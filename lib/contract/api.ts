/**
 * Every endpoint of the HTTP API, once. The route handlers, the browser's client, the documentation and the
 * test that no endpoint forgets to authorise all read this table.
 */
import { z } from 'zod'
import { Account, AccountChange, PasswordReset } from './account.ts'
import { Agent } from './agent.ts'
import { Evaluation, EvaluationQuery } from './evaluation.ts'
import { EventPage } from './event.ts'
import { Execution, ExecutionDetail, ExecutionQuery } from './execution.ts'
import { Id, Instant, Role, Slug } from './fields.ts'
import { Message, MessageQuery, NewMessage } from './message.ts'
import {
  Backfill,
  BackfillAnswer,
  CronPreviewQuery,
  NewTrigger,
  Preview,
  RunNow,
  Simulate,
  Simulation,
  Toggle,
  Trigger,
  TriggerChange,
  TriggerQuery,
  TriggerStats,
} from './trigger.ts'
import {
  ApiKey,
  ApiKeyQuery,
  Document,
  Invitation,
  Join,
  Me,
  Member,
  MemberChange,
  NewApiKey,
  NewDocument,
  NewInvitation,
  NewWorkspace,
  Overdue,
  SchedulerChange,
  SchedulerState,
  SetUp,
  StatsQuery,
  Workspace,
  WorkspaceChange,
  WorkspaceStats,
} from './workspace.ts'
import { Why, WhyQuery } from './why.ts'

/**
 * `open`: anyone. `signed-in`: any person or key. `installation`: an admin of the whole installation. A role:
 * at least that, in the workspace of the path.
 */
export type Access = 'open' | 'signed-in' | 'installation' | Role

export interface Endpoint {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Below `/api`, parameters in braces. */
  path: `/${string}`
  summary: string
  access: Access
  params?: z.ZodObject
  query?: z.ZodType
  body?: z.ZodType
  answer: z.ZodType
  /** Of a good answer; 200 where it is not said. */
  status?: 200 | 201 | 202 | 204
  /** How often a minute one caller may ask; without it, as often as they like. */
  perMinute?: number
}

const slug = z.object({ slug: Slug })
const accountId = z.object({ accountId: z.string().max(64) })
const slugId = z.object({ slug: Slug, id: Id })
const page = <Name extends string, Item extends z.ZodType>(name: Name, item: Item) =>
  z.object({ [name]: z.array(item), nextCursor: z.string().nullable() } as {
    [K in Name]: z.ZodArray<Item>
  } & { nextCursor: z.ZodNullable<z.ZodString> })
const ahead = z.object({
  count: z.coerce.number().int().min(1).max(50).default(10),
  viewerTimezone: z.string().max(64).optional(),
})
const done = z.object({ done: z.literal(true) })

export const api = {
  me: { method: 'GET', path: '/me', summary: 'Who is asking', access: 'signed-in', answer: Me },
  setUp: {
    method: 'POST',
    path: '/set-up',
    summary: "Make the first admin, with the one-time token of the server's log",
    access: 'open',
    body: SetUp,
    answer: done,
    status: 201,
  },
  setUpState: {
    method: 'GET',
    path: '/set-up',
    summary: 'Whether the first admin is still to be made',
    access: 'open',
    answer: z.object({ needed: z.boolean() }),
  },
  invitation: {
    method: 'GET',
    path: '/invitations/{token}',
    summary: 'What an invitation is for',
    access: 'open',
    params: z.object({ token: z.string().max(200) }),
    answer: z.object({ workspaceName: z.string(), email: z.string(), role: Role, known: z.boolean() }),
  },
  join: {
    method: 'POST',
    path: '/invitations',
    summary: 'Accept an invitation and make an account',
    access: 'open',
    body: Join,
    answer: z.object({ slug: Slug }),
    status: 201,
  },
  accept: {
    method: 'POST',
    path: '/invitations/accept',
    summary: 'Accept an invitation with the account that is signed in',
    access: 'signed-in',
    body: Join.pick({ token: true }),
    answer: z.object({ slug: Slug }),
  },

  listAccounts: {
    method: 'GET',
    path: '/accounts',
    summary: 'Everybody who can sign in to this installation',
    access: 'installation',
    answer: z.object({ accounts: z.array(Account) }),
  },
  changeAccount: {
    method: 'PUT',
    path: '/accounts/{accountId}',
    summary: 'Disable an account, which ends its sessions and the rights of what it made; or enable it again',
    access: 'installation',
    params: accountId,
    body: AccountChange,
    answer: z.object({ account: Account }),
  },
  endSessions: {
    method: 'DELETE',
    path: '/accounts/{accountId}/sessions',
    summary: 'Sign an account out everywhere',
    access: 'installation',
    params: accountId,
    answer: z.object({ ended: z.number() }),
  },
  offerPassword: {
    method: 'POST',
    perMinute: 60,
    path: '/accounts/{accountId}/password-link',
    summary: 'Make a one-time link with which its owner chooses a new password; an earlier one ends',
    access: 'installation',
    params: accountId,
    answer: z.object({ link: z.string(), expiresAt: Instant }),
    status: 201,
  },
  resetPassword: {
    method: 'POST',
    path: '/password-resets',
    summary: 'Choose a new password, with the token of a link; ends every session of the account',
    access: 'open',
    body: PasswordReset,
    answer: z.object({ email: z.string() }),
  },

  listWorkspaces: {
    method: 'GET',
    path: '/workspaces',
    summary: 'Workspaces that the caller is a member of',
    access: 'signed-in',
    answer: z.object({ workspaces: z.array(Workspace) }),
  },
  createWorkspace: {
    method: 'POST',
    perMinute: 600,
    path: '/workspaces',
    summary: 'Make a workspace',
    access: 'installation',
    body: NewWorkspace,
    answer: z.object({ workspace: Workspace }),
    status: 201,
  },
  getWorkspace: {
    method: 'GET',
    path: '/workspace/{slug}',
    summary: 'One workspace',
    access: 'viewer',
    params: slug,
    answer: z.object({ workspace: Workspace }),
  },
  changeWorkspace: {
    method: 'PUT',
    path: '/workspace/{slug}',
    summary: 'Change a workspace',
    access: 'admin',
    params: slug,
    body: WorkspaceChange,
    answer: z.object({ workspace: Workspace }),
  },
  workspaceStats: {
    method: 'GET',
    path: '/workspace/{slug}/stats',
    summary: 'Totals, recent executions and a summary by day (UTC)',
    access: 'viewer',
    params: slug,
    query: StatsQuery,
    answer: WorkspaceStats,
  },
  missed: {
    method: 'GET',
    path: '/workspace/{slug}/missed',
    summary: 'Schedules that should have run but did not yet, and instants that were missed',
    access: 'viewer',
    params: slug,
    answer: z.object({ overdue: z.array(Overdue), missed: z.array(Execution) }),
  },

  listMembers: {
    method: 'GET',
    path: '/workspace/{slug}/members',
    summary: 'People of a workspace and open invitations',
    access: 'viewer',
    params: slug,
    answer: z.object({ members: z.array(Member), invitations: z.array(Invitation) }),
  },
  invite: {
    method: 'POST',
    perMinute: 60,
    path: '/workspace/{slug}/members',
    summary: 'Invite somebody; the answer carries the link',
    access: 'admin',
    params: slug,
    body: NewInvitation,
    answer: z.object({ invitation: Invitation, link: z.string() }),
    status: 201,
  },
  changeMember: {
    method: 'PUT',
    path: '/workspace/{slug}/members/{userId}',
    summary: "Change a member's role",
    access: 'admin',
    params: slug.extend({ userId: z.string().max(64) }),
    body: MemberChange,
    answer: z.object({ member: Member }),
  },
  removeMember: {
    method: 'DELETE',
    path: '/workspace/{slug}/members/{userId}',
    summary: 'Remove a member',
    access: 'admin',
    params: slug.extend({ userId: z.string().max(64) }),
    answer: done,
  },
  withdrawInvitation: {
    method: 'DELETE',
    path: '/workspace/{slug}/invitations/{id}',
    summary: 'Withdraw an invitation',
    access: 'admin',
    params: slugId,
    answer: done,
  },

  listKeys: {
    method: 'GET',
    path: '/api-keys',
    summary: 'API keys, of a workspace (its admins) or of the installation',
    access: 'signed-in',
    query: ApiKeyQuery,
    answer: z.object({ apiKeys: z.array(ApiKey) }),
  },
  createKey: {
    method: 'POST',
    perMinute: 60,
    path: '/api-keys',
    summary: 'Make an API key; it is shown once',
    access: 'signed-in',
    body: NewApiKey,
    answer: z.object({ apiKey: ApiKey, key: z.string() }),
    status: 201,
  },
  revokeKey: {
    method: 'DELETE',
    path: '/api-keys/{id}',
    summary: 'Revoke an API key',
    access: 'signed-in',
    params: z.object({ id: Id }),
    answer: done,
  },

  listAgents: {
    method: 'GET',
    path: '/workspace/{slug}/agents',
    summary: 'Agents that can run here, with the JSON Schema of their context',
    access: 'viewer',
    params: slug,
    answer: z.object({ agents: z.array(Agent) }),
  },
  listDocuments: {
    method: 'GET',
    path: '/workspace/{slug}/documents',
    summary: 'Documents of a workspace',
    access: 'viewer',
    params: slug,
    answer: z.object({ documents: z.array(Document) }),
  },
  addDocument: {
    method: 'POST',
    perMinute: 600,
    path: '/workspace/{slug}/documents',
    summary: 'Add a text document',
    access: 'editor',
    params: slug,
    body: NewDocument,
    answer: z.object({ document: Document }),
    status: 201,
  },
  deleteDocument: {
    method: 'DELETE',
    path: '/workspace/{slug}/documents/{id}',
    summary: 'Delete a document',
    access: 'editor',
    params: slugId,
    answer: done,
  },

  listSchedules: {
    method: 'GET',
    path: '/workspace/{slug}/agent-schedules',
    summary: 'Schedules of a workspace',
    access: 'viewer',
    params: slug,
    query: TriggerQuery,
    answer: page('schedules', Trigger),
  },
  createSchedule: {
    method: 'POST',
    perMinute: 6000,
    path: '/workspace/{slug}/agent-schedules',
    summary: 'Make a schedule',
    access: 'editor',
    params: slug,
    body: NewTrigger,
    answer: z.object({ schedule: Trigger }),
    status: 201,
  },
  getSchedule: {
    method: 'GET',
    path: '/workspace/{slug}/agent-schedules/{id}',
    summary: 'One schedule',
    access: 'viewer',
    params: slugId,
    answer: z.object({ schedule: Trigger }),
  },
  changeSchedule: {
    method: 'PUT',
    path: '/workspace/{slug}/agent-schedules/{id}',
    summary: 'Change a schedule; what is not named keeps its value',
    access: 'editor',
    params: slugId,
    body: TriggerChange,
    answer: z.object({ schedule: Trigger }),
  },
  deleteSchedule: {
    method: 'DELETE',
    path: '/workspace/{slug}/agent-schedules/{id}',
    summary: 'Delete a schedule; its history stays',
    access: 'editor',
    params: slugId,
    answer: done,
  },
  toggleSchedule: {
    method: 'POST',
    path: '/workspace/{slug}/agent-schedules/{id}/toggle',
    summary: 'Pause or resume, with a reason and an optional end',
    access: 'editor',
    params: slugId,
    body: Toggle,
    answer: z.object({ schedule: Trigger }),
  },
  runSchedule: {
    method: 'POST',
    perMinute: 6000,
    path: '/workspace/{slug}/agent-schedules/{id}/run',
    summary: 'Run now',
    access: 'editor',
    params: slugId,
    body: RunNow,
    answer: z.object({ execution: Execution }),
    status: 202,
  },
  backfillSchedule: {
    method: 'POST',
    perMinute: 60,
    path: '/workspace/{slug}/agent-schedules/{id}/backfill',
    summary: 'Run the planned instants of a past range',
    access: 'editor',
    params: slugId,
    body: Backfill,
    answer: BackfillAnswer,
    status: 202,
  },
  scheduleStats: {
    method: 'GET',
    path: '/workspace/{slug}/agent-schedules/{id}/stats',
    summary: 'How a schedule has fared',
    access: 'viewer',
    params: slugId,
    answer: z.object({ stats: TriggerStats }),
  },
  previewSchedule: {
    method: 'GET',
    path: '/workspace/{slug}/agent-schedules/{id}/preview',
    summary: 'The next instants of a schedule',
    access: 'viewer',
    params: slugId,
    query: ahead,
    answer: Preview,
  },
  previewCron: {
    method: 'POST',
    path: '/cron/preview',
    summary: 'What a pattern means and when it fires',
    access: 'signed-in',
    body: CronPreviewQuery,
    answer: Preview,
    status: 200,
  },

  listTriggers: {
    method: 'GET',
    path: '/workspace/{slug}/triggers',
    summary: 'Triggers of every kind',
    access: 'viewer',
    params: slug,
    query: TriggerQuery,
    answer: page('triggers', Trigger),
  },
  createTrigger: {
    method: 'POST',
    perMinute: 6000,
    path: '/workspace/{slug}/triggers',
    summary: 'Make a trigger',
    access: 'editor',
    params: slug,
    body: NewTrigger,
    answer: z.object({ trigger: Trigger }),
    status: 201,
  },
  getTrigger: {
    method: 'GET',
    path: '/workspace/{slug}/triggers/{id}',
    summary: 'One trigger',
    access: 'viewer',
    params: slugId,
    answer: z.object({ trigger: Trigger }),
  },
  changeTrigger: {
    method: 'PUT',
    path: '/workspace/{slug}/triggers/{id}',
    summary: 'Change a trigger',
    access: 'editor',
    params: slugId,
    body: TriggerChange,
    answer: z.object({ trigger: Trigger }),
  },
  deleteTrigger: {
    method: 'DELETE',
    path: '/workspace/{slug}/triggers/{id}',
    summary: 'Delete a trigger; its history stays',
    access: 'editor',
    params: slugId,
    answer: done,
  },
  toggleTrigger: {
    method: 'POST',
    path: '/workspace/{slug}/triggers/{id}/toggle',
    summary: 'Pause or resume, with a reason and an optional end',
    access: 'editor',
    params: slugId,
    body: Toggle,
    answer: z.object({ trigger: Trigger }),
  },
  runTrigger: {
    method: 'POST',
    perMinute: 6000,
    path: '/workspace/{slug}/triggers/{id}/run',
    summary: 'Run now',
    access: 'editor',
    params: slugId,
    body: RunNow,
    answer: z.object({ execution: Execution }),
    status: 202,
  },
  backfillTrigger: {
    method: 'POST',
    perMinute: 60,
    path: '/workspace/{slug}/triggers/{id}/backfill',
    summary: 'Run the planned instants of a past range',
    access: 'editor',
    params: slugId,
    body: Backfill,
    answer: BackfillAnswer,
    status: 202,
  },
  triggerStats: {
    method: 'GET',
    path: '/workspace/{slug}/triggers/{id}/stats',
    summary: 'How a trigger has fared',
    access: 'viewer',
    params: slugId,
    answer: z.object({ stats: TriggerStats }),
  },
  previewTrigger: {
    method: 'GET',
    path: '/workspace/{slug}/triggers/{id}/preview',
    summary: 'The next instants of a trigger',
    access: 'viewer',
    params: slugId,
    query: ahead,
    answer: Preview,
  },

  simulateTrigger: {
    method: 'POST',
    perMinute: 60,
    path: '/workspace/{slug}/triggers/simulate',
    summary: 'What a schedule would do over a span; writes nothing',
    access: 'editor',
    params: slug,
    body: Simulate,
    answer: Simulation,
  },
  whyTrigger: {
    method: 'GET',
    path: '/workspace/{slug}/triggers/{id}/why',
    summary: 'Why it ran at an instant, or did not: one sentence, with its evidence',
    access: 'viewer',
    params: slugId,
    query: WhyQuery,
    answer: Why,
  },
  listEvaluations: {
    method: 'GET',
    path: '/workspace/{slug}/triggers/{id}/evaluations',
    summary: 'What it decided each time it looked, of the last 30 days, the newest 500',
    access: 'viewer',
    params: slugId,
    query: EvaluationQuery,
    answer: z.object({ evaluations: z.array(Evaluation) }),
  },

  listExecutions: {
    method: 'GET',
    path: '/workspace/{slug}/executions',
    summary: 'History, newest first',
    access: 'viewer',
    params: slug,
    query: ExecutionQuery,
    answer: page('executions', Execution),
  },
  getExecution: {
    method: 'GET',
    path: '/workspace/{slug}/executions/{id}',
    summary: 'One execution with its steps and the configuration it ran with',
    access: 'viewer',
    params: slugId,
    answer: z.object({ execution: ExecutionDetail }),
  },
  cancelExecution: {
    method: 'POST',
    path: '/workspace/{slug}/executions/{id}/cancel',
    summary: 'Cancel what waits, stop what runs',
    access: 'editor',
    params: slugId,
    answer: z.object({ execution: Execution }),
    status: 202,
  },
  retryExecution: {
    method: 'POST',
    path: '/workspace/{slug}/executions/{id}/retry',
    summary: 'Run again with the same input',
    access: 'editor',
    params: slugId,
    answer: z.object({ execution: Execution }),
    status: 202,
  },

  listMessages: {
    method: 'GET',
    path: '/workspace/{slug}/messages',
    summary: 'The chat, oldest first',
    access: 'viewer',
    params: slug,
    query: MessageQuery,
    answer: z.object({ messages: z.array(Message) }),
  },
  postMessage: {
    method: 'POST',
    perMinute: 600,
    path: '/workspace/{slug}/messages',
    summary: 'Write to the chat',
    access: 'editor',
    params: slug,
    body: NewMessage,
    answer: z.object({ message: Message }),
    status: 201,
  },
  listEvents: {
    method: 'GET',
    path: '/workspace/{slug}/events',
    summary: 'Live events after a sequence number',
    access: 'viewer',
    params: slug,
    query: z.object({
      since: z.coerce.number().int().min(0).default(0),
      limit: z.coerce.number().int().min(1).max(500).default(200),
    }),
    answer: EventPage,
  },

  scheduler: {
    method: 'GET',
    path: '/scheduler',
    summary: 'Whether everything is paused',
    access: 'signed-in',
    answer: z.object({ scheduler: SchedulerState }),
  },
  changeScheduler: {
    method: 'PUT',
    path: '/scheduler',
    summary: 'Pause or resume everything; each trigger keeps its own state',
    access: 'installation',
    body: SchedulerChange,
    answer: z.object({ scheduler: SchedulerState }),
  },
  health: {
    method: 'GET',
    path: '/health',
    summary: 'How the server is',
    access: 'open',
    answer: z.object({
      status: z.enum(['ok', 'degraded']),
      version: z.string(),
      role: z.string(),
      database: z.string(),
      queue: z.string(),
      scheduler: z.string(),
      clockSkewMs: z.number(),
      lastTickAt: z.string().nullable(),
      uptimeSeconds: z.number(),
      problems: z.array(z.string()),
    }),
  },
  ready: {
    method: 'GET',
    path: '/ready',
    summary: '200 while requests should be sent here, 503 otherwise',
    access: 'open',
    answer: z.object({ ready: z.boolean(), reason: z.string().nullable() }),
  },
} satisfies Record<string, Endpoint>

export type Api = typeof api
type Part<E, K extends string> = E extends { [P in K]: z.ZodType } ? E[K] : never
export type ParamsOf<E> = Part<E, 'params'> extends never ? Record<never, never> : z.output<Part<E, 'params'>>
export type QueryOf<E> = Part<E, 'query'> extends never ? Record<never, never> : z.output<Part<E, 'query'>>
export type BodyOf<E> = Part<E, 'body'> extends never ? undefined : z.output<Part<E, 'body'>>
export type AnswerOf<E> = z.output<Part<E, 'answer'>>
/** What a client may leave to defaults. */
export type ParamsInput<E> =
  Part<E, 'params'> extends never
    ? Record<never, never>
    : { [K in keyof z.output<Part<E, 'params'>>]: string | number }
export type QueryInput<E> =
  Part<E, 'query'> extends never ? Record<never, never> : Record<string, string | number | undefined>
export type BodyInput<E> = Part<E, 'body'> extends never ? undefined : z.input<Part<E, 'body'>>
