/**
 * Skills of a workspace, and their files.
 *
 * Promise: a skill and its files change in one transaction; with other files it is under review; what is accepted are
 * the files as they were read. What was given in confidence is sealed before it comes here.
 */
import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { SkillFormat, SkillSource } from '#lib/contract/skill.ts'
import { alias, insert, names, set, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'
import { countEvents, lockWorkspaces, nextSeq, tell } from './story.ts'

export type SkillRow = Store['t']['skills']['$inferSelect']

export const list = (store: Store, workspaceId: number): Promise<SkillRow[]> =>
  store.q
    .select()
    .from(store.t.skills)
    .where(eq(store.t.skills.workspaceId, workspaceId))
    .orderBy(asc(store.t.skills.id))

export const named = async (store: Store, workspaceId: number, ids: number[]): Promise<SkillRow[]> =>
  ids.length === 0
    ? []
    : store.q
        .select()
        .from(store.t.skills)
        .where(and(eq(store.t.skills.workspaceId, workspaceId), inArray(store.t.skills.id, ids)))
        .orderBy(asc(store.t.skills.id))

export async function get(store: Store, workspaceId: number, id: number): Promise<SkillRow | null> {
  const [row] = await named(store, workspaceId, [id])
  return row ?? null
}

export async function called(store: Store, workspaceId: number, hubId: string): Promise<SkillRow | null> {
  const { skills: it } = store.t
  const [row] = await store.q
    .select()
    .from(it)
    .where(and(eq(it.workspaceId, workspaceId), eq(it.hubId, hubId)))
  return row ?? null
}

const s = alias(t.skills, 's')
const p = alias(t.skillPieces, 'f')
const w = alias(t.workspaces, 'w')
const given = alias(t.skills, 'excluded')

/** By it an administrator sees that it was of what is no more: of two changes in one moment, too. */
const later = (now: ReturnType<typeof sql>) =>
  sql`case when ${t.skills.updatedAt} >= ${now} then ${t.skills.updatedAt} + 1 else ${now} end`

const own = { workspaceId: 'int', hubId: 'text' } as const
const put = statement({
  values: {
    ...own,
    format: 'text',
    source: 'text',
    sha256: 'text',
    bytes: 'int',
    manifest: 'text',
    by: 'text?',
    now: 'instant',
    most: 'int',
  },
  answer: { id: t.skills.id },
  text: ({ values: v, returning }) => sql`
  ${insert(t.skills, {
    workspaceId: w.id,
    hubId: v.hubId,
    format: v.format,
    status: sql`'review'`,
    source: v.source,
    sha256: v.sha256,
    bytes: v.bytes,
    manifest: v.manifest,
    createdBy: v.by,
    createdAt: v.now,
    updatedBy: v.by,
    updatedAt: v.now,
  })}
  from ${table(w)} where ${w.id} = ${v.workspaceId} and ${v.most} > (
    select count(*) from ${table(s)} where ${s.workspaceId} = ${v.workspaceId} and ${s.hubId} <> ${v.hubId})
  on conflict (${names(s.workspaceId, s.hubId)}) do update ${set(t.skills, {
    format: sql`${given.format}`,
    status: sql`'review'`,
    source: sql`${given.source}`,
    sha256: sql`${given.sha256}`,
    bytes: sql`${given.bytes}`,
    manifest: sql`${given.manifest}`,
    version: sql`${t.skills.version} + 1`,
    updatedBy: sql`${given.updatedBy}`,
    updatedAt: later(v.now),
  })}
  where ${t.skills.sha256} <> ${given.sha256} and (${given.source} = 'upload' or ${t.skills.source} = 'folder')
  ${returning}`,
})
const told = statement({
  values: { ...own, status: 'text', now: 'instant' },
  text: ({ values: v }) => sql`
  ${insert(t.events, {
    workspaceId: w.id,
    seq: nextSeq(w, s.id),
    at: v.now,
    type: sql`'skill:status'`,
    data: sql`'{"skillId":' || cast(${s.id} as text) || ',"status":"' || ${s.status} || '"}'`,
  })}
  from ${table(s)} join ${table(w)} on ${w.id} = ${s.workspaceId}
  where ${s.workspaceId} = ${v.workspaceId} and ${s.hubId} = ${v.hubId} and ${s.status} = ${v.status}
    and ${s.updatedAt} >= ${v.now}`,
})
/** Only of the skill whose files they are by now. */
const written = { ...own, sha256: 'text' } as const
const dropPieces = statement({
  values: written,
  text: ({ values: v }) => sql`
  delete from skill_pieces where skill_id in (
    select ${s.id} from ${table(s)}
    where ${s.workspaceId} = ${v.workspaceId} and ${s.hubId} = ${v.hubId} and ${s.sha256} = ${v.sha256})`,
})
const putPieces = statement({
  values: written,
  rows: { n: 'int', base64: 'text' },
  text: ({ page, row, values: v }) => sql`
  ${insert(t.skillPieces, { skillId: s.id, n: row.n, base64: row.base64 })}
  from ${page} join ${table(s)} on ${s.workspaceId} = ${v.workspaceId} and ${s.hubId} = ${v.hubId}
    and ${s.sha256} = ${v.sha256}
  where true on conflict do nothing`,
})

export interface Brought {
  hubId: string
  format: SkillFormat
  source: SkillSource
  sha256: string
  bytes: number
  /** JSON. */
  manifest: string
  /** Its files. */
  packed: Buffer
  /** Null: it was found in a folder. */
  by: string | null
}

const PIECE_BYTES = 768 * 1024
const piecesOf = (bytes: Buffer) =>
  Array.from({ length: Math.ceil(bytes.length / PIECE_BYTES) }, (_, n) => ({
    n,
    base64: bytes.toString('base64', n * PIECE_BYTES, (n + 1) * PIECE_BYTES),
  }))

/**
 * Adds it, or gives the one of its name other files, which puts it under review. A folder does not take the place of
 * what was uploaded. Null where the workspace has as many as it may.
 */
export async function bring(
  store: Store,
  workspaceId: number,
  { packed, ...it }: Brought,
  { now, most }: { now: Date; most: number },
): Promise<{ skill: SkillRow; isNews: boolean } | null> {
  const { hubId, sha256 } = it
  const [, changed] = await store.atomically([
    lockWorkspaces([workspaceId]),
    put({ workspaceId, ...it, now, most }),
    dropPieces({ workspaceId, hubId, sha256 }),
    putPieces({ workspaceId, hubId, sha256, rows: piecesOf(packed) }),
    told({ workspaceId, hubId, status: 'review', now }),
    countEvents([workspaceId]),
  ])
  const skill = await called(store, workspaceId, hubId)
  return skill && { skill, isNews: changed.length > 0 }
}

const pieces = statement({
  values: { workspaceId: 'int', id: 'int', sha256: 'text' },
  answer: { base64: p.base64 },
  text: ({ answer, values: { workspaceId, id, sha256 } }) => sql`
  select ${answer} from ${table(p)} join ${table(s)} on ${s.id} = ${p.skillId}
  where ${s.workspaceId} = ${workspaceId} and ${s.id} = ${id} and ${s.sha256} = ${sha256} order by ${p.n}`,
})
/** Its files, packed; null where they are others by now. */
export async function packed(
  store: Store,
  { workspaceId, id, sha256 }: Pick<SkillRow, 'workspaceId' | 'id' | 'sha256'>,
): Promise<Buffer | null> {
  const found = await store.all(pieces({ workspaceId, id, sha256 }))
  return found.length === 0 ? null : Buffer.concat(found.map(({ base64 }) => Buffer.from(base64, 'base64')))
}

const accepted = statement({
  values: {
    id: 'int',
    workspaceId: 'int',
    seen: 'instant',
    setup: 'text',
    grants: 'text',
    by: 'text',
    now: 'instant',
  },
  answer: { id: t.skills.id },
  text: ({ values: v, returning }) => sql`
  update skills ${set(t.skills, {
    status: sql`'accepted'`,
    acceptedSha256: sql`${t.skills.sha256}`,
    setup: v.setup,
    grants: v.grants,
    acceptedBy: v.by,
    acceptedAt: v.now,
    updatedBy: v.by,
    updatedAt: later(v.now),
  })}
  where ${t.skills.id} = ${v.id} and ${t.skills.workspaceId} = ${v.workspaceId} and ${t.skills.updatedAt} = ${v.seen}
  ${returning}`,
})
/** False where it is another than was read. */
export async function accept(
  store: Store,
  { id, workspaceId, hubId, updatedAt }: SkillRow,
  it: { setup: string; grants: string; by: string },
  now: Date,
): Promise<boolean> {
  const [, changed] = await store.atomically([
    lockWorkspaces([workspaceId]),
    accepted({ id, workspaceId, seen: updatedAt, ...it, now }),
    told({ workspaceId, hubId, status: 'accepted', now }),
    countEvents([workspaceId]),
  ])
  return changed.length > 0
}

const removed = statement({
  values: { workspaceId: 'int', id: 'int' },
  answer: { id: t.skills.id },
  text: ({ values: v, returning }) => sql`
  delete from skills where ${t.skills.id} = ${v.id} and ${t.skills.workspaceId} = ${v.workspaceId} ${returning}`,
})
export async function remove(store: Store, workspaceId: number, id: number, now: Date): Promise<boolean> {
  const [, gone] = await store.atomically([
    lockWorkspaces([workspaceId]),
    removed({ workspaceId, id }),
    tell([{ workspaceId, type: 'skill:status', data: { skillId: id, status: 'removed' } }], now),
    countEvents([workspaceId]),
  ])
  return gone.length > 0
}

/** Schedules that run it. */
export const schedulesOf = async (
  store: Store,
  workspaceId: number,
): Promise<{ id: number; name: string; hubId: string; enabled: boolean; context: string }[]> => {
  const { triggers: it } = store.t
  return store.q
    .select({ id: it.id, name: it.name, hubId: it.agentId, enabled: it.enabled, context: it.context })
    .from(it)
    .where(and(eq(it.workspaceId, workspaceId), eq(it.agentType, 'imported'), isNull(it.deletedAt)))
    .orderBy(asc(it.id))
}

/** Of the files of all skills there are. */
export const hashes = async (store: Store): Promise<string[]> =>
  (await store.q.selectDistinct({ sha256: store.t.skills.sha256 }).from(store.t.skills)).map(
    (it) => it.sha256,
  )
