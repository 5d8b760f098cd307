/** Conditions: what is known of them, what their looks have found, and a look that changes nothing. */
import * as rows from '#db/queries/conditions.ts'
import { get, type TriggerRow } from '#db/queries/triggers.ts'
import type { Api, BodyOf, QueryOf } from '../contract/api.ts'
import { isTurn } from '../contract/condition-ops.ts'
import type {
  ConditionCheck,
  ConditionSample,
  ConditionSource,
  ConditionState,
  ConditionTrigger,
  ConditionValue,
  ConditionWhen,
  OnlyIf,
  TriedSource,
} from '../contract/condition-trigger.ts'
import { notFound, ProblemError, unacceptable } from '../contract/problem.ts'
import { judge } from '../conditions/judging.ts'
import { type Look, looked, UNKNOWN } from '../conditions/state.ts'
import { configIn, watchesOf, watchOf } from '../engine/watching.ts'
import { CONDITION, faultsOfPattern } from '../triggers/condition.ts'
import type { FieldError } from '../triggers/index.ts'
import type { Deps } from './deps.ts'
import { type BareTrigger, readJson } from './showing.ts'

const MOST_SAMPLES = 10_000
const NOTHING_KNOWN: Omit<rows.ConditionRow, 'triggerId'> = {
  ...UNKNOWN,
  ...{ watches: '', lastValue: null, memory: null, nextCheckAt: null, leaseUntil: null, fence: 0 },
}

const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())
const valueIn = (json: string | null) => (json === null ? null : (JSON.parse(json) as ConditionValue))

/** Of what its trigger watches now; `reset`: what was known is of another source or line. */
function stateOf(row: rows.ConditionRow, config: ConditionTrigger): ConditionState {
  const { crossings, nextCheckAt, lastCheckedAt } = row
  const isReset = row.watches !== watchesOf(config)
  const it = isReset ? UNKNOWN : watchOf(row, config)
  return {
    state: it.state,
    since: iso(it.since),
    pendingSince: iso(it.pendingSince),
    lastValue: it.lastValue,
    lastCheckedAt: iso(it.lastCheckedAt),
    lastError: it.lastError,
    crossings,
    nextCheckAt: iso(nextCheckAt),
    errorsInARow: it.errorsInARow,
    ...(isReset && lastCheckedAt !== null && { reset: true }),
  }
}

/** Triggers as they are answered, each condition with what is known of it. */
export async function withStates(
  { store }: Pick<Deps, 'store'>,
  triggers: readonly TriggerRow[],
  shown: (row: TriggerRow) => BareTrigger,
): Promise<BareTrigger[]> {
  const ids = triggers.flatMap((it) => (it.kind === CONDITION ? it.id : []))
  const states = await rows.statesOf(store, ids)
  return triggers.map((row) => {
    const config = configIn(row)
    const it = shown(row)
    if (!config || !it.condition) return it
    const known = states.get(row.id) ?? { ...NOTHING_KNOWN, triggerId: row.id }
    return { ...it, condition: { ...it.condition, state: stateOf(known, config) } }
  })
}

async function found({ store }: Pick<Deps, 'store'>, workspaceId: number, id: number) {
  const trigger = await get(store, workspaceId, id)
  if (!trigger) throw notFound('schedule')
  const config = configIn(trigger)
  if (trigger.kind !== CONDITION)
    throw new ProblemError(409, `“${trigger.name}” watches no value: its kind is "${trigger.kind}".`)
  if (!config) throw new ProblemError(409, 'What it watches cannot be read. Edit the schedule first.')
  return { trigger, config }
}

/** The newest first; of what watches no value there are none. */
export async function samples(
  deps: Deps,
  workspaceId: number,
  id: number,
  { from, to }: QueryOf<Api['listSamples']>,
): Promise<ConditionSample[]> {
  if (!(await get(deps.store, workspaceId, id))) throw notFound('schedule')
  const span = { from: from ? new Date(from) : null, to: to ? new Date(to) : null, limit: MOST_SAMPLES }
  return (await rows.samplesOf(deps.store, id, span)).map((it) => ({
    ...it,
    at: new Date(it.at).toISOString(),
    value: valueIn(it.value),
  }))
}

/** What a look now would come to; nothing of it is kept. */
export async function check(deps: Deps, workspaceId: number, id: number): Promise<ConditionCheck> {
  const { store, clock, conditions } = deps
  const { config } = await found(deps, workspaceId, id)
  const look = await conditions.lookAt(config.source, { workspaceId, triggerId: id })
  const row = (await rows.statesOf(store, [id])).get(id) ?? { ...NOTHING_KNOWN, triggerId: id }
  const { watch, verdict } = looked(watchOf(row, config), look, config, clock.now().getTime())
  const error = verdict === 'error' ? watch.lastError : null
  return {
    value: error === null ? watch.lastValue : null,
    state: watch.state,
    wouldFire: verdict === 'fired',
    error,
  }
}

/** What is there now, of a source that is nobody's yet; `triggerId`: whose masked headers are meant. */
export async function tryOut(
  deps: Deps,
  workspaceId: number,
  { source, when, triggerId }: BodyOf<Api['tryCondition']>,
): Promise<TriedSource> {
  const known = triggerId === undefined ? null : (await found(deps, workspaceId, triggerId)).config.source
  const kept = await deps.conditions.kept(workspaceId, source, known)
  if (kept.faults.length > 0) throw unacceptable(placed(kept.faults, 'source'))
  const look = await deps.conditions.lookAt(kept.source, { workspaceId, triggerId: triggerId ?? null })
  return tried(look, when)
}

const MOST_SHOWN = 500
function tried(look: Look, when: ConditionWhen | undefined): TriedSource {
  if (look.kind === 'failed') return { value: null, holds: null, error: look.error }
  const { value } = look.reading
  const shown = typeof value === 'string' ? value.slice(0, MOST_SHOWN).toWellFormed() : value
  if (!when || isTurn(when.op) || when.op === 'stale') return { value: shown, holds: null, error: null }
  const judged = judge(when, look.reading, '', UNKNOWN.memory)
  if ('no' in judged) return { value: shown, holds: null, error: `The value ${judged.no}.` }
  return { value: shown, holds: judged.holds, error: null }
}

const placed = (faults: readonly FieldError[], below: string): FieldError[] =>
  faults.map((it) => ({ ...it, path: `${below}.${it.path}` }))

interface Asked {
  condition?: ConditionTrigger | undefined
  onlyIf?: OnlyIf | null | undefined
}
/**
 * What somebody asks for, as it is kept; `before`: the trigger as it was.
 * @throws ProblemError 422 with the field
 */
export async function keptConditions<Body extends Asked>(
  { conditions }: Pick<Deps, 'conditions'>,
  workspaceId: number,
  body: Body,
  before: TriggerRow | null,
): Promise<Body> {
  const faults: FieldError[] = []
  const kept = async (source: ConditionSource, was: ConditionSource | undefined, at: string) => {
    const it = await conditions.kept(workspaceId, source, was ?? null)
    faults.push(...placed(it.faults, at))
    return it.source
  }
  const { condition, onlyIf } = body
  const was = before && { condition: configIn(before), onlyIf: readJson<OnlyIf>(before.onlyIf) }
  const next = {
    ...body,
    ...(condition && {
      condition: {
        ...condition,
        source: await kept(condition.source, was?.condition?.source, 'condition.source'),
      },
    }),
    ...(onlyIf && {
      onlyIf: { ...onlyIf, source: await kept(onlyIf.source, was?.onlyIf?.source, 'onlyIf.source') },
    }),
  }
  if (onlyIf) faults.push(...faultsOfPattern(onlyIf, 'onlyIf.value'))
  if (faults.length > 0) throw unacceptable(faults)
  return next
}

/** What it watches, or whether it does, is another: what is known of the old one, and a look at it, does not count. */
export const isWatchedAnew = (before: TriggerRow, now: TriggerRow): boolean =>
  before.config !== now.config || before.kind !== now.kind || before.enabled !== now.enabled

/** It was made or changed: it is looked at now, with what it is told to watch. */
export async function watchAnew({ store, clock, engine }: Deps, { id, kind }: TriggerRow): Promise<void> {
  if (kind !== CONDITION) return
  await rows.wake(store, id, clock.now())
  engine.look()
}
