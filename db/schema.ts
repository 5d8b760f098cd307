/**
 * The tables, once for both databases.
 *
 * The guarantees of the product rest on five keys here, not on timing: an occurrence becomes one execution
 * (`executions_occurrence`), a trigger that must not overlap holds one slot (`executions_slot`), an execution has
 * one message (`messages_execution`), a workspace's events have no two of the same number (`events` primary key),
 * and a sent message is kept once (`messages_client`).
 */
import { sql } from 'drizzle-orm'
import type { ApprovalKind, ApprovalStatus, AskedWhy, OnExpiry } from '#lib/contract/approval.ts'
import type { BudgetOver, BudgetPeriod, BudgetScope } from '#lib/contract/budget.ts'
import type { ConditionWord } from '#lib/contract/condition-trigger.ts'
import type { Effect } from '#lib/contract/custom-agent.ts'
import type { EvaluationVerdict } from '#lib/contract/evaluation.ts'
import type { KeptDeliveryStatus, Repeat } from '#lib/contract/delivery.ts'
import type { EventType } from '#lib/contract/event.ts'
import type { ReasonCode } from '#lib/contract/execution.ts'
import type { ExpectationState } from '#lib/contract/expectation.ts'
import type { Role } from '#lib/contract/fields.ts'
import type { Message } from '#lib/contract/message.ts'
import type { Language } from '#lib/contract/reading.ts'
import type { ProposalSource } from '#lib/contract/proposal.ts'
import type { Status } from '#lib/contract/states.ts'
import type { DocumentSource, DocumentStatus } from '#lib/contract/document.ts'
import type { SourceKind, SourceStatus } from '#lib/contract/source.ts'
import type { CalendarStatus } from '#lib/contract/calendar.ts'
import type { SkillFormat, SkillSource, SkillStatus } from '#lib/contract/skill.ts'
import type { AgentType, Misfire, Overlap, Post } from '#lib/contract/trigger.ts'
import type { DeliveryVerdict } from '#lib/contract/webhook.ts'
import { type Kit, sqliteKit } from './kit.ts'
import { isLive, status } from './states.ts'

/**
 * What a person decides of a trigger. A column here and its field in the contract are all
 * that a new setting needs: it is written, answered and kept with every revision.
 */
const configuration = ({ text, int, real, flag, instant }: Kit) => ({
  /** A name of `lib/triggers`. */
  kind: text().notNull().default('schedule'),
  name: text().notNull(),
  description: text().notNull().default(''),
  agentId: text().notNull(),
  agentType: text().$type<AgentType>().notNull().default('system'),
  cronExpression: text(),
  timezone: text().notNull().default('UTC'),
  everySeconds: int(),
  at: instant(),
  /** JSON: what the kind keeps beside the clock's columns. */
  config: text().notNull().default('{}'),
  /** JSON. */
  context: text().notNull().default('{}'),
  enabled: flag().notNull().default(true),
  misfire: text().$type<Misfire>().notNull().default('latest'),
  maxCatchup: int().notNull().default(10),
  catchupWindow: int().notNull().default(86_400),
  overlap: text().$type<Overlap>().notNull().default('skip'),
  bufferLimit: int().notNull().default(100),
  timeoutSeconds: int().notNull().default(300),
  retries: int().notNull().default(0),
  jitterSeconds: int().notNull().default(0),
  startsAt: instant(),
  endsAt: instant(),
  maxExecutions: int(),
  priority: int().notNull().default(0),
  post: text().$type<Post>().notNull().default('always'),
  disableAfterFailures: int().notNull().default(5),
  disableBelowSuccessRate: real().notNull().default(20),
  /** JSON: who decides what its runs ask for, and by when. */
  approvals: text().notNull().default('{}'),
  /** JSON: what stops runs of a model that repeat themselves or cost without end. */
  breaker: text().notNull().default('{}'),
  /** JSON, as are the others where nothing else is said: how facts are gathered into one run. */
  collect: text(),
  /** How many may start in how long. */
  throttle: text(),
  /** Which events call its runs off. */
  cancelOn: text(),
  /** A path: overlap is judged for each value that stands there. */
  overlapKey: text(),
  /** What must hold when it fires. */
  onlyIf: text(),
  /** By when a result is expected. */
  expect: text(),
  /** Days on which it does not run: ids of calendars. */
  calendars: text(),
  /** Words to find it by: a list of texts. */
  tags: text(),
})
/** The names of these columns. */
export const CONFIGURATION = Object.keys(configuration(sqliteKit)) as (keyof ReturnType<
  typeof configuration
>)[]

/** `clock`: it was set back; nothing was out of order but the clock. */
export type OutageKind = 'down' | 'asleep' | 'paused' | 'clock'

// biome-ignore lint/complexity/noExcessiveLinesPerFunction: the list of all tables, read from top to bottom
export function tables(kit: Kit) {
  const { table, id, text, int, real, flag, instant, date, index, unique, primaryKey } = kit
  const user = table('user', {
    id: text().primaryKey(),
    name: text().notNull(),
    email: text().notNull().unique(),
    emailVerified: flag().notNull().default(false),
    image: text(),
    installationAdmin: flag().notNull().default(false),
    /** Nobody can sign in to it, and what it made has no rights. */
    disabled: flag().notNull().default(false),
    /** How the person reads: null is as their browser has it. */
    timezone: text(),
    clock: text().$type<'12' | '24'>(),
    language: text().$type<Language>(),
    /** Single letters do something on the pages. */
    shortcuts: flag().notNull().default(true),
    createdAt: date().notNull(),
    updatedAt: date().notNull(),
  })
  const session = table(
    'session',
    {
      id: text().primaryKey(),
      expiresAt: date().notNull(),
      token: text().notNull().unique(),
      createdAt: date().notNull(),
      updatedAt: date().notNull(),
      ipAddress: text(),
      userAgent: text(),
      userId: text()
        .notNull()
        .references(() => user.id, { onDelete: 'cascade' }),
    },
    (it) => [index('session_user').on(it.userId)],
  )
  const account = table(
    'account',
    {
      id: text().primaryKey(),
      accountId: text().notNull(),
      providerId: text().notNull(),
      userId: text()
        .notNull()
        .references(() => user.id, { onDelete: 'cascade' }),
      accessToken: text(),
      refreshToken: text(),
      idToken: text(),
      accessTokenExpiresAt: date(),
      refreshTokenExpiresAt: date(),
      scope: text(),
      password: text(),
      createdAt: date().notNull(),
      updatedAt: date().notNull(),
    },
    (it) => [index('account_user').on(it.userId)],
  )
  const verification = table(
    'verification',
    {
      id: text().primaryKey(),
      identifier: text().notNull(),
      value: text().notNull(),
      expiresAt: date().notNull(),
      createdAt: date().notNull(),
      updatedAt: date().notNull(),
    },
    (it) => [index('verification_identifier').on(it.identifier)],
  )

  const workspaces = table('workspaces', {
    id: id(),
    name: text().notNull(),
    slug: text().notNull().unique(),
    /** The number of the workspace's latest event. */
    lastSeq: int().notNull().default(0),
    /** The number of the latest event that triggers were held against. */
    matchedSeq: int().notNull().default(0),
    maxConcurrent: int(),
    retentionDays: int(),
    /** Its days and months are those of this zone. */
    timezone: text().notNull().default('UTC'),
    /** It was made up, to look around in. */
    demo: flag().notNull().default(false),
    createdAt: instant().notNull(),
  })
  const members = table(
    'members',
    {
      workspaceId: int()
        .notNull()
        .references(() => workspaces.id, { onDelete: 'cascade' }),
      userId: text()
        .notNull()
        .references(() => user.id, { onDelete: 'cascade' }),
      role: text().$type<Role>().notNull(),
      createdAt: instant().notNull(),
    },
    (it) => [primaryKey({ columns: [it.workspaceId, it.userId] }), index('members_user').on(it.userId)],
  )
  const invitations = table(
    'invitations',
    {
      id: id(),
      workspaceId: int()
        .notNull()
        .references(() => workspaces.id, { onDelete: 'cascade' }),
      email: text().notNull(),
      role: text().$type<Role>().notNull(),
      tokenHash: text().notNull().unique(),
      createdBy: text(),
      createdAt: instant().notNull(),
      expiresAt: instant().notNull(),
      acceptedAt: instant(),
    },
    (it) => [index('invitations_workspace').on(it.workspaceId)],
  )
  const apiKeys = table('api_keys', {
    id: id(),
    name: text().notNull(),
    prefix: text().notNull(),
    hash: text().notNull().unique(),
    /** Null: a key of the whole installation. */
    workspaceId: int().references(() => workspaces.id, { onDelete: 'cascade' }),
    role: text().$type<Role>().notNull(),
    /** It may decide what runs ask for. */
    mayApprove: flag().notNull().default(false),
    createdBy: text(),
    createdAt: instant().notNull(),
    expiresAt: instant(),
    revokedAt: instant(),
    lastUsedAt: instant(),
  })

  const triggers = table(
    'triggers',
    {
      id: id(),
      workspaceId: int()
        .notNull()
        .references(() => workspaces.id, { onDelete: 'cascade' }),
      ...configuration(kit),

      /** Rises with every edit; a plan made from an older revision does not advance the row. */
      revision: int().notNull().default(1),
      /** The next planned instant, without jitter. */
      nextRunAt: instant(),
      /**
       * When the loop must look at the row: the planned instant plus jitter, the end of a pause, 0 for "plan
       * me", null for never.
       */
      dueAt: instant(),
      lastRunAt: instant(),
      lastStatus: text().$type<Status>(),
      lastExecutionId: int(),
      consecutiveFailures: int().notNull().default(0),
      /** It hears events with a higher number: of those before it knows nothing, or was off. */
      hearsFrom: int().notNull().default(0),
      /** Planned runs so far, for `maxExecutions`. */
      plannedRuns: int().notNull().default(0),
      totalRuns: int().notNull().default(0),
      successfulRuns: int().notNull().default(0),
      failedRuns: int().notNull().default(0),
      durationMs: int().notNull().default(0),
      pausedAt: instant(),
      pausedUntil: instant(),
      pausedReason: text(),
      pausedBy: text(),
      /** Why the product switched it off. */
      disabledReason: text(),
      /** Why the row cannot be planned. */
      problem: text(),
      /** What it needs and is not there. */
      unready: text(),
      /** Which check says so: the same in other words is no news. */
      unreadyCheck: text(),
      readyCheckedAt: instant(),
      /** Up to when what is expected of it was written down; null: nothing is expected, or it is off. */
      expectedUpTo: instant(),
      /** JSON: the template that it was made from, and what that made of it. */
      origin: text(),
      createdBy: text(),
      createdAt: instant().notNull(),
      updatedAt: instant().notNull(),
      deletedAt: instant(),
    },
    (it) => [
      index('triggers_due').on(it.dueAt).where(sql`due_at is not null`),
      index('triggers_workspace').on(it.workspaceId, it.id),
      index('triggers_owner').on(it.createdBy),
      index('triggers_throttled').on(it.workspaceId, it.id).where(sql`throttle is not null`),
      index('triggers_expecting').on(it.id).where(sql`expect is not null or expected_up_to is not null`),
    ],
  )
  /** Every revision's configuration, so that a run can say what it ran with after the trigger was edited. */
  const triggerRevisions = table(
    'trigger_revisions',
    {
      triggerId: int()
        .notNull()
        .references(() => triggers.id, { onDelete: 'cascade' }),
      revision: int().notNull(),
      config: text().notNull(),
      changedBy: text(),
      createdAt: instant().notNull(),
    },
    (it) => [primaryKey({ columns: [it.triggerId, it.revision] })],
  )

  /** What an agent keeps from one run of a trigger to the next: every version, with the run that wrote it. */
  const triggerNotes = table(
    'trigger_notes',
    {
      triggerId: int()
        .notNull()
        .references(() => triggers.id, { onDelete: 'cascade' }),
      version: int().notNull(),
      content: text().notNull(),
      /** Null: a person wrote it. */
      executionId: int(),
      /** The run had read text from outside. */
      tainted: flag().notNull().default(false),
      updatedBy: text(),
      createdAt: instant().notNull(),
    },
    (it) => [primaryKey({ columns: [it.triggerId, it.version] })],
  )

  /** What an agent of the product has told already, or how far it has read: its own, which nobody edits. */
  const triggerMemory = table('trigger_memory', {
    triggerId: int()
      .primaryKey()
      .references(() => triggers.id, { onDelete: 'cascade' }),
    /** JSON. */
    content: text().notNull(),
    executionId: int().notNull(),
    updatedAt: instant().notNull(),
  })

  /** What is known of a condition, and when it is looked at next. */
  const conditionStates = table(
    'condition_states',
    {
      triggerId: int()
        .primaryKey()
        .references(() => triggers.id, { onDelete: 'cascade' }),
      /** Of the source and the line that all of it is of: of others nothing is known. */
      watches: text().notNull().default(''),
      state: text().$type<ConditionWord>().notNull().default('unknown'),
      since: instant(),
      pendingSince: instant(),
      heldMs: int().notNull().default(0),
      /** JSON. */
      lastValue: text(),
      lastCheckedAt: instant(),
      /** The last look that told something. */
      seenAt: instant(),
      lastError: text(),
      errorsInARow: int().notNull().default(0),
      crossings: int().notNull().default(0),
      firedAt: instant(),
      /** JSON: what a value is compared with, beside the line. */
      memory: text(),
      /** Null: its trigger is off. */
      nextCheckAt: instant(),
      /** Until then one server looks; afterwards whoever is alive takes it up. */
      leaseUntil: instant(),
      /** Rises with each look and each edit; what an older look has found is not kept. */
      fence: int().notNull().default(0),
    },
    (it) => [index('condition_states_due').on(it.nextCheckAt).where(sql`next_check_at is not null`)],
  )
  /** What each look has found. */
  const conditionSamples = table(
    'condition_samples',
    {
      triggerId: int()
        .notNull()
        .references(() => triggers.id, { onDelete: 'cascade' }),
      at: instant().notNull(),
      /** JSON. */
      value: text(),
      state: text().$type<ConditionWord>().notNull(),
      error: text(),
      /** Of what it is: its trigger may watch another source by now. */
      source: text(),
      /** By which the whole of the value is known again. */
      print: text(),
      /** How much of it was not there before, of a feed. */
      fresh: int(),
    },
    (it) => [primaryKey({ columns: [it.triggerId, it.at] }), index('condition_samples_at').on(it.at)],
  )

  const executions = table(
    'executions',
    {
      id: id(),
      workspaceId: int()
        .notNull()
        .references(() => workspaces.id, { onDelete: 'cascade' }),
      triggerId: int()
        .notNull()
        .references(() => triggers.id, { onDelete: 'cascade' }),
      triggerName: text().notNull(),
      triggerRevision: int().notNull(),
      agentId: text().notNull(),
      kind: text().notNull(),
      occurrence: text().notNull(),
      /** JSON; a one-off context that replaces the trigger's. */
      context: text(),
      scheduledFor: instant(),
      queuedAt: instant().notNull(),
      /** Not before this instant: a retry waits for its back-off. */
      availableAt: instant().notNull(),
      startedAt: instant(),
      completedAt: instant(),
      /** How long it ran; of one that was parked, how long so far, and the rest of its time-out is left. */
      durationMs: int(),
      latenessMs: int(),
      attempt: int().notNull().default(1),
      isCatchup: flag().notNull().default(false),
      retryOf: int(),
      /** JSON: who asked for it, by the name of then; null for what the trigger fired. */
      requestedBy: text(),
      /** Order in the queue: the priority negated, so that lower goes first. */
      rank: int().notNull().default(0),
      status: text().$type<Status>().notNull(),
      /** Waits for the trigger's slot (overlap `buffer_*`). */
      held: flag().notNull().default(false),
      /** The trigger whose only slot this execution occupies; null when it holds none. */
      slot: int(),
      owner: text(),
      /** Rises at each claim; whoever settles with an older number is refused. */
      fence: int().notNull().default(0),
      cancelRequestedAt: instant(),
      cancelReason: text(),
      reason: text(),
      reasonCode: text().$type<ReasonCode>(),
      output: text(),
      /** JSON: what the agent returned besides words. */
      outcome: text(),
      error: text(),
      tokensUsed: int().notNull().default(0),
      cost: real().notNull().default(0),
      /** Of an agent that has revisions. */
      agentRevision: int(),
      /** The model that it asked, by the provider's name for it. */
      model: text(),
      tokensIn: int().notNull().default(0),
      tokensOut: int().notNull().default(0),
      tokensCached: int().notNull().default(0),
      /** It has read text that came from outside. */
      tainted: flag().notNull().default(false),
      /** What it would have done is kept, and none of it was done. */
      staged: flag().notNull().default(false),
      /** What is kept of the budgets for it while it runs; null: nothing, it has not begun or has ended. */
      reservedTokens: int(),
      reservedCost: real(),
      /** A person has let it go beyond its budgets. */
      beyondBudget: flag().notNull().default(false),
      missedFrom: instant(),
      missedTo: instant(),
      missedCount: int(),
      /** Of what was missed: when somebody decided about it, so that it needs nobody any more. */
      seenToAt: instant(),
      /** How many facts it stands for, which lie in `execution_events`; null where no fact fired it. */
      eventCount: int(),
      /** The execution at the beginning of its chain, and the one that caused it; null where none did. */
      chainRootId: int(),
      chainCauseId: int(),
      /** How many executions lie before it in its chain. */
      chainDepth: int().notNull().default(0),
      /** The slot that it has or waits for; null: its trigger's own. */
      lane: int(),
      /** It gathers facts of this key, until it is available at the latest; null: it does not, or no longer. */
      collecting: text(),
      collectUntil: instant(),
    },
    (it) => [
      unique('executions_occurrence').on(it.triggerId, it.occurrence),
      index('executions_collecting').on(it.triggerId, it.collecting).where(sql`collecting is not null`),
      index('executions_gathering').on(it.workspaceId).where(sql`collecting is not null`),
      index('executions_caused').on(it.chainCauseId).where(sql`chain_cause_id is not null`),
      unique('executions_slot').on(it.slot).where(sql`slot is not null`),
      index('executions_newest').on(it.workspaceId, it.queuedAt, it.id),
      index('executions_of_trigger').on(it.triggerId, it.queuedAt, it.id),
      index('executions_by_status').on(it.workspaceId, it.status, it.queuedAt, it.id),
      index('executions_started').on(it.triggerId, it.startedAt).where(sql`started_at is not null`),
      index('executions_live').on(it.triggerId, it.id).where(isLive(sql`status`)),
      index('executions_queued')
        .on(it.workspaceId, it.rank, it.id, it.availableAt)
        .where(sql`status = ${status('queued')} and not held`),
      index('executions_asked').on(it.workspaceId, it.queuedAt).where(sql`model is not null`),
      index('executions_reserved').on(it.workspaceId, it.id).where(sql`reserved_tokens is not null`),
      index('executions_running')
        .on(it.owner, it.workspaceId)
        .where(sql`status = ${status('running')}`),
    ],
  )
  const executionSteps = table(
    'execution_steps',
    {
      executionId: int()
        .notNull()
        .references(() => executions.id, { onDelete: 'cascade' }),
      n: int().notNull(),
      attempt: int().notNull(),
      at: instant().notNull(),
      kind: text().notNull(),
      text: text().notNull(),
      data: text(),
    },
    (it) => [primaryKey({ columns: [it.executionId, it.n] })],
  )
  /** The facts that an execution stands for, in the order in which they came. */
  const executionEvents = table(
    'execution_events',
    {
      executionId: int()
        .notNull()
        .references(() => executions.id, { onDelete: 'cascade' }),
      n: int().notNull(),
      /** JSON, as `lib/contract/trigger-event.ts` has it. */
      event: text().notNull(),
    },
    (it) => [primaryKey({ columns: [it.executionId, it.n] })],
  )
  /** What triggers decided of facts and looks: equal neighbours are one row. */
  const evaluations = table(
    'evaluations',
    {
      id: id(),
      triggerId: int()
        .notNull()
        .references(() => triggers.id, { onDelete: 'cascade' }),
      firstAt: instant().notNull(),
      lastAt: instant().notNull(),
      count: int().notNull().default(1),
      source: text(),
      /** Of the last one that the row stands for, as is what follows. */
      eventId: int(),
      deliveryId: text(),
      /** JSON. */
      value: text(),
      verdict: text().$type<EvaluationVerdict>().notNull(),
      reason: text(),
      /** JSON: the comparisons. */
      trace: text().notNull().default('[]'),
      /** Of the execution that it became, if any. */
      occurrence: text(),
    },
    (it) => [
      index('evaluations_newest').on(it.triggerId, it.id),
      index('evaluations_of_event').on(it.triggerId, it.eventId).where(sql`event_id is not null`),
      index('evaluations_old').on(it.lastAt),
      index('evaluations_paused').on(it.triggerId, it.firstAt).where(sql`verdict = 'paused'`),
    ],
  )
  /** A result that is due: by when, and what is known where it did not come. One that came in time leaves no row. */
  const expectations = table(
    'expectations',
    {
      id: id(),
      workspaceId: int()
        .notNull()
        .references(() => workspaces.id, { onDelete: 'cascade' }),
      triggerId: int()
        .notNull()
        .references(() => triggers.id, { onDelete: 'cascade' }),
      /** Of which run; where any success counts, since which one (`after:<execution>`). */
      occurrence: text().notNull(),
      /** Which of what its trigger expects. */
      n: int().notNull(),
      anyRun: flag().notNull(),
      plannedAt: instant().notNull(),
      dueBy: instant().notNull(),
      state: text().$type<ExpectationState>().notNull(),
      known: text(),
      executionId: int(),
      missedAt: instant(),
      recoveredAt: instant(),
    },
    (it) => [
      unique('expectations_occurrence').on(it.triggerId, it.occurrence, it.n),
      index('expectations_workspace').on(it.workspaceId, it.id),
      index('expectations_due').on(it.state, it.dueBy),
    ],
  )
  /** What an agent has done already, for whoever continues its execution. */
  const executionCheckpoints = table(
    'execution_checkpoints',
    {
      executionId: int()
        .notNull()
        .references(() => executions.id, { onDelete: 'cascade' }),
      key: text().notNull(),
      /** JSON: what came of it. */
      value: text().notNull(),
      at: instant().notNull(),
    },
    (it) => [primaryKey({ columns: [it.executionId, it.key] })],
  )
  /** What runs ask people for. */
  const approvals = table(
    'approvals',
    {
      id: id(),
      workspaceId: int()
        .notNull()
        .references(() => workspaces.id, { onDelete: 'cascade' }),
      executionId: int()
        .notNull()
        .references(() => executions.id, { onDelete: 'cascade' }),
      triggerId: int().notNull(),
      /** Which part of the run asks: its answer is found under it. */
      place: text().notNull(),
      /** The step of the transcript that asks. */
      step: int(),
      kind: text().$type<ApprovalKind>().notNull(),
      tool: text(),
      effect: text().$type<Effect>(),
      /** JSON, exactly as they will be used. */
      arguments: text(),
      argumentsHash: text(),
      summary: text().notNull(),
      why: text().$type<AskedWhy>().notNull(),
      question: text(),
      /** JSON: the answers to choose from. */
      options: text(),
      status: text().$type<ApprovalStatus>().notNull().default('pending'),
      requestedAt: instant().notNull(),
      expiresAt: instant().notNull(),
      onExpiry: text().$type<OnExpiry>().notNull(),
      requiredRole: text().$type<Role>().notNull(),
      requireOther: flag().notNull(),
      decidedBy: text(),
      decidedName: text(),
      decidedAt: instant(),
      decidedVia: text(),
      note: text(),
      /** JSON: what was approved in place of `arguments`. */
      editedArguments: text(),
      editedHash: text(),
      /** JSON: the answer to a question. */
      answer: text(),
    },
    (it) => [
      unique('approvals_place').on(it.executionId, it.place),
      index('approvals_newest').on(it.workspaceId, it.id),
      index('approvals_pending').on(it.workspaceId, it.id).where(sql`status = 'pending'`),
      index('approvals_expiring').on(it.expiresAt).where(sql`status = 'pending'`),
      index('approvals_alike').on(it.triggerId, it.tool, it.argumentsHash).where(sql`status = 'pending'`),
    ],
  )
  /** Approvals that a person has had remembered: the same call of the same schedule is not asked for again. */
  const approvalGrants = table(
    'approval_grants',
    {
      id: id(),
      workspaceId: int()
        .notNull()
        .references(() => workspaces.id, { onDelete: 'cascade' }),
      triggerId: int()
        .notNull()
        .references(() => triggers.id, { onDelete: 'cascade' }),
      approvalId: int(),
      tool: text().notNull(),
      argumentsHash: text().notNull(),
      summary: text().notNull(),
      maxUses: int(),
      uses: int().notNull().default(0),
      until: instant(),
      createdBy: text().notNull(),
      createdName: text().notNull(),
      createdAt: instant().notNull(),
      lastUsedAt: instant(),
      /** JSON: which arguments it holds for; null: for just those of the hash. */
      filter: text(),
    },
    (it) => [index('approval_grants_alike').on(it.triggerId, it.tool, it.argumentsHash)],
  )
  /** Counted in the transaction that settles, so that a year of statistics reads a year of rows. */
  const executionDays = table(
    'execution_days',
    {
      workspaceId: int()
        .notNull()
        .references(() => workspaces.id, { onDelete: 'cascade' }),
      /** UTC, `2026-11-23`. */
      day: text().notNull(),
      triggerId: int().notNull(),
      total: int().notNull().default(0),
      success: int().notNull().default(0),
      failed: int().notNull().default(0),
      cancelled: int().notNull().default(0),
      skipped: int().notNull().default(0),
      missed: int().notNull().default(0),
      durationMs: int().notNull().default(0),
      tokensUsed: int().notNull().default(0),
    },
    (it) => [primaryKey({ columns: [it.workspaceId, it.day, it.triggerId] })],
  )

  const messages = table(
    'messages',
    {
      id: id(),
      workspaceId: int()
        .notNull()
        .references(() => workspaces.id, { onDelete: 'cascade' }),
      kind: text().$type<Message['kind']>().notNull(),
      prompt: text().notNull(),
      response: text(),
      text: text().notNull(),
      userId: text(),
      authorName: text().notNull(),
      threadId: int(),
      triggerId: int(),
      executionId: int().references(() => executions.id, { onDelete: 'set null' }),
      clientId: text(),
      /** Of a result that says what the one of its trigger before it said: the first of these. */
      foldedInto: int(),
      /** JSON: the ids of the people whom it names with an `@`; null: none. */
      mentions: text(),
      /** JSON: the agents that it asks, and for whom, until each has its run; null: nobody, or all have. */
      asks: text(),
      /** False: archived, or kept out of the chat by the trigger's `post` policy. */
      include: flag().notNull().default(true),
      /** 1 when it appears; rises with every change. */
      version: int().notNull().default(1),
      /** When a person last changed the words. */
      editedAt: instant(),
      /** Since then its words are gone; its place is kept. */
      deletedAt: instant(),
      createdAt: instant().notNull(),
      updatedAt: instant().notNull(),
    },
    (it) => [
      index('messages_thread').on(it.threadId, it.id).where(sql`thread_id is not null`),
      unique('messages_execution').on(it.executionId).where(sql`execution_id is not null`),
      unique('messages_client').on(it.workspaceId, it.userId, it.clientId).where(sql`client_id is not null`),
      index('messages_feed').on(it.workspaceId, it.include, it.id),
      index('messages_said').on(it.workspaceId, it.createdAt, it.id),
      index('messages_asking').on(it.id).where(sql`asks is not null`),
    ],
  )
  /** How far somebody, a person or a key, has read: in the chat, or (`threadId`) in one thread of it. */
  const messageReads = table(
    'message_reads',
    {
      workspaceId: int()
        .notNull()
        .references(() => workspaces.id, { onDelete: 'cascade' }),
      readerId: text().notNull(),
      /** 0: the chat as a whole. */
      threadId: int().notNull().default(0),
      upTo: int().notNull(),
      updatedAt: instant().notNull(),
    },
    (it) => [primaryKey({ columns: [it.workspaceId, it.readerId, it.threadId] })],
  )
  /** Pointers, not content: what an event says is read from the rows it points to when it is told. */
  const events = table(
    'events',
    {
      workspaceId: int()
        .notNull()
        .references(() => workspaces.id, { onDelete: 'cascade' }),
      seq: int().notNull(),
      at: instant().notNull(),
      type: text().$type<EventType>().notNull(),
      /** How many numbers the row stands for: its own is the last of them. */
      span: int().notNull().default(1),
      /** The types of the others, in order, with commas between. */
      precededBy: text(),
      triggerId: int(),
      executionId: int(),
      messageId: int(),
      /** JSON, for what cannot be looked up later. */
      data: text(),
      /** What triggers know it as, where its own type is not enough to say so. */
      factType: text(),
      /** JSON: when it occurred, who did it, from which source it came, and its own data. */
      fact: text(),
      /** Whoever hands the same fact in again is told of this one. */
      dedupeKey: text(),
    },
    (it) => [
      primaryKey({ columns: [it.workspaceId, it.seq] }),
      index('events_at').on(it.at),
      index('events_dedupe').on(it.workspaceId, it.dedupeKey).where(sql`dedupe_key is not null`),
    ],
  )

  const documents = table(
    'documents',
    {
      id: id(),
      workspaceId: int()
        .notNull()
        .references(() => workspaces.id, { onDelete: 'cascade' }),
      name: text().notNull(),
      /** What it says, as text; empty where that is not known. */
      content: text().notNull(),
      mediaType: text().notNull().default('text/plain'),
      /** Of the original, as is its hash; null: it was kept before hashes were. */
      bytes: int().notNull(),
      sha256: text(),
      /** Rises with other bytes. */
      version: int().notNull().default(1),
      status: text().$type<DocumentStatus>().notNull().default('ready'),
      /** Why its text is not known. */
      problem: text(),
      /** Null: it is counted when it is asked for. */
      textLength: int(),
      sourceKind: text().$type<DocumentSource>(),
      sourceRef: text(),
      /** Until then one server reads its text; afterwards whoever is alive takes it up. */
      leaseUntil: instant(),
      /** How often somebody began to. */
      attempts: int().notNull().default(0),
      /** By which model its vectors were made, and of which version: see db/queries/vectors.ts. */
      embedded: text(),
      /** Until then one server has them made. */
      embeddingUntil: instant(),
      /** What it says came from outside. */
      tainted: flag().notNull().default(false),
      createdBy: text(),
      createdAt: instant().notNull(),
      updatedAt: instant(),
    },
    (it) => [
      index('documents_workspace').on(it.workspaceId, it.createdAt),
      index('documents_source').on(it.workspaceId, it.sourceRef),
      index('documents_extracting').on(it.leaseUntil).where(sql`status = 'extracting'`),
    ],
  )
  /** The original of a document that is not just its text, as base64 in pieces that no statement chokes on. */
  const documentPieces = table(
    'document_pieces',
    {
      documentId: int()
        .notNull()
        .references(() => documents.id, { onDelete: 'cascade' }),
      n: int().notNull(),
      base64: text().notNull(),
    },
    (it) => [primaryKey({ columns: [it.documentId, it.n] })],
  )

  /** What passages of a document mean, as a model of embeddings sees it; of the version that `embedded` names. */
  const documentVectors = table(
    'document_vectors',
    {
      documentId: int()
        .notNull()
        .references(() => documents.id, { onDelete: 'cascade' }),
      n: int().notNull(),
      /** Where the passage stands in the text, in characters as databases count them. */
      start: int().notNull(),
      length: int().notNull(),
      /** A byte a dimension, as base64: see lib/documents/vectors.ts. */
      vector: text().notNull(),
    },
    (it) => [primaryKey({ columns: [it.documentId, it.n] })],
  )

  /** An agent that people wrote; what it is stands in its newest revision. */
  const agents = table(
    'agents',
    {
      workspaceId: int()
        .notNull()
        .references(() => workspaces.id, { onDelete: 'cascade' }),
      /** Its name in addresses and schedules. */
      id: text().notNull(),
      revision: int().notNull().default(1),
      /** JSON: its settings, as `lib/contract/custom-agent.ts` has them. */
      config: text().notNull(),
      createdBy: text(),
      createdAt: instant().notNull(),
      updatedAt: instant().notNull(),
    },
    (it) => [primaryKey({ columns: [it.workspaceId, it.id] })],
  )
  const agentRevisions = table(
    'agent_revisions',
    {
      workspaceId: int()
        .notNull()
        .references(() => workspaces.id, { onDelete: 'cascade' }),
      agentId: text().notNull(),
      revision: int().notNull(),
      config: text().notNull(),
      changedBy: text(),
      createdAt: instant().notNull(),
    },
    (it) => [primaryKey({ columns: [it.workspaceId, it.agentId, it.revision] })],
  )
  /** What may be spent in a period. */
  const budgets = table(
    'budgets',
    {
      id: id(),
      /** Null: all workspaces together. */
      workspaceId: int().references(() => workspaces.id, { onDelete: 'cascade' }),
      scope: text().$type<BudgetScope>().notNull(),
      /** Of an agent or a trigger: its id. */
      scopeId: text(),
      period: text().$type<BudgetPeriod>().notNull(),
      tokens: int(),
      cost: real(),
      warnAt: real().notNull(),
      over: text().$type<BudgetOver>().notNull(),
      createdAt: instant().notNull(),
    },
    (it) => [index('budgets_workspace').on(it.workspaceId, it.id)],
  )
  /** What was told of a budget: once a period. */
  const budgetNotices = table(
    'budget_notices',
    {
      budgetId: int()
        .notNull()
        .references(() => budgets.id, { onDelete: 'cascade' }),
      /** The instant at which the period began. */
      period: instant().notNull(),
      kind: text().notNull(),
      at: instant().notNull(),
    },
    (it) => [primaryKey({ columns: [it.budgetId, it.period, it.kind] })],
  )
  /** Where models are asked. */
  const modelProviders = table(
    'model_providers',
    {
      id: id(),
      /** Null: for all workspaces. */
      workspaceId: int().references(() => workspaces.id, { onDelete: 'cascade' }),
      name: text().notNull(),
      kind: text().notNull(),
      baseUrl: text(),
      /** Sealed. */
      apiKey: text(),
      apiKeyHint: text(),
      defaultModel: text(),
      embeddingModel: text(),
      /** It may be on the own machine or network: for an administrator of the installation to say. */
      allowPrivate: flag().notNull().default(false),
      createdAt: instant().notNull(),
      updatedAt: instant().notNull(),
    },
    (it) => [index('model_providers_workspace').on(it.workspaceId, it.id)],
  )
  /** Through which server mail is sent. */
  const mailSettings = table('mail_settings', {
    /** `installation`, or `workspace` and its id: there is one of each. */
    scope: text().primaryKey(),
    workspaceId: int().references(() => workspaces.id, { onDelete: 'cascade' }),
    host: text().notNull(),
    port: int().notNull(),
    secure: flag().notNull(),
    user: text(),
    /** Sealed, or the name of a secret. */
    password: text(),
    from: text().notNull(),
    updatedBy: text().notNull(),
    updatedAt: instant().notNull(),
  })
  /** By name, for whatever takes a header or another setting in confidence. */
  const secrets = table(
    'secrets',
    {
      workspaceId: int()
        .notNull()
        .references(() => workspaces.id, { onDelete: 'cascade' }),
      name: text().notNull(),
      /** Sealed. */
      value: text().notNull(),
      updatedBy: text().notNull(),
      updatedAt: instant().notNull(),
    },
    (it) => [primaryKey({ columns: [it.workspaceId, it.name] })],
  )
  /** Servers of tools, by the Model Context Protocol. */
  const mcpServers = table(
    'mcp_servers',
    {
      id: id(),
      workspaceId: int()
        .notNull()
        .references(() => workspaces.id, { onDelete: 'cascade' }),
      /** Stands before the names of its tools, and stays. */
      slug: text().notNull(),
      name: text().notNull(),
      transport: text().notNull(),
      url: text(),
      /** JSON, as `args`, `env`, `toolPolicy` and `tools` are; what is given in confidence is sealed. */
      headers: text().notNull().default('{}'),
      command: text(),
      args: text().notNull().default('[]'),
      env: text().notNull().default('{}'),
      toolPolicy: text().notNull().default('{}'),
      enabled: flag().notNull().default(true),
      /** As they were accepted, and as they were seen last; null: it was never seen. */
      tools: text(),
      status: text().notNull(),
      problem: text(),
      checkedAt: instant(),
      /** Sealed: what it was signed in to with; and until when that holds. */
      grantedAccess: text(),
      expiresAt: instant(),
      createdBy: text().notNull(),
      createdAt: instant().notNull(),
      updatedAt: instant().notNull(),
    },
    (it) => [unique('mcp_servers_slug').on(it.workspaceId, it.slug)],
  )

  /** Places outside that events come from. */
  const sources = table(
    'sources',
    {
      id: id(),
      workspaceId: int()
        .notNull()
        .references(() => workspaces.id, { onDelete: 'cascade' }),
      name: text().notNull(),
      kind: text().$type<SourceKind>().notNull(),
      /** JSON; what is given in confidence is sealed. */
      config: text().notNull(),
      everySeconds: int().notNull(),
      /** JSON: how far it was looked at, as its kind has it; null: it never was. */
      cursor: text(),
      /** What was there by then brought no events, and why that was not at the first look. */
      baselineAt: instant(),
      baselineReason: text(),
      status: text().$type<SourceStatus>().notNull().default('ok'),
      lastError: text(),
      /** How many looks in a row came to nothing. */
      failures: int().notNull().default(0),
      lastCheckedAt: instant(),
      /** When it is looked at next. */
      dueAt: instant().notNull(),
      /** Until then one server looks after it; afterwards whoever is alive takes it up. */
      heldBy: text(),
      heldUntil: instant(),
      /** Rises with whatever changes what a look goes by: one that began before counts for nothing. */
      version: int().notNull().default(1),
      createdBy: text().notNull(),
      createdAt: instant().notNull(),
      updatedAt: instant().notNull(),
    },
    (it) => [index('sources_workspace').on(it.workspaceId), index('sources_held').on(it.heldUntil)],
  )

  /** Days on which the schedules that name them do not run. */
  const calendars = table(
    'calendars',
    {
      id: id(),
      workspaceId: int()
        .notNull()
        .references(() => workspaces.id, { onDelete: 'cascade' }),
      name: text().notNull(),
      /** JSON: days such as 2026-12-25, in their order; those of an address as they were read last. */
      dates: text().notNull().default('[]'),
      /** Sealed: who has it can read the calendar. Null: its days are entered. */
      icsUrl: text(),
      status: text().$type<CalendarStatus>().notNull().default('ok'),
      lastError: text(),
      /** What of the calendar was left out. */
      note: text(),
      /** How many times in a row it could not be read. */
      failures: int().notNull().default(0),
      lastCheckedAt: instant(),
      /** When its days were read, and not only said to be as before. */
      readAt: instant(),
      /** JSON: by which its server tells whether it has changed since. */
      validators: text(),
      /** When it is read next; null: there is nothing to read. */
      dueAt: instant(),
      /** Until then one server reads it. */
      heldBy: text(),
      heldUntil: instant(),
      revision: int().notNull().default(1),
      createdBy: text().notNull(),
      createdAt: instant().notNull(),
      updatedAt: instant().notNull(),
    },
    (it) => [index('calendars_workspace').on(it.workspaceId), index('calendars_due').on(it.dueAt)],
  )

  /** Schedules that were put forward in words, or by an agent: nothing runs before somebody confirms one. */
  const proposals = table(
    'proposals',
    {
      id: id(),
      workspaceId: int()
        .notNull()
        .references(() => workspaces.id, { onDelete: 'cascade' }),
      /** What was said. */
      text: text().notNull(),
      source: text().$type<ProposalSource>().notNull(),
      /** JSON: the trigger as it would be made; what its context holds in confidence is sealed. */
      trigger: text().notNull(),
      /** JSON: what was taken without being said. */
      notes: text().notNull().default('[]'),
      createdBy: text().notNull(),
      createdByName: text().notNull(),
      /** The run of the agent that made it; its number there says which call did, so that none makes two. */
      executionId: int(),
      key: text(),
      createdAt: instant().notNull(),
      expiresAt: instant().notNull(),
      confirmedBy: text(),
      confirmedByName: text(),
      confirmedAt: instant(),
      triggerId: int(),
    },
    (it) => [
      index('proposals_workspace').on(it.workspaceId, it.id),
      index('proposals_expire').on(it.expiresAt),
      unique('proposals_key').on(it.workspaceId, it.key).where(sql`key is not null`),
    ],
  )

  /** Code from elsewhere that agents run, once an administrator has accepted it. */
  const skills = table(
    'skills',
    {
      id: id(),
      workspaceId: int()
        .notNull()
        .references(() => workspaces.id, { onDelete: 'cascade' }),
      /** The name that it has in schedules and tools. */
      hubId: text().notNull(),
      format: text().$type<SkillFormat>().notNull(),
      status: text().$type<SkillStatus>().notNull(),
      source: text().$type<SkillSource>().notNull(),
      /** Of its files, which lie in `skill_pieces`. */
      sha256: text().notNull(),
      bytes: int().notNull(),
      /** Rises with other files. */
      version: int().notNull().default(1),
      /** JSON, as `setup` and `grants` are: what it says of itself. */
      manifest: text().notNull(),
      /** What is given in confidence is sealed. */
      setup: text().notNull().default('{}'),
      grants: text(),
      acceptedSha256: text(),
      acceptedBy: text(),
      acceptedAt: instant(),
      /** Null: it was found in a folder of the server. */
      createdBy: text(),
      createdAt: instant().notNull(),
      updatedBy: text(),
      updatedAt: instant().notNull(),
    },
    (it) => [unique('skills_hub_id').on(it.workspaceId, it.hubId)],
  )
  /** Its files, packed, as base64 in pieces that no statement chokes on. */
  const skillPieces = table(
    'skill_pieces',
    {
      skillId: int()
        .notNull()
        .references(() => skills.id, { onDelete: 'cascade' }),
      n: int().notNull(),
      base64: text().notNull(),
    },
    (it) => [primaryKey({ columns: [it.skillId, it.n] })],
  )

  /** Where calls to a trigger come in, and what they are signed with: what is given in confidence is sealed. */
  const webhooks = table('webhooks', {
    triggerId: int()
      .primaryKey()
      .references(() => triggers.id, { onDelete: 'cascade' }),
    tokenHash: text().notNull().unique(),
    token: text().notNull(),
    secret: text().notNull(),
    /** The one before, as long as both count. */
    previousSecret: text(),
    previousValidUntil: instant(),
    createdAt: instant().notNull(),
    changedAt: instant().notNull(),
  })
  /** Every call to a webhook: whoever takes one in keeps it before it fires, so that it is not lost in between. */
  const webhookDeliveries = table(
    'webhook_deliveries',
    {
      id: id(),
      triggerId: int()
        .notNull()
        .references(() => triggers.id, { onDelete: 'cascade' }),
      deliveryId: text().notNull(),
      /** Its id, where it is the first with it: unique, so that of two at the same moment one is the first. */
      first: text(),
      /** What it was signed with, where that says nothing of its id. */
      signature: text(),
      receivedAt: instant().notNull(),
      /** Null: taken in, and what becomes of it is not known yet. */
      verdict: text().$type<DeliveryVerdict>(),
      status: int().notNull(),
      bytes: int().notNull(),
      remoteAddress: text(),
      reason: text(),
      executionId: int(),
      replayOf: text(),
      /** JSON; what is secret is masked. */
      headers: text().notNull().default('{}'),
      query: text().notNull().default('{}'),
      bodyHash: text().notNull().default(''),
      /** Null: not kept, or no longer. */
      body: text(),
      /** It is no text, and stands as base64. */
      isBase64: flag().notNull().default(false),
      /** JSON: how it was judged by the filter. */
      trace: text().notNull().default('[]'),
    },
    (it) => [
      unique('webhook_deliveries_first').on(it.triggerId, it.first),
      unique('webhook_deliveries_signature').on(it.triggerId, it.signature),
      index('webhook_deliveries_newest').on(it.triggerId, it.id),
      index('webhook_deliveries_named').on(it.triggerId, it.deliveryId),
      index('webhook_deliveries_received').on(it.receivedAt),
      index('webhook_deliveries_bodies').on(it.receivedAt).where(sql`body is not null`),
      index('webhook_deliveries_brief').on(it.receivedAt).where(sql`verdict in ('refused', 'duplicate')`),
      index('webhook_deliveries_open').on(it.id).where(sql`verdict is null`),
    ],
  )

  /** Where people are told. */
  const channels = table(
    'channels',
    {
      id: id(),
      /** Null: it is a person's own. */
      workspaceId: int().references(() => workspaces.id, { onDelete: 'cascade' }),
      /** Whose own it is; null: a workspace's. */
      userId: text(),
      name: text().notNull(),
      /** A name of `lib/delivery/channels`. */
      kind: text().notNull(),
      /** JSON; what is given in confidence is sealed. */
      config: text().notNull(),
      /** JSON: from, to and the zone; null: it never rests. */
      quietHours: text(),
      /** The time of day at which what has gathered goes as one; null: at once. */
      digestAt: text(),
      maxPerHour: int().notNull().default(20),
      enabled: flag().notNull().default(true),
      /** Why it was switched off by what its receiver answered. */
      problem: text(),
      createdBy: text(),
      createdAt: instant().notNull(),
      updatedAt: instant().notNull(),
    },
    (it) => [
      index('channels_workspace').on(it.workspaceId, it.id),
      index('channels_person').on(it.userId, it.id).where(sql`user_id is not null`),
    ],
  )
  /** Browsers in which somebody has turned notifications on. */
  const pushBrowsers = table(
    'push_browsers',
    {
      id: id(),
      userId: text()
        .notNull()
        .references(() => user.id, { onDelete: 'cascade' }),
      /** Of the address: one browser, whoever uses it. */
      digest: text().notNull(),
      /** Sealed JSON: where it is reached, and what only it can read with. */
      subscription: text().notNull(),
      /** What it calls itself. */
      name: text().notNull(),
      createdAt: instant().notNull(),
    },
    (it) => [
      unique('push_browsers_digest').on(it.digest),
      index('push_browsers_person').on(it.userId, it.id),
    ],
  )
  /** Addresses at which calendar programs read what comes, one a person and workspace. */
  const calendarFeeds = table(
    'calendar_feeds',
    {
      id: id(),
      userId: text()
        .notNull()
        .references(() => user.id, { onDelete: 'cascade' }),
      workspaceId: int()
        .notNull()
        .references(() => workspaces.id, { onDelete: 'cascade' }),
      /** The address itself is told once and kept by nobody. */
      tokenHash: text().notNull(),
      createdAt: instant().notNull(),
      /** When it was last read, to the hour. */
      readAt: instant(),
    },
    (it) => [
      unique('calendar_feeds_token').on(it.tokenHash),
      unique('calendar_feeds_person').on(it.userId, it.workspaceId),
    ],
  )
  /** What is told where. */
  const deliveryRules = table(
    'delivery_rules',
    {
      id: id(),
      workspaceId: int()
        .notNull()
        .references(() => workspaces.id, { onDelete: 'cascade' }),
      channelId: int()
        .notNull()
        .references(() => channels.id, { onDelete: 'cascade' }),
      /** Each between commas, as `events` are; null: of every trigger. */
      triggerIds: text(),
      events: text().notNull(),
      afterFailures: int().notNull().default(1),
      repeat: text().$type<Repeat>().notNull().default('once'),
      recoverAfter: int().notNull().default(1),
      createdBy: text(),
      createdAt: instant().notNull(),
      updatedAt: instant().notNull(),
    },
    (it) => [
      index('delivery_rules_workspace').on(it.workspaceId, it.id),
      index('delivery_rules_channel').on(it.channelId),
    ],
  )
  /** A trigger that fails, for one cause, until it does not any more. */
  const incidents = table(
    'incidents',
    {
      id: id(),
      workspaceId: int()
        .notNull()
        .references(() => workspaces.id, { onDelete: 'cascade' }),
      triggerId: int()
        .notNull()
        .references(() => triggers.id, { onDelete: 'cascade' }),
      /** What its failures have in common: lib/contract/incident.ts. */
      cause: text().notNull(),
      /** The newest, in its words. */
      error: text(),
      count: int().notNull().default(1),
      /** Of the trigger, since its last failure. */
      successes: int().notNull().default(0),
      firstAt: instant().notNull(),
      lastAt: instant().notNull(),
      firstExecutionId: int().notNull(),
      lastExecutionId: int().notNull(),
      acknowledgedBy: text(),
      acknowledgedAt: instant(),
      closedAt: instant(),
      /** The execution that closed it. */
      closedBy: int(),
    },
    (it) => [
      unique('incidents_open').on(it.triggerId, it.cause).where(sql`closed_at is null`),
      index('incidents_workspace').on(it.workspaceId, it.id),
      index('incidents_trigger').on(it.triggerId, it.closedAt),
    ],
  )
  /** Where an incident was told, and its end was not yet. */
  const incidentTellings = table(
    'incident_tellings',
    {
      incidentId: int()
        .notNull()
        .references(() => incidents.id, { onDelete: 'cascade' }),
      channelId: int()
        .notNull()
        .references(() => channels.id, { onDelete: 'cascade' }),
    },
    (it) => [
      primaryKey({ columns: [it.incidentId, it.channelId] }),
      index('incident_tellings_channel').on(it.channelId),
    ],
  )
  /** What is to be told of one fact by one rule, or why it is not; and how that went. */
  const deliveries = table(
    'deliveries',
    {
      id: id(),
      workspaceId: int()
        .notNull()
        .references(() => workspaces.id, { onDelete: 'cascade' }),
      /** It may be there no more, as its rule may. */
      channelId: int().notNull(),
      channelName: text().notNull(),
      /** Null: a person has it sent again. */
      ruleId: int(),
      triggerId: int(),
      executionId: int().references(() => executions.id, { onDelete: 'cascade' }),
      incidentId: int(),
      /** Which fact: of one a rule hears once. */
      subject: text(),
      /** What the fact is, each between commas; once it is judged, what is said of it. */
      facts: text().notNull(),
      /** Of a failure, the how manieth of its incident; of a success, since the last failure. */
      nth: int().notNull().default(0),
      /** What happened, where no execution says it. */
      words: text(),
      status: text().$type<KeptDeliveryStatus>().notNull().default('new'),
      /** Why it waits, or is not sent. */
      reason: text(),
      /** JSON: what the receiver is told. */
      message: text(),
      /** JSON: each try, with what came of it. */
      attempts: text().notNull().default('[]'),
      tries: int().notNull().default(0),
      /** When somebody looks at it next; while it is sent, when its sender is taken for dead. */
      nextAttemptAt: instant(),
      /** When it went, or was to go, for the first time: so many an hour. */
      goesAt: instant(),
      /** The delivery whose message says this one, too. */
      foldedInto: int(),
      resendOf: int(),
      /** Who is sending it just now. */
      owner: text(),
      createdAt: instant().notNull(),
      updatedAt: instant().notNull(),
    },
    (it) => [
      unique('deliveries_subject').on(it.ruleId, it.subject),
      index('deliveries_workspace').on(it.workspaceId, it.id),
      index('deliveries_execution').on(it.executionId),
      index('deliveries_channel').on(it.channelId, it.goesAt),
      index('deliveries_new').on(it.workspaceId, it.id).where(sql`status = 'new'`),
      index('deliveries_due').on(it.nextAttemptAt).where(sql`next_attempt_at is not null`),
      index('deliveries_folded').on(it.foldedInto).where(sql`folded_into is not null`),
      index('deliveries_created').on(it.createdAt),
    ],
  )

  /** Who is alive: an execution whose owner is not is recovered. */
  const servers = table('servers', {
    id: text().primaryKey(),
    startedAt: instant().notNull(),
    seenAt: instant().notNull(),
    role: text().notNull(),
    version: text().notNull(),
  })
  /** Who changed what: only added to, in the transaction of what it tells of. */
  const auditEntries = table(
    'audit_entries',
    {
      id: id(),
      /** Null: of the installation. */
      workspaceId: int().references(() => workspaces.id, { onDelete: 'cascade' }),
      at: instant().notNull(),
      actorKind: text().notNull(),
      actorId: text(),
      actorName: text().notNull(),
      via: text().notNull(),
      remoteAddress: text(),
      action: text().notNull(),
      objectKind: text().notNull(),
      objectId: text(),
      objectName: text(),
    },
    (it) => [index('audit_entries_workspace').on(it.workspaceId, it.id)],
  )
  /** What is known once the change is made: what it made, and which fields are another. */
  const auditDetails = table('audit_details', {
    entryId: int()
      .primaryKey()
      .references(() => auditEntries.id, { onDelete: 'cascade' }),
    objectId: text(),
    objectName: text(),
    /** JSON; secrets are masks. */
    changes: text().notNull().default('[]'),
  })
  /** Which version of the product was begun when: a row where it is another than the last. */
  const productVersions = table('product_versions', {
    id: id(),
    version: text().notNull(),
    since: instant().notNull(),
  })
  /** When nothing could fire, and why: a missed instant inside says so in words. */
  const outages = table(
    'outages',
    {
      id: id(),
      kind: text().$type<OutageKind>().notNull(),
      reason: text().notNull(),
      startedAt: instant().notNull(),
      endedAt: instant(),
    },
    (it) => [index('outages_ended').on(it.endedAt)],
  )
  /**
   * What things of a workspace are called in files, whatever their ids. Given to those that have none when they are
   * first asked for theirs; of custom agents the id is the key.
   */
  const resourceKeys = table(
    'resource_keys',
    {
      workspaceId: int()
        .notNull()
        .references(() => workspaces.id, { onDelete: 'cascade' }),
      /** A word of `lib/contract/exchange.ts`. */
      kind: text().notNull(),
      key: text().notNull(),
      /** Null: somebody is just making the thing that is going to have it. */
      objectId: int(),
      since: instant().notNull(),
    },
    (it) => [
      primaryKey({ columns: [it.workspaceId, it.kind, it.key] }),
      unique('resource_keys_object').on(it.workspaceId, it.kind, it.objectId),
    ],
  )
  /** What an import would change: as it was planned, and what it was planned from. */
  const importPlans = table(
    'import_plans',
    {
      id: text().primaryKey(),
      workspaceId: int()
        .notNull()
        .references(() => workspaces.id, { onDelete: 'cascade' }),
      /** JSON: the document, as it was read. */
      document: text().notNull(),
      prune: flag().notNull(),
      /** JSON: of each thing that it touches, a print of what it was; null: it was not there. */
      seen: text().notNull(),
      createdBy: text().notNull(),
      createdAt: instant().notNull(),
      expiresAt: instant().notNull(),
      appliedAt: instant(),
    },
    (it) => [index('import_plans_created').on(it.createdAt)],
  )
  const settings = table('settings', { name: text().primaryKey(), value: text().notNull() })
  const idempotencyKeys = table(
    'idempotency_keys',
    {
      actor: text().notNull(),
      key: text().notNull(),
      fingerprint: text().notNull(),
      status: int(),
      answer: text(),
      createdAt: instant().notNull(),
    },
    (it) => [primaryKey({ columns: [it.actor, it.key] }), index('idempotency_created').on(it.createdAt)],
  )

  return {
    user,
    session,
    account,
    verification,
    workspaces,
    members,
    invitations,
    apiKeys,
    triggers,
    triggerRevisions,
    triggerNotes,
    triggerMemory,
    conditionStates,
    conditionSamples,
    executions,
    executionSteps,
    executionEvents,
    evaluations,
    expectations,
    executionCheckpoints,
    executionDays,
    approvals,
    approvalGrants,
    messages,
    messageReads,
    events,
    documents,
    documentPieces,
    documentVectors,
    agents,
    agentRevisions,
    modelProviders,
    mailSettings,
    secrets,
    mcpServers,
    sources,
    calendars,
    proposals,
    skills,
    skillPieces,
    webhooks,
    webhookDeliveries,
    budgets,
    budgetNotices,
    channels,
    pushBrowsers,
    calendarFeeds,
    deliveryRules,
    incidents,
    incidentTellings,
    deliveries,
    servers,
    auditEntries,
    auditDetails,
    productVersions,
    outages,
    resourceKeys,
    importPlans,
    settings,
    idempotencyKeys,
  }
}

export type Tables = ReturnType<typeof tables>
