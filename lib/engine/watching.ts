/**
 * The watch over conditions: whichever is due is looked at, and fires where it has crossed its line.
 *
 * Promise: of several servers one looks, and another where that one died; what a look found, its sample, its
 * evaluation and what it fires are one transaction, so a crossing fires once whatever is killed when. It costs what is
 * due: looks are spread over time by the number of their trigger, and only so many are under way at once, shared among
 * the workspaces.
 */
import { createHash } from 'node:crypto'
import type { Logger } from 'pino'
import * as rows from '#db/queries/conditions.ts'
import { evaluated } from '#db/queries/evaluations.ts'
import * as readiness from '#db/queries/readiness.ts'
import { byIds, type TriggerRow } from '#db/queries/triggers.ts'
import { globalPause } from '#db/queries/upkeep.ts'
import type { Store } from '#db/store.ts'
import { type Clock, minutes, seconds } from '../clock.ts'
import type { LookAt } from '../conditions/looking.ts'
import { sampledOf, seenIn } from '../conditions/recorded.ts'
import { FAILING_AFTER, looked, UNKNOWN, type Watch } from '../conditions/state.ts'
import { ConditionTrigger } from '../contract/condition-trigger.ts'
import { CONDITION } from '../triggers/condition.ts'
import { sourceInWords } from '../contract/condition-words.ts'
import { type Crossed, crossing } from './crossing.ts'
import { fairly } from './fair-places.ts'
import type { Occur } from './occurring.ts'

const AT_ONCE = 16
/** Longer than a look may take, with what follows it. */
const LEASE_MS = minutes(2)
const LONGEST_SLEEP_MS = seconds(10)
const SHORTEST_SLEEP_MS = 50
const RETRY_MS = seconds(5)
/** How often triggers that plain SQL wrote are looked for. */
const FOLLOW_MS = minutes(1)

export interface WatchingDeps {
  store: Store
  clock: Clock
  log: Logger
  lookAt: LookAt
  occur: Occur
  hint(workspaceIds: number[]): void
}

export interface Watching {
  start(): void
  /** Something changed: look now instead of at the end of the sleep. Nothing depends on it. */
  look(): void
  /** Looks at all that is due. */
  tick(): Promise<void>
  /** Lets go of what is under way: whoever is alive takes it up. */
  stop(): Promise<void>
}

export function createWatching(deps: WatchingDeps): Watching {
  const { store, clock, log } = deps
  const looks = createLooks(deps, look)
  let open = false
  let round: Promise<void> | null = null
  let again = false
  let callOff: (() => void) | null = null

  async function once(): Promise<void> {
    const restMs = await looks
      .beginDue()
      .then(looks.restMs)
      .catch((error) => {
        log.error({ err: error }, 'Conditions could not be looked for; nothing is lost.')
        return RETRY_MS
      })
    round = null
    if (!open) return
    callOff = clock.after(again ? 0 : restMs, look)
    again = false
  }

  function look(): void {
    callOff?.()
    callOff = null
    if (!open) return
    if (round) again = true
    else round = once()
  }

  return {
    start() {
      open = true
      look()
    },
    look,
    async tick() {
      do {
        await looks.beginDue()
        await looks.idle()
      } while (await isDue(store, clock.now()))
    },
    async stop() {
      open = false
      callOff?.()
      looks.callOff()
      await round
      await looks.idle()
    },
  }
}

/** Those that are under way here. `ended`: there is room for another. */
function createLooks(deps: WatchingDeps, ended: () => void) {
  const { store, clock, log } = deps
  const stopped = new AbortController()
  /** And whose workspace each is of. */
  const underWay = new Map<Promise<void>, number>()
  let followedAt = Number.NEGATIVE_INFINITY
  /** Some that are due wait for a place. */
  let isCrowded = false

  async function follow(): Promise<void> {
    if (clock.monotonicMs() - followedAt < FOLLOW_MS) return
    await rows.followTriggers(store, clock.now())
    followedAt = clock.monotonicMs()
  }

  function begin(row: rows.ConditionRow, workspaceId: number): void {
    const check = checkOne(deps, row, stopped.signal)
      .catch((error) => {
        if (stopped.signal.aborted) return
        const { triggerId: scheduleId } = row
        log.error({ err: error, scheduleId }, 'A condition could not be checked; it is tried again.')
      })
      .finally(() => {
        underWay.delete(check)
        ended()
      })
    underWay.set(check, workspaceId)
  }

  return {
    /** Begins what is due, as far as there is room. */
    async beginDue(): Promise<void> {
      await follow()
      isCrowded = false
      if (await globalPause(store)) return
      while (underWay.size < AT_ONCE && !stopped.signal.aborted) {
        const now = clock.now()
        const waiting = await rows.due(store, { now, each: AT_ONCE })
        const next = fairly(waiting, {
          of: (it) => it.workspaceId,
          underWay: [...underWay.values()],
          places: AT_ONCE,
        })
        isCrowded = next.length < waiting.length
        if (next.length === 0) return
        const of = new Map(next.map((it) => [it.triggerId, it.workspaceId]))
        const until = new Date(now.getTime() + LEASE_MS)
        const own = await rows.leased(store, { now, until, triggerIds: [...of.keys()] })
        for (const row of own) begin(row, of.get(row.triggerId) ?? 0)
      }
    },
    async restMs(): Promise<number> {
      const now = clock.now()
      // What waits for a place begins when another ends.
      const after = isCrowded ? now : undefined
      const next = underWay.size < AT_ONCE ? await rows.nextCheck(store, now, after) : null
      const leftMs = next ? next.getTime() - now.getTime() : LONGEST_SLEEP_MS
      return Math.min(LONGEST_SLEEP_MS, Math.max(SHORTEST_SLEEP_MS, leftMs))
    },
    async idle(): Promise<void> {
      await Promise.all(underWay.keys())
    },
    callOff: () => stopped.abort(new Error('This server stops.')),
  }
}

async function isDue(store: Store, now: Date): Promise<boolean> {
  const next = (await globalPause(store)) ? null : await rows.nextCheck(store, now)
  return next !== null && next <= now
}

/** What a row says of the source and the line that its trigger has now. */
export const watchesOf = ({ source, when }: ConditionTrigger): string =>
  createHash('sha256')
    .update(JSON.stringify([seenIn(source), when]))
    .digest('base64url')

/** Of another source or line nothing is known; what has crossed is counted on. */
export function watchOf(row: Omit<rows.ConditionRow, 'nextCheckAt'>, config: ConditionTrigger): Watch {
  if (row.watches !== watchesOf(config)) return { ...UNKNOWN, crossings: row.crossings }
  return {
    ...row,
    lastValue: row.lastValue === null ? null : (JSON.parse(row.lastValue) as Watch['lastValue']),
    memory: row.memory === null ? UNKNOWN.memory : (JSON.parse(row.memory) as Watch['memory']),
  }
}

/** Null where plain SQL has written what cannot be read. */
export function configIn({ kind, config }: Pick<TriggerRow, 'kind' | 'config'>): ConditionTrigger | null {
  if (kind !== CONDITION) return null
  try {
    return ConditionTrigger.safeParse(JSON.parse(config)).data ?? null
  } catch {
    return null
  }
}

async function checkOne(deps: WatchingDeps, row: rows.ConditionRow, signal: AbortSignal): Promise<void> {
  const { store, clock, lookAt } = deps
  const [trigger] = await byIds(store, [row.triggerId])
  const config = trigger?.enabled ? configIn(trigger) : null
  if (!trigger || !config) return void (await rows.putToSleep(store, row))
  const { id: triggerId, workspaceId } = trigger
  const look = await lookAt(config.source, { workspaceId, triggerId }, signal)
  const now = clock.now()
  const before = watchOf(row, config)
  const it = { trigger, config, before, look, now, ...looked(before, look, config, now.getTime()) }
  if (!(await keep(deps, row, it))) return
  await tellHealth(deps, it)
}

interface Check extends Crossed {
  trigger: TriggerRow
}

/** False where it is nobody's any more: somebody else has looked meanwhile, or it was edited. */
async function keep({ store, occur }: WatchingDeps, row: rows.ConditionRow, check: Check): Promise<boolean> {
  const { config, watch, verdict, reason, trace, now } = check
  const { triggerId, fence } = row
  const also = rows.found(
    {
      ...watch,
      triggerId,
      fence,
      watches: watchesOf(config),
      lastValue: JSON.stringify(watch.lastValue),
      memory: JSON.stringify(watch.memory),
      nextCheckAt: nextCheckOf(triggerId, config.everySeconds, now),
    },
    now,
    sampledOf(config.source, check.before, check.look),
  )
  const source = sourceInWords(config.source)
  const { lastValue: value } = watch
  try {
    if (verdict === 'fired') {
      const occurred = await occur(triggerId, crossing(check), also)
      // It stands already: what was found is kept all the same.
      if (occurred?.verdict === 'duplicate') await store.atomically(also)
    } else {
      const of = { triggerId, source, value: verdict === 'error' ? null : value, verdict, reason, trace }
      const told = evaluated([{ ...of, eventId: null, deliveryId: null, occurrence: null }], now)
      await store.atomically([...also, ...told])
    }
    return true
  } catch (error) {
    if (await rows.isOwn(store, row)) throw error
    return false
  }
}

/**
 * The next of the trigger's own instants, which are spread over the interval by its number: a hundred that were made
 * at once are not looked at at once. Never sooner than half an interval.
 */
export function nextCheckOf(triggerId: number, everySeconds: number, now: Date): number {
  const everyMs = seconds(everySeconds)
  const phaseMs = Math.floor(((Math.imul(triggerId, 2_654_435_761) >>> 0) / 2 ** 32) * everyMs)
  const least = now.getTime() + everyMs / 2
  return Math.ceil((least - phaseMs) / everyMs) * everyMs + phaseMs
}

/** Five that failed in a row are told, and that it is well again; once each. */
async function tellHealth({ store, log, hint }: WatchingDeps, { trigger, watch, now }: Check): Promise<void> {
  const { id: triggerId, workspaceId, name } = trigger
  const { errorsInARow, lastError } = watch
  const isFailing = errorsInARow >= FAILING_AFTER
  if (!isFailing && (errorsInARow > 0 || trigger.unreadyCheck !== FAILS)) return
  const unready = isFailing ? `Its last ${FAILING_AFTER} checks failed. ${lastError}` : null
  const text = isFailing
    ? `**${name}** cannot be checked: ${lastError} It does not fire until this is fixed.`
    : `**${name}** can be checked again.`
  const type = isFailing ? 'trigger:unready' : 'trigger:ready'
  const news = { workspaceId, triggerId, text, type, unready, check: isFailing ? FAILS : null } as const
  if (!(await readiness.mark(store, { ...news, by: FAILS }, now))) return
  if (isFailing) log.warn({ scheduleId: triggerId, reasonCode: 'not_ready' }, lastError ?? '')
  hint([workspaceId])
}

/** By which the health of a trigger says that it is its condition that fails. */
const FAILS = readiness.OF_CONDITION
