/**
 * Whether results come when they are expected.
 *
 * Promise: a deadline is judged from the rows of the history and the trigger's times, not by the trigger's own firing:
 * what never started is missed too. Each is missed once and recovers once, over restarts and with several servers; a
 * failure before it is due says nothing yet, for a retry may still make good for it.
 */
import type { Logger } from 'pino'
import * as rows from '#db/queries/expectations.ts'
import { globalPause } from '#db/queries/upkeep.ts'
import type { Store } from '#db/store.ts'
import { type Clock, days, minutes, seconds } from '../clock.ts'
import { Expect } from '../contract/expectation.ts'
import type { TriggerEvent } from '../contract/trigger-event.ts'
import { dueByOf, knownOf } from './deadlines.ts'
import { followsClock, timesOf } from '../triggers/index.ts'
import { boundedBy } from './instants.ts'

/** Of the instants since it was looked last so many are written down: of more it would be the same news. */
const MOST_AT_ONCE = 10
/** A row of the history may be read so long after its time. */
const WRITTEN_WITHIN_MS = minutes(1)
/** What has ended in time is written a moment later. */
const SETTLED_WITHIN_MS = seconds(5)
/** As long as the history is. */
const KEPT_MS = days(90)
const PAGE = 500

export interface ExpectingDeps {
  store: Store
  clock: Clock
  log: Logger
  hint(workspaceIds: number[]): void
}

/** Answers how to look once. */
export function createExpecting(deps: ExpectingDeps): () => Promise<void> {
  return async () => {
    const { store, clock } = deps
    // What is opened now is judged at the next look: the loop says meanwhile what was left out.
    await rows.settleMet(store, new Date(clock.now().getTime() - KEPT_MS))
    const by = new Date(clock.now().getTime() - SETTLED_WITHIN_MS)
    for (const it of await rows.overdue(store, by, PAGE)) await miss(deps, it)
    for (const it of await rows.recovered(store, PAGE)) await recover(deps, it)
    // What a pause of everything leaves out is known when it is over.
    if (await globalPause(store)) return
    for (const trigger of await rows.expecting(store)) await follow(deps, trigger)
  }
}

const expectOf = (json: string | null): Expect | null => {
  try {
    return json === null ? null : Expect.parse(JSON.parse(json))
  } catch {
    return null
  }
}

async function follow(deps: ExpectingDeps, trigger: rows.Expecting): Promise<void> {
  const { id: triggerId, expectedUpTo: seen, enabled, pausedAt, deletedAt } = trigger
  const expect = deletedAt === null ? expectOf(trigger.expect) : null
  const isPaused = !enabled && pausedAt !== null
  if ((!expect || isPaused) && seen === null) return
  if (!expect) return rows.close(deps.store, { triggerId, seen, all: true })
  try {
    if (isPaused) await rest(deps, trigger, expect, pausedAt)
    else await goOn(deps, trigger, expect)
  } catch (error) {
    deps.log.debug({ err: error, scheduleId: triggerId }, 'What is expected of a schedule cannot be read.')
  }
}

async function goOn({ store, clock }: ExpectingDeps, trigger: rows.Expecting, expect: Expect): Promise<void> {
  const { id: triggerId, expectedUpTo: seen, enabled } = trigger
  const now = clock.now()
  const due = [
    ...(enabled ? await planned(store, trigger, expect, now) : []),
    ...sinceSuccess(trigger, expect, now),
  ]
  await note(store, trigger, due)
  if (due.length > 0 || seen === null) await rows.open(store, { triggerId, seen, upTo: now, rows: [] })
}

/** What was planned before it was paused is still expected. */
async function rest(
  { store, clock }: ExpectingDeps,
  trigger: rows.Expecting,
  expect: Expect,
  pausedAt: number,
): Promise<void> {
  const { id: triggerId, expectedUpTo: seen } = trigger
  const upTo = new Date(Math.min(pausedAt, clock.now().getTime()))
  await note(store, trigger, await planned(store, trigger, expect, upTo))
  await rows.close(store, { triggerId, seen, all: false })
}

/** Whoever notes the last of them says how far was looked. */
async function note(
  store: Store,
  { id: triggerId, expectedUpTo: seen }: rows.Expecting,
  due: rows.NewExpectation[],
): Promise<void> {
  const upTo = seen === null ? null : new Date(seen)
  for (let i = 0; i < due.length; i += PAGE)
    await rows.open(store, { triggerId, seen, upTo, rows: due.slice(i, i + PAGE) })
}

/** What its clock has planned since it was looked last, or what facts have become. */
async function planned(
  store: Store,
  trigger: rows.Expecting,
  expect: Expect,
  upTo: Date,
): Promise<rows.NewExpectation[]> {
  const { expectedUpTo: seen, problem, timezone } = trigger
  if (seen === null || !expect.some((it) => it.from === 'planned')) return []
  const occurrences =
    followsClock(trigger.kind) && !problem
      ? boundedBy(trigger, timesOf(trigger))
          .latest(new Date(seen), upTo, MOST_AT_ONCE)
          .map((at) => ({ occurrence: at.toISOString(), at }))
      : await startedSince(store, trigger.id, new Date(seen - WRITTEN_WITHIN_MS))
  return occurrences.flatMap(({ occurrence, at }) =>
    expect.flatMap((one, n) => {
      const dueBy = one.from === 'planned' ? dueByOf(one, at, timezone) : null
      const of = { occurrence, n, anyRun: false, isFirst: false, plannedAt: at.getTime() }
      return dueBy === null ? [] : [{ ...of, dueBy }]
    }),
  )
}

async function startedSince(store: Store, triggerId: number, since: Date) {
  const all: { occurrence: string; at: Date }[] = []
  for (let after = 0; ; ) {
    const page = await rows.startedBy(store, { triggerId, since, after, limit: PAGE })
    all.push(
      ...page.map((it) => ({ occurrence: it.occurrence, at: happenedAt(it.event) ?? new Date(it.queuedAt) })),
    )
    const last = page.at(-1)
    if (page.length < PAGE || !last) return all
    after = last.id
  }
}

const happenedAt = (event: string | null) =>
  event === null ? null : new Date((JSON.parse(event) as TriggerEvent).occurredAt)

/** From its last success on; where it begins, from when that was asked for. */
function sinceSuccess(trigger: rows.Expecting, expect: Expect, now: Date): rows.NewExpectation[] {
  const { expectedUpTo: seen, lastSuccessAt, lastSuccessId, updatedAt, awaited } = trigger
  const any = expect.flatMap(({ from, withinSeconds }, n) =>
    from === 'last_success' && withinSeconds !== null ? [{ n, withinMs: seconds(withinSeconds) }] : [],
  )
  const opened = (occurrence: string, at: number, isFirst: boolean) =>
    any.map(({ n, withinMs }) => {
      return { occurrence, n, anyRun: true, isFirst, plannedAt: at, dueBy: at + withinMs }
    })
  if (seen !== null && lastSuccessAt !== null && lastSuccessAt > seen - WRITTEN_WITHIN_MS)
    return opened(`after:${lastSuccessId}`, lastSuccessAt, false)
  if (awaited >= any.length) return []
  const since = seen === null ? now.getTime() : Math.min(Math.max(seen, updatedAt), now.getTime())
  return opened(`from:${iso(since)}`, since, true)
}

const SYSTEM = { kind: 'system', id: null, name: 'Carillon' } as const
const iso = (at: number) => new Date(at).toISOString()

/** As the API and triggers see it. */
function factOf(
  {
    id,
    triggerId,
    occurrence,
    anyRun,
    dueBy,
  }: Pick<rows.Overdue, 'id' | 'triggerId' | 'occurrence' | 'anyRun' | 'dueBy'>,
  rest: Pick<rows.Turn, 'state' | 'known' | 'executionId' | 'missedAt' | 'recoveredAt'>,
  now: Date,
) {
  const data = {
    ...{ id, triggerId, occurrence: anyRun ? null : occurrence, dueBy: iso(dueBy) },
    ...rest,
    missedAt: rest.missedAt.toISOString(),
    recoveredAt: rest.recoveredAt?.toISOString() ?? null,
  }
  return { occurredAt: now.toISOString(), actor: SYSTEM, sourceId: null, data }
}

async function miss({ store, clock, log, hint }: ExpectingDeps, it: rows.Overdue): Promise<void> {
  const now = clock.now()
  const known = knownOf(it)
  const rest = {
    state: 'missed',
    known,
    executionId: it.executionId,
    missedAt: now,
    recoveredAt: null,
  } as const
  const { id, workspaceId } = it
  if (!(await rows.turn(store, { id, workspaceId, from: 'open', ...rest, fact: factOf(it, rest, now) }, now)))
    return
  log.warn({ scheduleId: it.triggerId, dueBy: iso(it.dueBy) }, `A result is not there in time. ${known}`)
  hint([workspaceId])
}

async function recover({ store, clock, hint }: ExpectingDeps, it: rows.ComeAfterAll): Promise<void> {
  const now = clock.now()
  const { id, workspaceId, known, missedAt } = it
  const rest = {
    ...({ state: 'recovered', known, recoveredAt: now } as const),
    executionId: it.executionId,
    missedAt: new Date(missedAt ?? it.dueBy),
  }
  const fact = factOf(it, { ...rest, executionId: it.by }, now)
  if (await rows.turn(store, { id, workspaceId, from: 'missed', ...rest, fact }, now)) hint([workspaceId])
}
