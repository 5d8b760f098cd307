/**
 * Who listens for what: the triggers of a workspace by the types that they hear of, each read once a revision.
 *
 * Promise: a fact costs those who listen for its type, however many listen for others.
 */
import type { AwaitingTrigger } from '#db/queries/due.ts'
import { type CancelOn, EventTrigger } from '../contract/event-trigger.ts'
import type { TriggerEvent } from '../contract/trigger-event.ts'
import { listens } from '../triggers/event.ts'
import { accepting } from '../triggers/index.ts'
import { cancelOnOf } from './calling-off.ts'

/** What a revision of a trigger listens for. */
interface Hearing {
  config: EventTrigger
  accepts: ReturnType<typeof accepting>
}
interface Known {
  revision: number
  hearing: Hearing | null
  cancelOn: CancelOn
}
export interface Ear extends Hearing {
  trigger: AwaitingTrigger
}
export interface Caller {
  trigger: AwaitingTrigger
  cancelOn: CancelOn
}

export interface Ears {
  /**
   * Those that look at an event, in the order of their triggers. One that was switched on after it was told, and
   * before anybody looked, hears it as it was then: off.
   */
  hearing(event: TriggerEvent, toldAt: Date): Ear[]
  /** Those whose runs it may call off. */
  calling(event: TriggerEvent): Caller[]
}

/** What plain SQL has spoilt hears nothing: the loop says so at its row. */
function hearingOf(trigger: AwaitingTrigger): Hearing | null {
  if (trigger.kind !== 'event') return null
  try {
    return { config: EventTrigger.parse(JSON.parse(trigger.config)), accepts: accepting(trigger) }
  } catch {
    return null
  }
}

/** By the names that triggers give: a type, or a family without its star (`document.`). */
class Named<It> {
  readonly #types = new Map<string, It[]>()
  readonly #families = new Map<string, It[]>()

  add(named: string, it: It): void {
    const isFamily = named.endsWith('.*')
    const all = isFamily ? this.#families : this.#types
    all.getOrInsertComputed(isFamily ? named.slice(0, -1) : named, () => []).push(it)
  }
  of(type: string): It[] {
    const found = new Set(this.#types.get(type))
    if (this.#families.size > 0)
      for (let dot = type.indexOf('.'); dot >= 0; dot = type.indexOf('.', dot + 1))
        for (const it of this.#families.get(type.slice(0, dot + 1)) ?? []) found.add(it)
    return [...found]
  }
}

/** Remembers what it has read of each trigger, as long as that listens. */
export function createEars() {
  const known = new Map<number, Map<number, Known>>()

  function read(trigger: AwaitingTrigger, before: Known | undefined): Known {
    // Plain SQL changes a row and its revision with it; what does not follow a revision is read from the row.
    if (before?.revision === trigger.revision) return before
    return { revision: trigger.revision, hearing: hearingOf(trigger), cancelOn: cancelOnOf(trigger) }
  }

  return (workspaceId: number, triggers: readonly AwaitingTrigger[]): Ears => {
    const before = known.get(workspaceId)
    const now = new Map(triggers.map((it) => [it.id, read(it, before?.get(it.id))]))
    if (now.size > 0) known.set(workspaceId, now)
    else known.delete(workspaceId)
    return indexed(triggers, now)
  }
}

function indexed(triggers: readonly AwaitingTrigger[], known: ReadonlyMap<number, Known>): Ears {
  const ears = new Named<Ear>()
  const callers = new Named<Caller>()
  for (const trigger of triggers) {
    const { hearing = null, cancelOn = [] } = known.get(trigger.id) ?? {}
    const ear = hearing && { ...hearing, trigger }
    for (const named of new Set(ear?.config.types)) if (ear) ears.add(named, ear)
    const caller = { trigger, cancelOn }
    for (const named of new Set(cancelOn.flatMap((it) => it.types))) callers.add(named, caller)
  }
  const inOrder = <It extends { trigger: AwaitingTrigger }>(all: It[]) =>
    all.sort((a, b) => a.trigger.id - b.trigger.id)
  /** By type: most events are of few. */
  const heard = new Map<string, Ear[]>()
  return {
    hearing: (event, toldAt) =>
      heard
        .getOrInsertComputed(event.type, () => inOrder(ears.of(event.type)))
        .flatMap((it) => heardBy(it, event, toldAt)),
    calling: (event) => inOrder(callers.of(event.type)),
  }
}

function heardBy(ear: Ear, event: TriggerEvent, toldAt: Date): Ear[] {
  const { trigger, config } = ear
  const isAfter = (event.id ?? 0) > trigger.hearsFrom
  // What happened before it was there is nothing to it; what happened while it was off is kept for its pause.
  if (!isAfter && toldAt.getTime() <= trigger.createdAt) return []
  if (!listens(config, event, trigger.id)) return []
  return isAfter
    ? [ear]
    : [{ ...ear, trigger: { ...trigger, enabled: false, pausedAt: null, pausedUntil: null } }]
}
