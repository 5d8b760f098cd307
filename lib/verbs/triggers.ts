/**
 * Triggers: plan, change, pause, run now, backfill, look ahead and back.
 *
 * Promise: a bad configuration is refused with the field and the remedy, and changes
 * nothing; an edit never loses another's (it is made again on what is there); nothing
 * has to be reloaded: a change is a row, and the loop looks at once.
 */
import { randomUUID } from 'node:crypto'
import { gatheredAmong } from '#db/queries/evaluations.ts'
import * as executions from '#db/queries/executions.ts'
import { standingOf } from '#db/queries/due.ts'
import * as revisions from '#db/queries/revisions.ts'
import { seeToWithin } from '#db/queries/overview.ts'
import * as triggers from '#db/queries/triggers.ts'
import type { TriggerConfig, TriggerRow } from '#db/queries/triggers.ts'
import { type Clock, days } from '../clock.ts'
import type { AnswerOf, Api, BodyOf, QueryOf } from '../contract/api.ts'
import type { By } from '../contract/by.ts'
import { EventTrigger } from '../contract/event-trigger.ts'
import type { Execution } from '../contract/execution.ts'
import { changedMeanwhile, notFound, ProblemError, unacceptable } from '../contract/problem.ts'
import { isLookedAt } from '../contract/readiness.ts'
import { calendarsNamedIn } from '../engine/calendars/using.ts'
import { sourcesNamedIn } from '../engine/sources/using.ts'
import {
  type Health,
  type NewTrigger,
  type Preview,
  RESTORABLE_DAYS,
  type Trigger,
  type TriggerChange,
  type TriggerStats,
} from '../contract/trigger.ts'
import type { TriggerEvent } from '../contract/trigger-event.ts'
import { judgePattern, zoneFaults } from '../recurrence/index.ts'
import { NEVER_RAN, isOneOf } from '../contract/states.ts'
import { daysOffOf } from '../engine/calendars/known.ts'
import { nextOf } from '../engine/calendars/coming.ts'
import { faultsOfExpect } from '../engine/deadlines.ts'
import { before, boundedBy } from '../engine/instants.ts'
import { CHAT, faultsOf, followsClock, judge, timesOf } from '../triggers/index.ts'
import { backfillCalls } from './calls-of-a-pause.ts'
import { isWatchedAnew, keptConditions, watchAnew, withStates } from './conditions.ts'
import { type ContextFault, judgedContext, refusalOf } from './contexts.ts'
import { requireCalendars } from './named-calendars.ts'
import { requireSources } from './heard-sources.ts'
import { keyed, madeAs, renamed, requireFree } from './keys.ts'
import { namedAnew, namedIn } from './naming.ts'
import type { Deps } from './deps.ts'
import { factsBetween, known as knownEvent } from './happenings.ts'
import { broughtBack, changed, type Editing, made, restored, toggled } from './editing.ts'
import { inOrder } from './in-order.ts'
import { requireRoom } from './quotas.ts'
import { madeUp, request, requested } from './requesting.ts'
import { objectOf, percentiles, previewOfPattern, previewOfTrigger, toTrigger } from './showing.ts'

const EDIT_TRIES = 5
const MOST_BACKFILLED = 1000
const BACKFILL_PAGE = 50
const restorableSince = (clock: Clock) => new Date(clock.now().getTime() - days(RESTORABLE_DAYS))

async function found({ store }: Pick<Deps, 'store'>, workspaceId: number, id: number): Promise<TriggerRow> {
  const row = await triggers.get(store, workspaceId, id)
  if (!row) throw notFound('schedule')
  return row
}

/** What somebody should look at first. */
const TROUBLE_FIRST: readonly Health[] = [
  ...(['broken', 'disabled', 'unready', 'failing', 'paused', 'new', 'healthy', 'ended'] as const),
]

/** As they were made; or those in trouble first. */
export async function list(
  deps: Pick<Deps, 'store' | 'clock'>,
  workspaceId: number,
  { sort, health, ...query }: QueryOf<Api['listTriggers']>,
): Promise<{ triggers: Trigger[]; nextCursor: string | null }> {
  if (sort !== 'trouble') return asMade(deps, workspaceId, { health, ...query })
  const states = TROUBLE_FIRST.filter((it) => health === undefined || it === health)
  const { items, nextCursor } = await inOrder(states, query, async (state, place) => {
    const page = await asMade(deps, workspaceId, { ...query, ...place, health: state })
    return { items: page.triggers, nextCursor: page.nextCursor }
  })
  return { triggers: items, nextCursor }
}

async function asMade(
  { store, clock }: Pick<Deps, 'store' | 'clock'>,
  workspaceId: number,
  { limit, cursor, deleted, ...filter }: Omit<QueryOf<Api['listTriggers']>, 'sort'>,
): Promise<{ triggers: Trigger[]; nextCursor: string | null }> {
  const after = cursor ? Number(cursor) : 0
  if (!Number.isSafeInteger(after) || after < 0)
    throw new ProblemError(400, `The cursor "${cursor}" is not one that this server gave.`)
  const deletedSince = deleted ? restorableSince(clock) : undefined
  const rows = await triggers.list(store, workspaceId, { ...filter, after, deletedSince, limit: limit + 1 })
  const page = await shownAll({ store, clock }, workspaceId, rows.slice(0, limit))
  return { triggers: page, nextCursor: rows.length > limit ? String(page.at(-1)?.id) : null }
}

export const get = async (deps: Deps, workspaceId: number, id: number): Promise<Trigger> =>
  shown(deps, await found(deps, workspaceId, id))

type Showing = Pick<Deps, 'store' | 'clock'>
async function shown(deps: Showing, row: TriggerRow): Promise<Trigger> {
  const [it] = await shownAll(deps, row.workspaceId, [row])
  return it as Trigger
}
async function shownAll(deps: Showing, workspaceId: number, rows: readonly TriggerRow[]): Promise<Trigger[]> {
  const next = await nextOf(deps.store, rows)
  const named = (row: TriggerRow) => toTrigger({ ...row, nextRunAt: next.get(row.id) ?? null })
  return keyed(deps, keysIn(workspaceId), await withStates(deps, rows, named))
}
const keysIn = (workspaceId: number) => ({
  ...{ workspaceId, kind: 'trigger' as const },
  nameOf: ({ name }: { name: string }) => name,
})

const MOST_READ = 1000
/** Every one of a workspace but those that are built into agents, each as it is kept and as it is answered. */
export async function all(
  deps: Showing,
  workspaceId: number,
): Promise<{ row: TriggerRow; trigger: Trigger }[]> {
  const found: { row: TriggerRow; trigger: Trigger }[] = []
  for (let after = 0; ; ) {
    const rows = await triggers.list(deps.store, workspaceId, { after, limit: MOST_READ })
    const shown = await shownAll(deps, workspaceId, rows)
    found.push(...shown.map((trigger, n) => ({ trigger, row: rows[n] as TriggerRow })))
    if (rows.length < MOST_READ) return found
    after = rows.at(-1)?.id ?? 0
  }
}

/** `beginning`: what it was made from, and why it does not run from the start. */
export async function create(
  deps: Deps,
  workspaceId: number,
  body: NewTrigger,
  by: By,
  beginning: Partial<triggers.Beginning> = {},
): Promise<Trigger> {
  const make = () => createOne(deps, workspaceId, body, by, beginning)
  return shown(deps, await madeAs(deps, keysIn(workspaceId), body.key, make))
}

async function createOne(
  deps: Deps,
  workspaceId: number,
  body: NewTrigger,
  by: By,
  beginning: Partial<triggers.Beginning>,
): Promise<TriggerRow> {
  const now = deps.clock.now()
  const config = await drafted(deps, workspaceId, body, by, now)
  const how = { by: by.id, now, names: namedIn(config) }
  const row = await triggers.createNaming(deps.store, workspaceId, { ...config, ...beginning }, how)
  if (!row) throw await goneMeanwhile(deps, workspaceId, body, by)
  return begun(deps, row)
}

/** What it names was there, and is there no more: it is refused as if it had never been. */
async function goneMeanwhile(
  deps: Deps,
  workspaceId: number,
  body: NewTrigger,
  by: By,
  before?: Record<string, unknown>,
): Promise<Error> {
  await drafted(deps, workspaceId, body, by, deps.clock.now(), before)
  return new ProblemError(409, 'What this schedule names was deleted, and made again. Save it again.')
}

/** As it was proposed. `before`: what masks in its context stand for. `taken`: null where nobody was quicker. */
export async function createProposed(
  deps: Deps,
  workspaceId: number,
  body: NewTrigger,
  by: By,
  { proposalId, openUntil, before, taken }: Proposed,
): Promise<Trigger> {
  const make = async () => {
    const now = deps.clock.now()
    const config = await drafted(deps, workspaceId, body, by, now, before)
    const confirming = { proposalId, openUntil, byName: by.name }
    const how = { by: by.id, now, names: namedIn(config), confirming }
    const row = await triggers.createNaming(deps.store, workspaceId, config, how)
    if (!row) throw (await taken()) ?? (await goneMeanwhile(deps, workspaceId, body, by, before))
    return begun(deps, row)
  }
  return shown(deps, await madeAs(deps, keysIn(workspaceId), body.key, make))
}
interface Proposed {
  proposalId: number
  openUntil: Date
  before: Record<string, unknown>
  taken(): Promise<Error | null>
}

async function begun(deps: Deps, row: TriggerRow): Promise<TriggerRow> {
  deps.hint([row.workspaceId])
  deps.engine.look()
  await watchAnew(deps, row)
  lookAtReadiness(deps, row)
  return row
}

/** What would be saved; refused as when it is saved. `before`: what masks in its context stand for. */
export async function drafted(
  deps: Deps,
  workspaceId: number,
  body: NewTrigger,
  by: By,
  now: Date,
  before: Record<string, unknown> = {},
): Promise<triggers.TriggerConfig & triggers.Schedulement> {
  if (body.kind === CHAT)
    throw unacceptable([{ path: 'kind', message: 'is "chat", of which every agent has one already' }])
  await requireRoom(deps.store, workspaceId, { schedules: 1 })
  await requireSources(deps, workspaceId, body.event)
  await requireCalendars(deps, workspaceId, body.calendars)
  const { kept: context, faults } = await judgedContext(deps, workspaceId, body, {
    given: body.context,
    before,
  })
  const watched = await keptConditions(deps, workspaceId, body, null)
  return made({ ...watched, context }, await editingBy(deps, by, now, faults))
}

/** @throws ProblemError for what decides its instants, whoever is to do the work. */
export async function requirePlannable(deps: Deps, body: NewTrigger, by: By): Promise<void> {
  const now = deps.clock.now()
  made(body, await editingBy(deps, by, now, []))
}

/** Beside the answer: whoever is asked elsewhere may take his time. A fault is told in the chat. */
function lookAtReadiness({ engine }: Deps, row: TriggerRow): void {
  const isBound = sourcesNamedIn(row).length > 0 || row.calendars !== null
  // What it lacked may be what it no longer names.
  const mayLack = isLookedAt(row) || isBound || row.unready !== null
  if (!mayLack || !row.enabled || row.kind === CHAT) return
  engine.readiness.lasting({ ...row, triggerId: row.id, triggerName: row.name }, true).catch(() => {})
}

/**
 * `revisions`: of the states that may be edited, where the caller says so. `origin`: what it is made from then.
 * @throws ProblemError 409 where `body.revision` is no longer the state, 412 where `revisions` has it not; both
 * say who changed it, and when.
 */
export async function change(
  deps: Deps,
  workspaceId: number,
  id: number,
  { key, ...body }: TriggerChange,
  by: By,
  revisions?: number[],
  origin?: string,
): Promise<Trigger> {
  await requireFree(deps, keysIn(workspaceId), id, key)
  const isCalledAnew = key !== undefined && Object.keys(body).length === 0
  const it = isCalledAnew
    ? await get(deps, workspaceId, id)
    : await changeOne(deps, workspaceId, id, body, by, revisions, origin)
  return renamed(deps, keysIn(workspaceId), it, key)
}

const changeOne = (
  deps: Deps,
  workspaceId: number,
  id: number,
  { revision, ...body }: Omit<TriggerChange, 'key'>,
  by: By,
  revisions?: number[],
  origin?: string,
): Promise<Trigger> =>
  edit(deps, workspaceId, id, by, body, async (row, editing) => {
    if (revision !== undefined && revision !== row.revision) throw await outdated(deps, row, 409)
    requireNotItself(body, id)
    if (revisions && !revisions.includes(row.revision)) throw await outdated(deps, row, 412)
    await requireSources(deps, workspaceId, body.event)
    await requireCalendars(deps, workspaceId, body.calendars)
    const watched = await keptConditions(deps, workspaceId, body, row)
    const next = changed(row, { ...watched, ...(await sealed(deps, row, body)) }, editing)
    return origin === undefined ? next : { ...next, origin }
  })

function requireNotItself({ event }: Pick<TriggerChange, 'event'>, id: number): void {
  const at = event?.triggerIds?.indexOf(id) ?? -1
  if (at < 0) return
  const message = `is ${id}, this trigger itself: one that waits for its own runs would never end`
  throw unacceptable([{ path: `event.triggerIds.${at}`, message }])
}

/** The context as it is kept: another agent may keep other things in confidence. */
async function sealed(
  { sealing }: Deps,
  row: TriggerRow,
  { agentId = row.agentId, agentType = row.agentType, context }: NamedAgent,
): Promise<{ context?: Record<string, unknown> }> {
  if (context === undefined && agentId === row.agentId) return {}
  const before = objectOf(row.context)
  return {
    context: await sealing.seal(row.workspaceId, { agentId, agentType }, context ?? before, before),
  }
}

async function outdated({ store }: Deps, row: TriggerRow, status: 409 | 412): Promise<ProblemError> {
  const { name: by, at } = (await triggers.madeBy(store, row)) ?? { name: null, at: row.updatedAt }
  return changedMeanwhile({ what: 'this schedule', by, at, revision: row.revision }, { status })
}

/**
 * Sets it to what a revision had, secrets with it: they go where they went then. Whether it is on stays as it is.
 * @throws ProblemError 409 where `revision` is no longer the state
 */
export async function restoreRevision(
  deps: Deps,
  workspaceId: number,
  id: number,
  n: number,
  { revision }: BodyOf<Api['restoreTriggerRevision']>,
  by: By,
): Promise<Trigger> {
  await found(deps, workspaceId, id)
  const [kept] = await revisions.ofTrigger(deps.store, id, { upTo: n, limit: 1 })
  if (kept?.revision !== n) throw notFound('revision')
  const config = JSON.parse(kept.config) as TriggerConfig
  const context = objectOf(config.context)
  const named = { agentId: config.agentId, agentType: config.agentType, context, before: context }
  return edit(deps, workspaceId, id, by, named, async (row, editing) => {
    if (revision !== undefined && revision !== row.revision) throw await outdated(deps, row, 409)
    await requireSources(deps, workspaceId, config.kind === 'event' ? eventIn(config) : undefined)
    await requireCalendars(deps, workspaceId, calendarsNamedIn({ calendars: config.calendars ?? null }))
    return restored(row, config, editing)
  })
}

function eventIn({ config }: Pick<TriggerConfig, 'config'>): EventTrigger | undefined {
  const event = EventTrigger.safeParse(objectOf(config))
  return event.success ? event.data : undefined
}

/** Pauses or resumes, with a reason and an optional end. */
export const toggle = (
  deps: Deps,
  workspaceId: number,
  id: number,
  body: BodyOf<Api['toggleSchedule']>,
  by: By,
): Promise<Trigger> => edit(deps, workspaceId, id, by, {}, (row, editing) => toggled(row, body, editing))

/**
 * An edit, made again on the newest row while others edit too. What has passed leaves its traces first: it
 * belongs to the state that was in force.
 */
async function edit(
  deps: Deps,
  workspaceId: number,
  id: number,
  by: By,
  named: NamedAgent,
  make: (row: TriggerRow, editing: Editing) => TriggerRow | null | Promise<TriggerRow | null>,
): Promise<Trigger> {
  const { store, clock, engine, hint } = deps
  for (let tries = 0; tries < EDIT_TRIES; tries++) {
    const now = clock.now()
    const seen = await settled(deps, workspaceId, id, now)
    if (!seen) continue
    const editing = await editingBy(deps, by, now, await faultsOfAgent(deps, seen, named), id)
    const next = await make(seen, editing)
    if (!next) return shown(deps, seen)
    const names = namedAnew(seen, next)
    // In a flood there is always more to look at: the last try does not wait for its end.
    const afterAll = tries < EDIT_TRIES - 1 && mayHaveHeard(seen, next)
    const row = await triggers.change(store, seen, next, { by: by.id, now, names, afterAll })
    if (row) {
      hint([workspaceId])
      engine.look()
      // Told before, what comes until it is on would be a second row of one pause.
      if (row.enabled && !seen.enabled) await engine.tellPauses(id)
      if (isWatchedAnew(seen, row)) await watchAnew(deps, row)
      lookAtReadiness(deps, row)
      return shown(deps, row)
    }
  }
  throw new ProblemError(
    409,
    'This schedule is being changed by somebody else at the same time. Look at it again, then repeat your change.',
  )
}

/**
 * What was told before an edit, and nobody has looked at, is held against what stood then. Where it is switched on, its
 * row says from when on it hears.
 */
const mayHaveHeard = (seen: TriggerRow, next: TriggerRow) =>
  (seen.kind === 'event' || seen.cancelOn !== null) && (seen.enabled || !next.enabled)

/** The trigger, with a trace of each instant up to now; null where it changed meanwhile. */
async function settled(deps: Deps, workspaceId: number, id: number, now: Date): Promise<TriggerRow | null> {
  await found(deps, workspaceId, id)
  await deps.engine.leaveTraces(id, now)
  const row = await found(deps, workspaceId, id)
  return row.nextRunAt !== null && row.nextRunAt <= now.getTime() ? null : row
}

type NamedAgent = Pick<TriggerChange, 'agentId' | 'agentType' | 'context'> & {
  /** What masks and sealed texts in the context mean; without it, what the row keeps. */
  before?: Record<string, unknown>
}

/** Looked up before the edit is made, which asks nobody; nothing where it names no agent and no context. */
async function faultsOfAgent(deps: Deps, row: TriggerRow, named: NamedAgent): Promise<ContextFault[]> {
  const { agentId = row.agentId, agentType = row.agentType, context } = named
  if (named.agentId === undefined && named.agentType === undefined && context === undefined) return []
  const { before = objectOf(row.context) } = named
  const given = { given: context ?? before, before }
  return (await judgedContext(deps, row.workspaceId, { agentId, agentType }, given)).faults
}

async function editingBy(
  deps: Deps,
  by: By,
  now: Date,
  agentFaults: ContextFault[],
  id?: number,
): Promise<Editing> {
  const standing = id === undefined ? null : await standingOf(deps.store, id)
  return {
    by,
    now,
    ownerLeft: standing?.ownerLeft ?? false,
    judge(config, { when, agent }) {
      const { minimumIntervalSeconds } = deps
      const errors: ContextFault[] = [
        ...(when ? judge(config, { minimumIntervalSeconds, now }) : []),
        ...faultsOfExpect(config, now),
        ...(agent ? agentFaults : []),
      ]
      if (errors.length > 0) throw refusalOf(errors)
    },
  }
}

/** Its history stays; what of it still waits is called off, what runs may finish. */
export async function remove(deps: Deps, workspaceId: number, id: number, _by: By): Promise<void> {
  const now = deps.clock.now()
  const row = await found(deps, workspaceId, id)
  if (row.kind === CHAT) throw new ProblemError(409, 'This is built into its agent, and goes with it.')
  await deps.engine.leaveTraces(id, now)
  await deps.engine.tellPauses(id)
  if (!(await triggers.remove(deps.store, row, now))) throw notFound('schedule')
  deps.hint([workspaceId])
  await deps.engine.callOffOrphans()
}

/** One that was deleted comes back as it was: on if it was on, from now on. */
export async function restore(deps: Deps, workspaceId: number, id: number, by: By): Promise<Trigger> {
  const { store, clock, engine, hint } = deps
  const now = clock.now()
  const gone = await triggers.deleted(store, workspaceId, id, restorableSince(clock))
  if (!gone) {
    const known = await triggers.get(store, workspaceId, id)
    throw known ? new ProblemError(409, `“${known.name}” is not deleted.`) : notFound('schedule')
  }
  await requireRoom(store, workspaceId, { schedules: 1 })
  const [kept] = await revisions.ofTrigger(store, id, { upTo: gone.revision, limit: 1 })
  const wasOn = kept?.revision === gone.revision && (JSON.parse(kept.config) as TriggerConfig).enabled
  const row = await triggers.restore(store, gone, broughtBack(gone, wasOn, now), { by: by.id, now })
  if (!row) throw new ProblemError(409, `Somebody else has just restored “${gone.name}”.`)
  hint([workspaceId])
  engine.look()
  if (row.enabled) await watchAnew(deps, row)
  lookAtReadiness(deps, row)
  return shown(deps, row)
}

/** `requestId`: the same one answers the same execution. */
export async function runNow(
  deps: Deps,
  workspaceId: number,
  id: number,
  body: Omit<BodyOf<Api['runSchedule']>, 'staged'> & { staged?: boolean },
  by: By,
  requestId: string = randomUUID(),
): Promise<Execution> {
  const row = await found(deps, workspaceId, id)
  const revision = body.revision === undefined ? null : await revisionOf(deps, row, body.revision)
  const of = revision ? { ...row, agentId: revision.agentId } : row
  const context = body.context ? await contextFor(deps, of, body.context) : null
  const event = await eventOf(deps, workspaceId, body)
  return request(deps, row, {
    ...(event && { events: [event] }),
    ...(revision && { revision }),
    key: `manual:${requestId}`,
    kind: 'manual',
    staged: body.staged ?? false,
    requestedBy: by,
    availableAt: deps.clock.now(),
    context: context && JSON.stringify(context),
  })
}

/** What it runs as if fired by: made up, or one of the story. */
async function eventOf(
  deps: Deps,
  workspaceId: number,
  { event, eventId }: Pick<BodyOf<Api['runSchedule']>, 'event' | 'eventId'>,
): Promise<TriggerEvent | null> {
  if (event) return madeUp(event, deps.clock.now())
  if (eventId === undefined) return null
  const known = await knownEvent(deps, workspaceId, eventId)
  if (known) return known
  const message = `is ${eventId}, which is no event that is kept here: send it as "event"`
  throw unacceptable([{ path: 'eventId', message }])
}

/** Its number and its agent. What it runs with is read from it as from the newest. */
async function revisionOf(
  { store, clock }: Deps,
  row: TriggerRow,
  number: number,
): Promise<{ number: number; agentId: string }> {
  // Plain SQL makes revisions that nobody kept yet.
  await triggers.keepRevisions(store, [row], clock.now())
  const [kept] = await revisions.ofTrigger(store, row.id, { upTo: number, limit: 1 })
  if (kept?.revision !== number) {
    const message = `is ${number}, which is no revision of this trigger: the newest is ${row.revision}`
    throw unacceptable([{ path: 'revision', message }])
  }
  const { agentId, agentType } = JSON.parse(kept.config) as triggers.TriggerConfig
  if (agentType !== row.agentType)
    throw unacceptable([
      {
        path: 'revision',
        message: `is ${number}, of an agent of the type "${agentType}"; it is "${row.agentType}" now: restore that revision to run it`,
      },
    ])
  return { number, agentId }
}

/** Judged, and as it is kept; a mask means what the schedule keeps. */
async function contextFor(
  deps: Deps,
  row: TriggerRow,
  given: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const before = objectOf(row.context)
  const { kept, faults } = await judgedContext(deps, row.workspaceId, row, { given, before })
  if (faults.length > 0) throw refusalOf(faults)
  return kept
}

/**
 * Runs the planned instants of a past range that have no run yet, one after another, whatever the policy of
 * overlap. One that was skipped or missed keeps that trace, and gets a run beside it.
 */
export async function backfill(
  deps: Deps,
  workspaceId: number,
  id: number,
  body: BodyOf<Api['backfillSchedule']>,
  by: By,
): Promise<AnswerOf<Api['backfillSchedule']>> {
  const row = await found(deps, workspaceId, id)
  const faults = faultsOf(row)
  if (faults.length > 0) throw unacceptable(faults)
  if (row.kind === 'event') return backfillFacts(deps, row, body, by)
  if (row.kind === 'webhook') return backfillCalls(deps, row, body, by)
  const all = plannedWithin(row, new Date(body.from), new Date(body.to), deps.clock.now())
  const daysOff = (await daysOffOf(deps.store, [row]))(row)
  const instants = all.filter((at) => daysOff.at(at) === null)
  const chosen = instants.slice(0, MOST_BACKFILLED)
  const answer = {
    instants: chosen.map((it) => it.toISOString()),
    truncated: all.length > MOST_BACKFILLED,
    daysOff: all.length - instants.length,
  }
  if (body.dryRun || chosen.length === 0) return { ...answer, created: 0, alreadyThere: 0 }
  const created = await fireAll(deps, row, chosen, by)
  await seeToWithin(deps.store, {
    ...{ workspaceId, triggerId: row.id, from: new Date(body.from), to: new Date(body.to) },
    now: deps.clock.now(),
  })
  return { ...answer, created, alreadyThere: chosen.length - created }
}

/** The facts of a past range that it has not run for: of a pause, or of before it was made. */
async function backfillFacts(
  deps: Deps,
  row: TriggerRow,
  { from, to, dryRun }: BodyOf<Api['backfillSchedule']>,
  by: By,
): Promise<AnswerOf<Api['backfillSchedule']>> {
  const { events: chosen, truncated } = await factsBetween(deps, row, { from, to, limit: MOST_BACKFILLED })
  const keyOf = (it: TriggerEvent) => `event:${it.id}`
  const states = await executions.statesOf(deps.store, row.id, chosen.map(keyOf))
  const gathered = await gatheredAmong(
    deps.store,
    row.id,
    chosen.flatMap((it) => it.id ?? []),
  )
  const wanted = chosen.filter((it) => !states.has(keyOf(it)) && !gathered.has(it.id))
  if (!dryRun && wanted.length > 0) {
    const runs = wanted.map((event) =>
      requested({
        key: keyOf(event),
        kind: 'backfill',
        requestedBy: by,
        availableAt: deps.clock.now(),
        isCatchup: true,
        reason: 'Backfilled.',
        events: [event],
        chain: event.chain,
      }),
    )
    for (let i = 0; i < runs.length; i += BACKFILL_PAGE)
      await deps.engine.fire(row, runs.slice(i, i + BACKFILL_PAGE), { evenIfPaused: true })
  }
  return {
    instants: chosen.map((it) => it.occurredAt),
    truncated,
    created: dryRun ? 0 : wanted.length,
    alreadyThere: dryRun ? 0 : chosen.length - wanted.length,
    daysOff: 0,
  }
}

/** One more than are backfilled at once, if there are so many. */
function plannedWithin(row: TriggerRow, from: Date, to: Date, now: Date): Date[] {
  if (to > now) {
    const message = 'must not be in the future: what is to come is planned already'
    throw unacceptable([{ path: 'to', message }])
  }
  const times = boundedBy(row, timesOf(row))
  const instants: Date[] = []
  let at = times.next(before(from))
  while (at && at <= to && instants.length <= MOST_BACKFILLED) {
    instants.push(at)
    at = times.next(at)
  }
  return instants
}

/** Answers how many runs it made: an instant that has a run keeps it. */
async function fireAll(
  { store, clock, engine }: Deps,
  row: TriggerRow,
  instants: Date[],
  by: By,
): Promise<number> {
  const startedAt = clock.now()
  let created = 0
  for (let i = 0; i < instants.length; i += BACKFILL_PAGE) {
    const keys = instants.slice(i, i + BACKFILL_PAGE).map((at) => at.toISOString())
    const states = await executions.statesOf(store, row.id, keys)
    const page = keys.map((key) =>
      requested({
        key: isOneOf(states.get(key) ?? 'queued', NEVER_RAN) ? `backfill:${key}` : key,
        kind: 'backfill',
        requestedBy: by,
        availableAt: clock.now(),
        scheduledFor: new Date(key),
        isCatchup: true,
        reason: 'Backfilled.',
      }),
    )
    for (const fired of await engine.fire(row, page, { evenIfPaused: true, at: startedAt })) {
      const it = await executions.find(store, row.workspaceId, fired.id)
      if (it?.kind === 'backfill' && it.queuedAt === startedAt.getTime()) created++
    }
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
  return created
}

export async function stats(deps: Deps, workspaceId: number, id: number): Promise<TriggerStats> {
  const row = await found(deps, workspaceId, id)
  const recent = await triggers.recentRuns(deps.store, id)
  const finished = row.successfulRuns + row.failedRuns
  return {
    totalExecutions: row.totalRuns,
    successfulExecutions: row.successfulRuns,
    failedExecutions: row.failedRuns,
    successRate: finished === 0 ? 0 : Math.round((1000 * row.successfulRuns) / finished) / 10,
    averageExecutionTime: row.totalRuns === 0 ? 0 : row.durationMs / row.totalRuns / 1000,
    durationMs: percentiles(recent.flatMap((it) => it.durationMs ?? [])),
    latenessMs: percentiles(recent.flatMap((it) => it.latenessMs ?? [])),
  }
}

/** The next instants of a trigger. */
export async function preview(
  deps: Deps,
  workspaceId: number,
  id: number,
  { count, viewerTimezone }: QueryOf<Api['previewSchedule']>,
): Promise<Preview> {
  const row = await found(deps, workspaceId, id)
  if (!followsClock(row.kind)) {
    const detail = `“${row.name}” follows no clock: when it runs next depends on what happens.`
    throw new ProblemError(409, detail)
  }
  const faults = [...faultsOf(row), ...zoneFaults('viewerTimezone', viewerTimezone)]
  if (faults.length > 0) throw unacceptable(faults)
  const daysOff = (await daysOffOf(deps.store, [row]))(row)
  return previewOfTrigger(row, { from: deps.clock.now(), count, viewerTimezone, daysOff })
}

/** What a pattern means and when it fires, before it is anybody's. */
export function previewCron(
  { clock, minimumIntervalSeconds }: Deps,
  { cronExpression, timezone, viewerTimezone, from, count }: BodyOf<Api['previewCron']>,
): Preview {
  const verdict = judgePattern(cronExpression, timezone, { minimumIntervalSeconds })
  if (!verdict.ok) throw unacceptable([{ path: verdict.field, message: verdict.message }])
  const faults = zoneFaults('viewerTimezone', viewerTimezone)
  if (faults.length > 0) throw unacceptable(faults)
  return previewOfPattern({
    cronExpression: verdict.pattern,
    timezone,
    viewerTimezone,
    count,
    from: from ? new Date(from) : clock.now(),
  })
}

/** What should have run but did not yet, and what was missed. */
export async function missed({ store, clock }: Deps, workspaceId: number): Promise<AnswerOf<Api['missed']>> {
  const now = clock.now()
  const overdue = await executions.overdue(store, workspaceId, now)
  return {
    overdue: overdue.map((it) => ({
      ...it,
      dueAt: new Date(it.dueAt).toISOString(),
      lateMs: now.getTime() - it.dueAt,
    })),
    missed: await executions.list(store, workspaceId, { status: ['missed'] }, null, 100),
  }
}
