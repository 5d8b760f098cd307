/**
 * A workspace as a document: exported, compared with what is there, and brought to what the document says.
 *
 * Promise: an export imported again changes nothing; an import does all of what its plan said or none of it, and
 * nothing that has become another since it was planned.
 */
import { createHash, randomUUID } from 'node:crypto'
import * as plans from '#db/queries/imports.ts'
import { MOST_TALK_MS, TalkTooLong } from '#db/store.ts'
import { opened, sealed } from '../agents/sealed.ts'
import { hours } from '../clock.ts'
import {
  type Imported,
  type ImportBody,
  type ImportPlan,
  KIND_OF,
  LISTS,
  type ListName,
} from '../contract/exchange.ts'
import { notFound, ProblemError, unacceptable } from '../contract/problem.ts'
import { carryOut, type Done, heldBack, leaveTraces } from './exchange/carrying-out.ts'
import {
  compare,
  type Compared,
  exported,
  listsIn,
  missingSecrets,
  type Lists,
  type There,
} from './exchange/comparing.ts'
import type { ExchangeDeps, Place } from './exchange/deps.ts'
import { readDocument, toYaml, type Values } from './exchange/document.ts'
import { tellFields } from './exchange/entries.ts'
import { type Existing, KINDS } from './exchange/kinds.ts'
import { type Names, namesIn } from './exchange/names.ts'

const PLAN_KEPT_MS = hours(1)
const VERSION = 1
const placeOf = (planId: string) => `import plan ${planId}`

export async function exportAll(
  deps: ExchangeDeps,
  place: Place,
  lists: readonly ListName[],
): Promise<{ yaml: string; json: string }> {
  const [there, names] = await Promise.all([readAll(deps, place), namesIn(deps, place.workspace.id)])
  const sorted = LISTS.filter((it) => lists.includes(it)).map((list) => {
    const found = [...there[list].values()].sort((a, b) => (a.key < b.key ? -1 : 1))
    return [list, found.map((it) => exported(list, it.item, there, names))]
  })
  const document: Values = { version: VERSION, ...Object.fromEntries(sorted) }
  return { yaml: toYaml(document), json: `${JSON.stringify(document, null, 2)}\n` }
}

async function readAll(deps: ExchangeDeps, place: Place): Promise<There> {
  const entries: [ListName, Map<string, Existing>][] = []
  for (const list of LISTS) {
    const found = await KINDS[list].read(deps, place)
    entries.push([list, new Map(found.map((it) => [it.key, it]))])
  }
  return Object.fromEntries(entries) as unknown as There
}

/** What it would change; nothing is changed. */
export async function plan(deps: ExchangeDeps, place: Place, body: ImportBody): Promise<ImportPlan> {
  const document = await readDocument(deps.plainOf, body.document)
  const lists = listsIn(document)
  const { there, names, compared } = await looked(deps, place, lists, body.prune)
  const at = deps.clock.now()
  const { problems } = await rehearsed(deps, place, { there, names, compared })
  const missing = compared.steps.flatMap((it) => missingSecrets(it, names.secrets))
  const planId = randomUUID()
  const expiresAt = new Date(at.getTime() + PLAN_KEPT_MS)
  await plans.keep(deps.store, {
    ...{ id: planId, workspaceId: place.workspace.id, prune: body.prune, createdBy: place.by.id },
    // It may say a secret in plain words.
    document: sealed(deps.box, JSON.stringify(document), placeOf(planId)),
    seen: JSON.stringify(printsOf(compared)),
    ...{ createdAt: at, expiresAt },
  })
  return {
    planId,
    ...shown(compared),
    missing: [...compared.missing, ...missing],
    problems: [...compared.problems, ...problems],
    expiresAt: expiresAt.toISOString(),
  }
}

async function looked(deps: ExchangeDeps, place: Place, lists: Lists, prune: boolean) {
  const [there, names] = await Promise.all([readAll(deps, place), namesIn(deps, place.workspace.id)])
  return { there, names, compared: compare(there, lists, names, prune) }
}

const shown = ({ steps, deleted, unchanged }: Compared) => ({
  create: steps.filter((it) => !it.before).map((it) => ({ ...named(it), name: it.name })),
  change: steps.filter((it) => it.before).map((it) => ({ ...named(it), name: it.name, changes: it.changes })),
  delete: deleted.map(({ list, before }) => ({ ...named({ list, key: before.key }), name: before.name })),
  unchanged: unchanged.map(named),
})
const named = ({ list, key }: { list: ListName; key: string }) => ({ kind: KIND_OF[list], key })

/** Of each thing that it touches what it was. */
const printsOf = ({ steps, deleted }: Compared): Record<string, string | null> =>
  Object.fromEntries(
    [...steps.map((it) => ({ ...it })), ...deleted.map((it) => ({ ...it, key: it.before.key }))].map(
      ({ list, key, before }) => [`${KIND_OF[list]} ${key}`, printOf(before)],
    ),
  )
const printOf = (it: Existing | null): string | null =>
  it &&
  createHash('sha256')
    .update(JSON.stringify([it.id, it.mark]))
    .digest('base64url')

/** What has thought better of it. */
class Enough extends Error {}

interface Looked {
  there: There
  names: Names
  compared: Compared
}
/** All of it is done and undone: what the verbs refuse then, they would refuse for good. */
async function rehearsed(deps: ExchangeDeps, place: Place, it: Looked): Promise<Pick<Compared, 'problems'>> {
  if (it.compared.steps.length + it.compared.deleted.length === 0) return { problems: [] }
  const at = deps.clock.now()
  await leaveTraces(deps, it.compared, it.there, at)
  let problems: Compared['problems'] = []
  const rehearse = () =>
    deps.store.converse(async ({ attempt }) => {
      const held = heldBack(deps, at)
      const found = await carryOut({ ...it, deps: held.deps, place, attempt })
      problems = found.problems
      throw new Enough()
    })
  await deps.recording.aside(() =>
    inTime(rehearse).catch((error: unknown) => {
      if (!(error instanceof Enough)) throw error
    }),
  )
  return { problems }
}

/** Others wait for it, so it ends. */
async function inTime<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof TalkTooLong)) throw error
    const most = `${MOST_TALK_MS / 1000} seconds`
    throw new ProblemError(
      503,
      `So many changes take longer than ${most}; nothing was done. Import them in parts.`,
    )
  }
}

/** All of what was planned, or nothing. */
export async function apply(deps: ExchangeDeps, place: Place, planId: string): Promise<Imported> {
  const row = await planOf(deps, place, planId)
  const lists = listsIn(JSON.parse(row.document) as Values)
  const at = deps.clock.now()
  const before = await looked(deps, place, lists, row.prune)
  requireAsSeen(row, before.compared)
  await leaveTraces(deps, before.compared, before.there, at)
  let held = heldBack(deps, at)
  const done = await inTime(() =>
    deps.store.converse(async ({ attempt }) => {
      held = heldBack(deps, at)
      return keepAll(held.deps, place, { row, lists, attempt })
    }),
  )
  deps.hint([place.workspace.id])
  deps.engine.look()
  // A look at an address, and the like: nobody waits for it.
  void held.done()
  return { planId, ...done }
}

async function keepAll(
  deps: ExchangeDeps,
  place: Place,
  {
    row,
    lists,
    attempt,
  }: { row: plans.PlanRow; lists: Lists; attempt: Parameters<typeof carryOut>[0]['attempt'] },
): Promise<Done> {
  const { store, clock } = deps
  const workspaceId = place.workspace.id
  if (!(await plans.applied(store, { workspaceId, id: row.id }, clock.now()))) throw appliedAlready()
  const now = await looked(deps, place, lists, row.prune)
  requireAsSeen(row, now.compared)
  const { missing, problems: faults } = now.compared
  const { done, problems, entries } = await carryOut({ ...now, deps, place, attempt })
  const absent = [...missing, ...now.compared.steps.flatMap((it) => missingSecrets(it, now.names.secrets))]
  const left = [
    ...faults,
    ...problems,
    ...absent.map(({ path, remedy }) => ({ path, message: `is not here: ${remedy}` })),
  ]
  if (left.length > 0) throw unacceptable(left.slice(0, MOST_TOLD))
  await tellFields(deps, entries, await readAll(deps, place), now.names)
  const counts = { created: done.created.length, changed: done.changed.length, deleted: done.deleted.length }
  await plans.tellApplied(store, workspaceId, counts, clock.now())
  return done
}
const MOST_TOLD = 100

async function planOf(
  { store, clock, box }: ExchangeDeps,
  { workspace }: Place,
  id: string,
): Promise<plans.PlanRow> {
  const row = await plans.get(store, workspace.id, id)
  if (!row) throw notFound('plan')
  if (row.appliedAt !== null) throw appliedAlready()
  if (row.expiresAt <= clock.now().getTime())
    throw new ProblemError(410, 'The plan is older than an hour: plan the import anew.')
  const document = opened(box, row.document, placeOf(id))
  if (document === null)
    throw new ProblemError(
      410,
      'The plan cannot be opened with the key that the server has now: plan it anew.',
    )
  return { ...row, document }
}
const appliedAlready = () => new ProblemError(409, 'The plan was applied already. Plan anew to import again.')

function requireAsSeen({ seen }: plans.PlanRow, compared: Compared): void {
  const planned = JSON.parse(seen) as Record<string, string | null>
  const now = printsOf(compared)
  const names = new Set([...Object.keys(planned), ...Object.keys(now)])
  const other = [...names].filter((it) => planned[it] !== now[it])
  if (other.length === 0) return
  const said = other.slice(0, 5).join(', ')
  const more = other.length > 5 ? ` and ${other.length - 5} more` : ''
  throw new ProblemError(409, `Changed since it was planned: ${said}${more}. Plan the import anew.`)
}
