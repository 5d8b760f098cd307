/** Triggers that wait for facts, made up at random, and what has become of what they heard. For backtests. */
import { eq } from 'drizzle-orm'
import { claim, nextAvailable } from '#db/queries/claiming.ts'
import type { Store } from '#db/store.ts'
import { NewTrigger, type NewTriggerInput } from '../../contract/trigger.ts'
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

/** With all policies. `lane`: where the facts of the kind have a value to be kept apart by. */
export function drafted(
  pick: Choose,
  kind: Pick<NewTriggerInput, 'kind' | 'event' | 'webhook'>,
  lane: string,
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
    await claim(store, { owner: 'nobody', shares, limits: EVERYTHING, now })
    const later = await nextAvailable(store, now)
    if (!later || later.getTime() > endMs) break
    clock.advance(later.getTime() - now.getTime())
  }
  clock.advance(endMs - clock.now().getTime())
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
