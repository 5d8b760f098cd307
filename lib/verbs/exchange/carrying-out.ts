/**
 * What a document changes, done by the verbs of each kind: for good, or to see what would keep it from being done.
 *
 * Promise: all of it is one transaction (`store.converse`). What reaches beyond the database, a look at an address or
 * a word to the engine, is put off until it is kept, and forgotten where it is not.
 */
import * as audit from '#db/queries/audit.ts'
import { type Imported, type ImportProblem, KIND_OF, type ListName } from '../../contract/exchange.ts'
import { problemOf } from '../../contract/problem.ts'
import { type Compared, missingSecrets, type Step, type There } from './comparing.ts'
import type { ExchangeDeps, Place } from './deps.ts'
import type { Entry } from './entries.ts'
import type { Values } from './document.ts'
import { type Existing, IN_ORDER, KINDS, type Made } from './kinds.ts'
import type { Names } from './names.ts'
import { namedIn, renamedIn } from './references.ts'

/** Put off until all of it is kept. */
export interface Afterwards {
  deps: ExchangeDeps
  done(): Promise<void>
}

/** The same verbs, at one instant, that tell nobody outside of the database anything yet. */
export function heldBack(given: ExchangeDeps, at: Date): Afterwards {
  const later: (() => unknown)[] = []
  const putOff =
    <Args extends unknown[]>(work: (...args: Args) => unknown) =>
    (...args: Args): void => {
      later.push(() => work(...args))
    }
  const putOffSoon =
    <Args extends unknown[]>(work: (...args: Args) => unknown) =>
    async (...args: Args): Promise<never> => {
      later.push(() => work(...args))
      return undefined as never
    }
  const { engine, eventSources, calendarsRead, clock, hint } = given
  const quiet = {
    look: putOff(() => engine.look()),
    lookForStops: putOff(() => engine.lookForStops()),
    lookAtQueue: putOff(() => engine.lookAtQueue()),
    callOffOrphans: putOffSoon(() => engine.callOffOrphans()),
    // Those of what is touched were left before.
    leaveTraces: async () => {},
    readiness: { ...engine.readiness, lasting: putOffSoon(engine.readiness.lasting) },
  }
  const deps = {
    ...given,
    hint: putOff(hint),
    clock: Object.assign(Object.create(clock) as typeof clock, { now: () => at }),
    engine: Object.assign(Object.create(engine) as typeof engine, quiet),
    eventSources: { ...eventSources, check: putOffSoon(eventSources.check) },
    calendarsRead: { ...calendarsRead, check: putOffSoon(calendarsRead.check) },
  } as ExchangeDeps
  const run = async (work: () => unknown) => work()
  return {
    deps,
    async done() {
      // Whatever fails of it is found by the look of its own time.
      for (const work of later) await run(work).catch(() => {})
    },
  }
}

/** What has passed belongs to the settings of then. */
export async function leaveTraces(
  { engine }: ExchangeDeps,
  { steps, deleted }: Pick<Compared, 'steps' | 'deleted'>,
  there: There,
  at: Date,
): Promise<void> {
  const isTouched = [...steps, ...deleted].some(({ list }) => list === 'calendars')
  const touched = [...steps, ...deleted].flatMap(({ list, before }) =>
    list === 'triggers' && before ? [before.id as number] : [],
  )
  const all = isTouched ? [...there.triggers.values()].map((it) => it.id as number) : touched
  for (const id of new Set(all)) await engine.leaveTraces(id, at)
}

export type Done = Omit<Imported, 'planId'>
interface Attempt {
  /** How one is done: where it fails, whether the others go on. */
  attempt<Answer>(step: () => Promise<Answer>): Promise<Answer>
}
interface Context extends Attempt {
  deps: ExchangeDeps
  place: Place
  names: Names
  /** Ids by kind and key: of what is there, and of what was made. */
  ids: Map<string, number | string>
  /** By kind and key: they failed, and what names them cannot be tried. */
  failed: Set<string>
  problems: ImportProblem[]
  done: Done
  entries: Entry[]
}
const called = (list: ListName, key: string) => `${KIND_OF[list]} ${key}`

/** In the order in which things name each other; answers what was done, and what could not be. */
export async function carryOut({
  deps,
  place,
  names,
  there,
  compared,
  attempt,
}: Omit<Context, 'ids' | 'failed' | 'problems' | 'done' | 'entries'> & {
  there: There
  compared: Compared
}): Promise<Pick<Context, 'done' | 'problems' | 'entries'>> {
  const ids = new Map<string, number | string>()
  for (const list of IN_ORDER) for (const [key, { id }] of there[list]) ids.set(called(list, key), id)
  const done: Done = { created: [], changed: [], deleted: [], once: [] }
  const of = { failed: new Set<string>(), problems: [], done, entries: [] }
  const context: Context = { deps, place, names, attempt, ids, ...of }
  for (const list of IN_ORDER) {
    const steps = compared.steps.filter((it) => it.list === list)
    for (const it of namedFirst(steps)) await carryOne(context, it.step, it.isEarly)
  }
  for (const list of IN_ORDER.toReversed())
    for (const it of compared.deleted) if (it.list === list) await deleteOne(context, it)
  return { done, problems: context.problems, entries: context.entries }
}

/**
 * What others of the list name comes before them. Where they name each other in a circle, one is made early, naming
 * what is not there yet, and comes again.
 */
export function namedFirst(steps: readonly Step[]): { step: Step; isEarly: boolean }[] {
  const order: { step: Step; isEarly: boolean }[] = []
  const again: Step[] = []
  let left = [...steps]
  const waitsFor = ({ list, item, key }: Step, others: readonly Step[]) =>
    namedIn(list, item).some(({ name, to }) =>
      others.some((it) => it.before === null && it.key === name && KIND_OF[it.list] === to && it.key !== key),
    )
  while (left.length > 0) {
    const ready = left.filter((it) => !waitsFor(it, left))
    const [first] = left
    if (ready.length === 0 && first) again.push(first)
    const next = ready.length > 0 ? ready : first ? [first] : []
    order.push(...next.map((step) => ({ step, isEarly: ready.length === 0 })))
    left = left.filter((it) => !next.includes(it))
  }
  return [...order, ...again.map((step) => ({ step, isEarly: false }))]
}

const NOT_YET = 9_000_000_000_000_000

async function carryOne(context: Context, step: Step, isEarly: boolean): Promise<void> {
  const { list, key, n, name } = step
  const { ids, failed, done, names, place, deps } = context
  const isBlocked = namedIn(list, step.item).some((it) => failed.has(`${it.to} ${String(it.name)}`))
  if (isBlocked) return void failed.add(called(list, key))
  const kind = KINDS[list]
  const isHere = ids.has(called(list, key))
  const item = withIds(step, names, ids, isEarly)
  try {
    const wanted = kind.schema.parse(item)
    const before: Existing | null = isHere
      ? (step.before ?? { id: ids.get(called(list, key)) ?? 0, key, name, item, mark: null })
      : null
    const made = await context.attempt(() =>
      noted(
        context,
        {
          list,
          key,
          name,
          id: before?.id ?? null,
          action: before ? 'update' : 'create',
          changes: step.changes,
        },
        () => (before ? kind.change(deps, place, before, wanted) : kind.make(deps, place, wanted)),
      ),
    )
    const id = before?.id ?? made.id
    ids.set(called(list, key), id)
    const entry = { kind: KIND_OF[list], key, id }
    const told = step.before === null ? done.created : done.changed
    if (!told.some((it) => it.kind === entry.kind && it.key === key)) told.push(entry)
    if (made.once) done.once.push({ kind: entry.kind, key, ...made.once })
  } catch (error) {
    failed.add(called(list, key))
    context.problems.push(...problemsOf(error, `${list}.${n}`, missingSecrets(step, names.secrets)))
  }
}

function withIds(
  { list, item }: Step,
  names: Names,
  ids: ReadonlyMap<string, unknown>,
  isEarly: boolean,
): Values {
  let unknown = NOT_YET
  return renamedIn(list, item, (name, to) => {
    const id =
      to === 'mcp' || to === 'skill' || to === 'model'
        ? names[to].get(String(name))
        : ids.get(`${to} ${name}`)
    return id ?? (isEarly ? unknown++ : name)
  })
}

async function deleteOne(context: Context, { list, before }: Compared['deleted'][number]): Promise<void> {
  const { deps, place, done } = context
  try {
    await context.attempt(() =>
      noted(context, { list, ...before, action: 'delete', changes: [] }, async () => {
        await KINDS[list].remove(deps, place, before)
        return { id: before.id }
      }),
    )
    done.deleted.push({ kind: KIND_OF[list], key: before.key, id: before.id })
  } catch (error) {
    context.problems.push(...problemsOf(error, `${list}.${before.key}`, []))
  }
}

/** What is missing is told as that. */
function problemsOf(error: unknown, at: string, missing: { name: string }[]): ImportProblem[] {
  const problem = problemOf(error)
  if (!problem) throw error
  const errors = problem.errors ?? [{ path: '', message: problem.detail }]
  return errors
    .filter(({ message }) => !missing.some(({ name }) => message.includes(`the secret ${name},`)))
    .map(({ path, message }) => ({ path: path ? `${at}.${path}` : at, message }))
}

/** With an entry of its own in the record of who changed what; what it says of the fields is told afterwards. */
async function noted(
  { deps, place, entries }: Context,
  { list, key, name, id, action, changes }: Omit<Entry, 'entryId' | 'id'> & Beginning,
  perform: () => Promise<Made>,
): Promise<Made> {
  const kind = KIND_OF[list]
  const { recording, clock } = deps
  const { by, heard, workspace } = place
  const entry = audit.note({
    ...{ workspaceId: workspace.id, at: clock.now(), ...heard },
    ...{ actorKind: by.kind, actorId: by.id, actorName: by.name },
    ...{ action: `${kind}.${action}`, objectKind: kind },
    ...{ objectId: id === null ? null : String(id), objectName: name },
  })
  const { answer, id: entryId } = await recording.record(entry, perform)
  if (entryId !== null) entries.push({ entryId, list, key, name, id: answer.id, changes })
  return answer
}
interface Beginning {
  id: Existing['id'] | null
  action: string
}
