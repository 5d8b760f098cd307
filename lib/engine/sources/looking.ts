/**
 * One look at a source, and what comes of it.
 *
 * Promise: what was found is told as events in the transaction that moves the place up to which the source was looked
 * at, and only where nobody has moved it meanwhile: two servers, or one that is killed, tell nothing twice and leave
 * nothing out. A source that cannot be looked at stays where it is, and says why.
 */
import { createHash } from 'node:crypto'
import type { Logger } from 'pino'
import { type NewFact, recordFacts } from '#db/queries/facts.ts'
import * as rows from '#db/queries/sources.ts'
import type { Store } from '#db/store.ts'
import type { Box } from '#lib/agents/sealed.ts'
import type { Secrets } from '#lib/agents/secrets.ts'
import { type Clock, minutes } from '#lib/clock.ts'
import { inTime } from '#lib/deadline.ts'
import { type Item, kindOf, type Look, type Reach, SourceProblem } from '#lib/triggers/sources/index.ts'
import { keptIn, openConfig } from './confidence.ts'
import { type Outcome, outcomeOfLook, outcomeOfProblem } from './outcome.ts'

export type { SourceRow } from '#db/queries/sources.ts'
type SourceRow = rows.SourceRow

const LONGEST_LOOK_MS = minutes(2)

export interface LookingDeps {
  store: Store
  clock: Clock
  log: Logger
  box: Box
  secrets: Pick<Secrets, 'open'>
  reach: Reach
  hint(workspaceIds: number[]): void
}

export type Looked = Outcome & { items: Item[]; isKept: boolean }

/** Looks, and keeps what was found. `signal`: the server stops. */
export async function look(deps: LookingDeps, row: SourceRow, signal: AbortSignal): Promise<Looked> {
  const { store, clock, log, hint } = deps
  const seen = await within(deps, signal, (limit) => lookAt(deps, row, limit)).catch((error: unknown) => {
    signal.throwIfAborted()
    return problemOf(error)
  })
  const now = clock.now()
  const isProblem = seen instanceof SourceProblem
  const outcome = isProblem ? outcomeOfProblem(row, seen, now) : outcomeOfLook(row, seen, now)
  const items = isProblem ? [] : seen.items
  const facts = items.map((it) => factOf(row, it, `${outcome.found.baselineAt}`))
  const kept = { ...outcome, facts: facts.length > 0 ? [recordFacts(facts, now)] : [] }
  const isKept = await rows.keepLook(store, row, kept, now)
  if (isKept && (items.length > 0 || outcome.found.status !== row.status)) {
    log.info(
      { sourceId: row.id, status: outcome.found.status, events: items.length },
      'A source was looked at.',
    )
    hint([row.workspaceId])
  }
  return { ...outcome, items, isKept }
}

async function lookAt(deps: LookingDeps, row: SourceRow, signal: AbortSignal): Promise<Look<unknown>> {
  const kind = kindOf(row.kind)
  const config = await openConfig(deps, row.workspaceId, kind, keptIn(row))
  return kind.look(config, cursorOf(row), deps.reach, signal)
}

/** What no version of the program wrote is none. */
function cursorOf(row: SourceRow): never {
  const read = row.cursor === null ? null : kindOf(row.kind).cursor.safeParse(JSON.parse(row.cursor))
  return (read?.success ? read.data : null) as never
}

/**
 * Tells again what was looked at already and came since. Null: somebody has changed the source meanwhile.
 * @throws SourceProblem
 */
export async function rewind(
  deps: LookingDeps,
  row: SourceRow,
  { to, most, dryRun }: { to: Date; most: number; dryRun: boolean },
): Promise<Item[] | null> {
  const { store, clock, hint } = deps
  const kind = kindOf(row.kind)
  const cursor = cursorOf(row)
  if (cursor === null) throw new SourceProblem('It was not looked at so far: there is nothing to tell again.')
  const since = (countOnly: boolean) =>
    within(deps, new AbortController().signal, async (signal) => {
      const config = await openConfig(deps, row.workspaceId, kind, keptIn(row))
      return kind.since(config, cursor, { to, most, countOnly, signal }, deps.reach)
    }).catch((error: unknown) => {
      throw problemOf(error)
    })
  const there = await since(true)
  if (dryRun || there.length === 0 || there.length > most) return there
  const items = await since(false)
  // They have been told before: by the version of the source these are others.
  const facts = items.map((it) => factOf(row, it, `again ${row.version}`))
  const kept = { found: row, facts: [recordFacts(facts, clock.now())], notice: null }
  if (!(await rows.keepLook(store, row, kept, clock.now()))) return null
  hint([row.workspaceId])
  return items
}

const within = <Answer>(
  { clock }: LookingDeps,
  stopped: AbortSignal,
  work: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> => {
  const late = () =>
    new SourceProblem(`It did not answer completely within ${LONGEST_LOOK_MS / 60_000} minutes.`, {
      passing: true,
    })
  return inTime({ clock, ms: LONGEST_LOOK_MS, signals: [stopped], late }, work)
}

const problemOf = (error: unknown): SourceProblem =>
  error instanceof SourceProblem
    ? error
    : new SourceProblem(error instanceof Error ? error.message : String(error), {
        passing: true,
        cause: error,
      })

/** `among`: where an item of the same name is the same. */
function factOf({ id, workspaceId, name }: SourceRow, it: Item, among: string): NewFact {
  const key = createHash('sha256').update(it.key).digest('base64url').slice(0, 32)
  return {
    ...{ workspaceId, sourceId: id, type: it.type, occurredAt: it.occurredAt, data: it.data },
    actor: { kind: 'source', id: String(id), name },
    dedupeKey: `source:${id}:${among.replace(' ', ':')}:${key}`,
  }
}
