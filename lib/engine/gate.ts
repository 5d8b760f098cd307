/**
 * `onlyIf`: what must hold before a run that nobody asked for begins; looked at beside the queue, once for a run.
 *
 * Promise: a run that finds it false is skipped before anything is spent, with the value; a look that fails, or that
 * nobody could make, lets it go on and is noted.
 */
import type { Logger } from 'pino'
import type { Waiting } from '#db/queries/budgets.ts'
import { noteBefore } from '#db/queries/conditions.ts'
import { evaluated, type NewEvaluation } from '#db/queries/evaluations.ts'
import type { Store } from '#db/store.ts'
import { type Clock, minutes } from '../clock.ts'
import { type Gate, gateOf } from '../conditions/gate.ts'
import type { LookAt } from '../conditions/looking.ts'
import { OnlyIf } from '../contract/condition-trigger.ts'
import { sourceInWords } from '../contract/condition-words.ts'

/** Of a run that was cancelled meanwhile nobody asks again. */
const FORGOTTEN_MS = minutes(5)

export interface GateLook {
  /**
   * Null: it may begin; a text says why not. Undefined until that is known; then `known` is called, and whoever asks
   * again is told, once.
   */
  askedFor(run: Waiting, known: () => void): string | null | undefined
}

interface Deps {
  store: Store
  clock: Clock
  log: Logger
  lookAt: LookAt
}

export function createGate(deps: Deps): GateLook {
  const { clock, log } = deps
  /** By execution: null while it is looked at. */
  const asked = new Map<number, { refusal: string | null } | null>()

  async function ask(run: Waiting, known: () => void): Promise<void> {
    const refusal = await lookFor(run, deps).catch(async (error) => {
      log.warn({ err: error, executionId: run.id }, 'Could not look whether a run is to begin: it does.')
      await noteBroken(run, deps).catch(() => {})
      return null
    })
    asked.set(run.id, { refusal })
    clock.after(FORGOTTEN_MS, () => asked.delete(run.id))
    known()
  }

  return {
    askedFor(run, known) {
      if (run.onlyIf === null || run.requestedBy !== null) return null
      const answer = asked.get(run.id)
      if (answer) {
        asked.delete(run.id)
        return answer.refusal
      }
      if (answer === undefined) {
        asked.set(run.id, null)
        void ask(run, known)
      }
      return undefined
    },
  }
}

/** What was to be looked at cannot be read, or the look broke off. */
async function noteBroken(run: Waiting, { store, clock }: Deps): Promise<void> {
  const note = 'Whether it should run could not be looked at, so it does: the look broke off.'
  const evaluation = evaluationOf({ open: true, note }, run, { source: null, value: null })
  const now = clock.now()
  if (evaluation) await store.atomically([noteBefore(run.id, note, now), ...evaluated([evaluation], now)])
}

async function lookFor(run: Waiting, { store, clock, lookAt }: Deps): Promise<string | null> {
  const onlyIf = OnlyIf.parse(JSON.parse(run.onlyIf ?? 'null'))
  const { workspaceId, triggerId } = run
  const look = await lookAt(onlyIf.source, { workspaceId, triggerId })
  const gate = gateOf(onlyIf, look)
  const value = look.kind === 'read' ? look.reading.value : null
  const evaluation = evaluationOf(gate, run, { source: sourceInWords(onlyIf.source), value })
  const now = clock.now()
  const noted = gate.open && gate.note !== null ? [noteBefore(run.id, gate.note, now)] : []
  if (evaluation) await store.atomically([...noted, ...evaluated([evaluation], now)])
  return gate.open ? null : gate.reason
}

/** What kept it from running, and what could not be looked at; of the rest the run itself tells. */
function evaluationOf(
  gate: Gate,
  { triggerId, occurrence }: Waiting,
  of: Pick<NewEvaluation, 'source' | 'value'>,
): NewEvaluation | null {
  if (gate.open && gate.note === null) return null
  return {
    ...{ triggerId, occurrence, ...of, eventId: null, deliveryId: null, trace: [] },
    ...(gate.open ? { verdict: 'error', reason: gate.note } : { verdict: 'not_true', reason: gate.reason }),
  }
}
