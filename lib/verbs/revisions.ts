/** What triggers and agents were set to before, and who changed what. They are restored by their own nouns. */
import * as agents from '#db/queries/agents.ts'
import * as rows from '#db/queries/revisions.ts'
import type { RevisionRow } from '#db/queries/revisions.ts'
import * as triggers from '#db/queries/triggers.ts'
import { masked } from '../agents/sealed.ts'
import type { AnswerOf, Api, QueryOf } from '../contract/api.ts'
import { notFound, ProblemError } from '../contract/problem.ts'
import type { Revision, RevisionDetail } from '../contract/revision.ts'
import { actorOf } from './actors.ts'
import { differences, settingsIn, type Values } from './differing.ts'
import type { Deps } from './deps.ts'

type Stored = Pick<Deps, 'store'>
type Query = QueryOf<Api['listTriggerRevisions']>
type List = AnswerOf<Api['listTriggerRevisions']>
/** Those up to a number, the newest first. */
type Look = (upTo: number, limit: number) => Promise<RevisionRow[]>

export const ofTrigger = async (deps: Stored, workspaceId: number, id: number, query: Query): Promise<List> =>
  listed(await lookAtTrigger(deps, workspaceId, id), settingsIn, query)

export const oneOfTrigger = async (
  deps: Stored,
  workspaceId: number,
  id: number,
  n: number,
): Promise<RevisionDetail> => one(await lookAtTrigger(deps, workspaceId, id), settingsIn, n)

export const ofAgent = async (deps: Stored, workspaceId: number, id: string, query: Query): Promise<List> =>
  listed(await lookAtAgent(deps, workspaceId, id), configIn, query)

export const oneOfAgent = async (
  deps: Stored,
  workspaceId: number,
  id: string,
  n: number,
): Promise<RevisionDetail> => one(await lookAtAgent(deps, workspaceId, id), configIn, n)

async function lookAtTrigger({ store }: Stored, workspaceId: number, id: number): Promise<Look> {
  if (!(await triggers.get(store, workspaceId, id))) throw notFound('schedule')
  return (upTo, limit) => rows.ofTrigger(store, id, { upTo, limit })
}

async function lookAtAgent({ store }: Stored, workspaceId: number, id: string): Promise<Look> {
  if (!(await agents.get(store, workspaceId, id))) throw notFound('agent')
  return (upTo, limit) => rows.ofAgent(store, { workspaceId, id }, { upTo, limit })
}

const configIn = (kept: string) => JSON.parse(kept) as Values

/** One more than is answered: the last of a page differs from one that stands on the next. */
async function listed(look: Look, read: (kept: string) => Values, { limit, cursor }: Query): Promise<List> {
  const upTo = cursor === undefined ? Number.MAX_SAFE_INTEGER : Number(cursor)
  if (!Number.isSafeInteger(upTo) || upTo < 1)
    throw new ProblemError(400, `The cursor "${cursor}" is not one that this server gave.`)
  const found = await look(upTo, limit + 1)
  const next = found[limit]
  return {
    revisions: found.slice(0, limit).map((row, n) => shown(row, found[n + 1], read)),
    nextCursor: next ? String(next.revision) : null,
  }
}

async function one(look: Look, read: (kept: string) => Values, n: number): Promise<RevisionDetail> {
  const [row, before] = await look(n, 2)
  if (row?.revision !== n) throw notFound('revision')
  return { ...shown(row, before, read), config: masked(read(row.config)) }
}

function shown(row: RevisionRow, before: RevisionRow | undefined, read: (kept: string) => Values): Revision {
  return {
    revision: row.revision,
    at: new Date(row.at).toISOString(),
    actor: actorOf(row),
    changes: before ? differences(read(before.config), read(row.config)) : [],
  }
}
