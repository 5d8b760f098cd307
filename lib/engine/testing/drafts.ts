/** Triggers that wait for facts, made up at random, and what has become of what they heard. For backtests. */
import { and, eq, inArray, like } from 'drizzle-orm'
import { claim, nextAvailable } from '#db/queries/claiming.ts'
import type { Entry } from '#db/queries/entries.ts'
import { write } from '#db/queries/settling.ts'
import type { Store } from '#db/store.ts'
import { LIVE } from '../../contract/states.ts'
import { NewTrigger, type NewTriggerInput } from '../../contract/trigger.ts'
import { askedStop, entryOf, factsOf, outcomeOf, withdrawal } from '../outcomes.ts'
import type { World } from './world.ts'

/** The same numbers every time. */
export function random(seed: number) {
  let state = seed
  return (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return Math.floor((state / 2 ** 31) * below)
  }
}
export type Choose = ReturnType<typeof random>

const OVERLAPS = ['skip', 'buffer_one', 'buffer_all', 'cancel_other', 'allow_all'] as const

/** Events, with a number at `path`, and one of two values at `lane`. */
export interface Calling {
  types: readonly string[]
  path: string
  lane: string
}
/** What calls its runs off: anything of a type, or what has a value, or has that of the event that fired. */
export function callingOff(pick: Choose, { types, path, lane }: Calling) {
  const filters = [
    undefined,
    { path, op: 'gt' as const, value: pick(10) },
    { path: lane, op: 'equals' as const, value: { fired: lane } },
  ]
  const [named, filter] = [types[pick(types.length)] ?? '', filters[pick(filters.length)]]
  return [{ types: [named], ...(filter && { filter }) }]
}

/** With all policies. `lane`: where the facts of the kind have a value to be kept apart by. */
export function drafted(
  pick: Choose,
  kind: Pick<NewTriggerInput, 'kind' | 'event' | 'webhook'>,
  lane: string,
  calling: Calling,
) {
  const some = <T>(chance: number, it: T) => (pick(100) < chance ? it : undefined)
  const key = some(50, lane)
  const overlap = OVERLAPS[pick(OVERLAPS.length)] ?? 'skip'
  // Whoever takes the place of what gathers, or of what may not begin yet, is another question.
  const plain = overlap === 'cancel_other'
  return NewTrigger.parse({
    ...{ name: 'Trial', agentId: 'test-agent', overlap, bufferLimit: 1 + pick(3), ...kind },
    collect: plain
      ? undefined
      : some(30, {
          maxSeconds: 10 + pick(120),
          maxEvents: 2 + pick(4),
          keep: pick(2) ? 'all' : 'last',
          ...some(60, { quietSeconds: 1 + pick(30) }),
          ...some(50, { key: lane }),
        }),
    throttle: plain
      ? undefined
      : some(30, { count: 1 + pick(3), perSeconds: 5 + pick(60), excess: pick(2) ? 'defer' : 'skip' }),
    ...(key && { overlapKey: key }),
    maxExecutions: some(25, 1 + pick(4)),
    cancelOn: some(30, callingOff(pick, calling)),
  })
}

const EVERYTHING = { total: 1_000_000, perWorkspace: 1_000_000 }
/**
 * So much time passes, and whatever may start in it does: on no server, so that it never ends. Instead of a real one,
 * for there are a thousand triggers.
 */
export async function letStart(
  it: Pick<World, 'store' | 'clock' | 'workspaceId'>,
  ms: number,
): Promise<void> {
  const { store, clock, workspaceId } = it
  const shares = [{ workspaceId, take: EVERYTHING.total }]
  const endMs = clock.now().getTime() + ms
  for (;;) {
    const now = clock.now()
    await endCalledOff(store, now)
    await claim(store, { owner: 'nobody', shares, limits: EVERYTHING, now: clock.now })
    const later = await nextAvailable(store, now)
    if (!later || later.getTime() > endMs) break
    clock.advance(later.getTime() - now.getTime())
  }
  clock.advance(endMs - clock.now().getTime())
}

/** Whatever events have called off ends at once, wherever it stands, as whoever has it would end it. */
async function endCalledOff(store: Store, now: Date): Promise<void> {
  const { executions: e } = store.t
  const rows = await store.q
    .select()
    .from(e)
    .where(and(inArray(e.status, [...LIVE]), like(e.cancelReason, 'cancel_event%')))
  const rounds: Entry[][] = []
  for (const [, own] of Map.groupBy(rows, (it) => it.triggerId))
    for (const [n, row] of own.entries()) {
      const round = rounds[n] ?? []
      rounds[n] = [...round, endingOf(row, now)]
    }
  // One of each trigger at a time.
  for (const round of rounds)
    for (let i = 0; i < round.length; i += 100) await write(store, round.slice(i, i + 100), now)
}

function endingOf(row: Store['t']['executions']['$inferSelect'], now: Date): Entry {
  if (row.status === 'queued')
    return withdrawal(row, 'queued', { reason: 'Cancelled.', reasonCode: 'cancelled' }, now)
  const { id: executionId, workspaceId, triggerId, fence, attempt } = row
  const hold = {
    executionId,
    workspaceId,
    triggerId,
    from: 'running' as const,
    owner: row.owner,
    fence,
    attempt,
  }
  const facts = factsOf({ ...row, lastOutput: null }, {}, { safeToRepeat: false, announced: false })
  const ending = { kind: 'stopped' as const, stop: askedStop(row.cancelReason) }
  return entryOf(hold, outcomeOf(facts, ending, { now, durationMs: null, chance: 0 }), [])
}

type LivedRun = Awaited<ReturnType<typeof runsOf>>[number]
function verdictOf(run: LivedRun): string {
  if (run.status !== 'queued' && run.status !== 'running') return run.status
  // Whoever was asked to give way would have done so.
  if (run.cancelRequestedAt !== null) return 'cancelled'
  if (run.held) return run.overlap === 'cancel_other' ? 'ran' : 'late'
  const startsAt = run.startedAt ?? run.availableAt
  return startsAt > (run.collectUntil ?? run.queuedAt) ? 'late' : 'ran'
}

const runsOf = ({ q, t: { executions: e, triggers } }: Store) =>
  q
    .select({
      ...{
        triggerId: e.triggerId,
        key: e.occurrence,
        status: e.status,
        held: e.held,
        overlap: triggers.overlap,
      },
      ...{ startedAt: e.startedAt, availableAt: e.availableAt, queuedAt: e.queuedAt },
      ...{ collectUntil: e.collectUntil, cancelRequestedAt: e.cancelRequestedAt },
    })
    .from(e)
    .innerJoin(triggers, eq(triggers.id, e.triggerId))

/** Of each trigger the keys of its runs and what became of them, in the words of a simulation. */
export async function livedOn(store: Store): Promise<Map<number, string[]>> {
  const lived = Map.groupBy(await runsOf(store), (run) => run.triggerId)
  return new Map([...lived].map(([id, own]) => [id, own.map((run) => `${run.key} ${verdictOf(run)}`).sort()]))
}
