/** Sources of events: entered by editors, looked at when they are saved, and told again from an instant on. */
import * as rows from '#db/queries/sources.ts'
import * as naming from '#db/queries/naming.ts'
import type { Box } from '../agents/sealed.ts'
import type { Secrets } from '../agents/secrets.ts'
import type { By } from '../contract/by.ts'
import { notFound, ProblemError, unacceptable } from '../contract/problem.ts'
import {
  MOST_REWOUND,
  type NewSource,
  type Rewind,
  type RewindAnswer,
  type Source,
  type SourceChange,
} from '../contract/source.ts'
import { inWords } from '../contract/wording.ts'
import {
  type KeptConfig,
  keptIn,
  sealConfig,
  secretsNamed,
  shownConfig,
} from '../engine/sources/confidence.ts'
import type { Sources } from '../engine/sources/index.ts'
import { sourcesNamedIn } from '../engine/sources/using.ts'
import { kindOf, SourceProblem } from '../triggers/sources/index.ts'
import type { Deps } from './deps.ts'
import { keyed, madeAs, renamed, requireFree } from './keys.ts'
import { removeUnnamed } from './naming.ts'

export interface SourceDeps extends Pick<Deps, 'store' | 'clock'> {
  eventSources: Pick<Sources, 'check' | 'rewind' | 'usersOf' | 'reach'>
  box: Box
  secrets: Secrets
}
type Row = rows.SourceRow

const MOST = 100
const MOST_SHOWN = 20
/** A look may come between reading and writing, as often as one is made. */
const TRIES = 10

export async function list(deps: SourceDeps, workspaceId: number): Promise<Source[]> {
  const [found, users] = await Promise.all([rows.list(deps.store, workspaceId), usersIn(deps, workspaceId)])
  return keyed(
    deps,
    keysIn(workspaceId),
    found.map((it) => shown(it, users)),
  )
}
const keysIn = (workspaceId: number) => ({
  ...{ workspaceId, kind: 'source' as const },
  nameOf: ({ name }: { name: string }) => name,
})

export async function get(deps: SourceDeps, workspaceId: number, id: number): Promise<Source> {
  const bare = shown(await own(deps, workspaceId, id), await usersIn(deps, workspaceId))
  const [it] = await keyed(deps, keysIn(workspaceId), [bare])
  return it as Source
}

/** It is looked at before it is answered: one that cannot be is kept, and says why. */
export async function add(
  deps: SourceDeps,
  workspaceId: number,
  { key, ...source }: NewSource,
  by: By,
): Promise<Source> {
  const make = () => addOne(deps, workspaceId, source, by)
  return get(deps, workspaceId, (await madeAs(deps, keysIn(workspaceId), key, make)).id)
}

async function addOne(
  deps: SourceDeps,
  workspaceId: number,
  given: Omit<NewSource, 'key'>,
  by: By,
): Promise<Row> {
  const { store, clock, eventSources } = deps
  const { name, kind, everySeconds } = given
  const config = JSON.stringify(await configOf(deps, workspaceId, kind, given.config, null))
  const values = { workspaceId, name, kind, everySeconds, config }
  const made = await rows.add(store, values, by.id, { now: clock.now(), most: MOST })
  if (!made)
    throw unacceptable([{ path: 'kind', message: `cannot be kept: a workspace has at most ${MOST} sources` }])
  await eventSources.check(made)
  return made
}

/** Another place begins anew: what was seen at the one before says nothing of it. */
export async function change(
  deps: SourceDeps,
  workspaceId: number,
  id: number,
  { key, ...change }: SourceChange,
  _by: By,
): Promise<Source> {
  await requireFree(deps, keysIn(workspaceId), id, key)
  return renamed(deps, keysIn(workspaceId), await changeOne(deps, workspaceId, id, change), key)
}

async function changeOne(
  deps: SourceDeps,
  workspaceId: number,
  id: number,
  { config: given, ...values }: Omit<SourceChange, 'key'>,
): Promise<Source> {
  const { store, clock, eventSources } = deps
  const written = await guarded(deps, workspaceId, id, async (before) => {
    if (!given) return rows.change(store, before, values, clock.now())
    const { receiver } = kindOf(before.kind)
    const config = await configOf(deps, workspaceId, before.kind, given, keptIn(before))
    const isMoved = receiver(keptIn(before) as never) !== receiver(config as never)
    const anew = isMoved && { cursor: null, baselineAt: null, baselineReason: null }
    const next = { ...values, ...anew, config: JSON.stringify(config) }
    return rows.change(store, before, next, clock.now())
  })
  if (given) await eventSources.check(written)
  return get(deps, workspaceId, id)
}

export async function remove(deps: SourceDeps, workspaceId: number, id: number, _by: By): Promise<void> {
  async function requireUnnamed() {
    await own(deps, workspaceId, id)
    const users = await deps.eventSources.usersOf(workspaceId, id)
    if (users.length > 0)
      throw new ProblemError(
        409,
        `The source is listened to by ${users.map((it) => `“${it.name}” (${it.id})`).join(', ')}. Have them listen to another, or delete them, first.`,
      )
  }
  await removeUnnamed(deps, workspaceId, requireUnnamed, (edits) =>
    naming.removeUnnamed(deps.store, 'source', { workspaceId, id, edits }),
  )
}

/** Looks now. */
export async function check(deps: SourceDeps, workspaceId: number, id: number, _by: By): Promise<Source> {
  await deps.eventSources.check(await own(deps, workspaceId, id))
  return get(deps, workspaceId, id)
}

/** What is there and came since is told again, as events of its own. */
export async function rewind(
  deps: SourceDeps,
  workspaceId: number,
  id: number,
  { to, dryRun }: Rewind,
  _by: By,
): Promise<RewindAnswer> {
  const row = await own(deps, workspaceId, id)
  const items = await deps.eventSources
    .rewind(row, { to: new Date(to), most: MOST_REWOUND, dryRun })
    .catch((error: unknown) => {
      throw error instanceof SourceProblem ? new ProblemError(409, error.message) : error
    })
  if (items === null)
    throw new ProblemError(409, 'The source was looked at or changed meanwhile. Ask for it again.')
  if (items.length > MOST_REWOUND)
    throw unacceptable([
      { path: 'to', message: `would tell more than ${MOST_REWOUND} events again: choose a later instant` },
    ])
  const events = items.slice(0, MOST_SHOWN).map(({ type, occurredAt, title }) => ({
    ...{ type, title },
    occurredAt: occurredAt.toISOString(),
  }))
  return { count: items.length, dryRun, events }
}

async function own({ store }: Pick<SourceDeps, 'store'>, workspaceId: number, id: number): Promise<Row> {
  const row = await rows.get(store, workspaceId, id)
  if (!row) throw notFound('source')
  return row
}

/** Writes over the source as it is, however often it is looked at meanwhile. Answers it as it was written. */
async function guarded(
  deps: SourceDeps,
  workspaceId: number,
  id: number,
  write: (row: Row) => Promise<boolean>,
): Promise<Row> {
  for (let n = 0; n < TRIES; n++)
    if (await write(await own(deps, workspaceId, id))) return own(deps, workspaceId, id)
  throw new ProblemError(409, 'The source is looked at all the time. Try it again in a moment.')
}

/** As it is kept; judged by its kind. */
async function configOf(
  deps: SourceDeps,
  workspaceId: number,
  kindName: Source['kind'],
  given: KeptConfig,
  before: KeptConfig | null,
): Promise<KeptConfig> {
  const kind = kindOf(kindName)
  const judged = kind.config.safeParse(given, inWords)
  if (!judged.success)
    throw unacceptable(
      judged.error.issues.map(({ path, message }) => ({ path: ['config', ...path].join('.'), message })),
    )
  const config = judged.data as KeptConfig
  const refusal = await kind.refusal(config as never, deps.eventSources.reach)
  const { kept, faults } = sealConfig(deps.box, workspaceId, kind, config, before)
  const missing = await missingSecrets(deps, workspaceId, kept)
  const refused = refusal ? [{ path: `config.${refusal.field}`, message: refusal.message }] : []
  const errors = [...refused, ...faults, ...missing]
  if (errors.length > 0) throw unacceptable(errors)
  return kept
}

async function missingSecrets({ secrets }: SourceDeps, workspaceId: number, kept: KeptConfig) {
  const names = secretsNamed(kept)
  const known = await secrets.open(workspaceId, names)
  return names
    .filter((it) => typeof known.get(it) !== 'string')
    .map((it) => ({
      path: 'config.password',
      message: `names the secret ${it}, which is not there: enter it first`,
    }))
}

type Users = Map<number, Source['usedBy']>

async function usersIn({ store }: SourceDeps, workspaceId: number): Promise<Users> {
  const users: Users = new Map()
  for (const it of await rows.mayUse(store, workspaceId))
    for (const id of sourcesNamedIn(it))
      users.set(id, [...(users.get(id) ?? []), { id: it.id, name: it.name }])
  return users
}

const instant = (at: number | null) => (at === null ? null : new Date(at).toISOString())

function shown(row: Row, users: Users): Omit<Source, 'key'> {
  const kind = kindOf(row.kind)
  const cursor = row.cursor === null ? null : kind.cursor.safeParse(JSON.parse(row.cursor))
  return {
    ...{ id: row.id, name: row.name, kind: row.kind, everySeconds: row.everySeconds },
    config: shownConfig(row),
    about: kind.describe(keptIn(row) as never),
    ...{ status: row.status, lastError: row.lastError, baselineReason: row.baselineReason },
    cursor: cursor?.success ? kind.shown(cursor.data as never) : null,
    baselineAt: instant(row.baselineAt),
    lastCheckedAt: instant(row.lastCheckedAt),
    nextCheckAt: new Date(row.dueAt).toISOString(),
    usedBy: users.get(row.id) ?? [],
    createdAt: new Date(row.createdAt).toISOString(),
    updatedAt: new Date(row.updatedAt).toISOString(),
  }
}
