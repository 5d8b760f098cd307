/** Triggers that wait for facts, made up at random, and what has become of what they heard. For backtests. */
import type { Store } from '#db/store.ts'
import { NewTrigger, type NewTriggerInput } from '../../contract/trigger.ts'

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

const waited = (run: { availableAt: number; queuedAt: number; collectUntil: number | null }) =>
  run.availableAt > (run.collectUntil ?? run.queuedAt)
/** Of each trigger the keys of its runs and what became of them, in the words of a simulation. */
export async function livedOn({ q, t: { executions: e } }: Store): Promise<Map<number, string[]>> {
  const runs = await q
    .select({
      ...{ triggerId: e.triggerId, key: e.occurrence, status: e.status, held: e.held },
      ...{ availableAt: e.availableAt, queuedAt: e.queuedAt, collectUntil: e.collectUntil },
    })
    .from(e)
  const lived = Map.groupBy(runs, (run) => run.triggerId)
  return new Map(
    [...lived].map(([id, own]) => [
      id,
      own
        .map((run) => {
          const verdict = run.status !== 'queued' ? run.status : run.held || waited(run) ? 'late' : 'ran'
          return `${run.key} ${verdict}`
        })
        .sort(),
    ]),
  )
}
