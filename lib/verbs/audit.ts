/** The record of who changed what: read by administrators, written by the doors (`lib/http/recorded.ts`). */
import * as rows from '#db/queries/audit.ts'
import type { AuditEntry, AuditQuery } from '../contract/audit.ts'
import { ProblemError } from '../contract/problem.ts'
import type { Deps } from './deps.ts'

/** Newest first. `workspaceId` null: of all workspaces, and of the installation. */
export async function list(
  { store }: Pick<Deps, 'store'>,
  workspaceId: number | null,
  { limit, cursor, from, to, ...filter }: AuditQuery,
): Promise<{ entries: AuditEntry[]; nextCursor: string | null }> {
  const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : Number(cursor)
  if (!Number.isSafeInteger(before) || before < 1)
    throw new ProblemError(400, `The cursor "${cursor}" is not one that this server gave.`)
  const span = { from: from ? new Date(from) : undefined, to: to ? new Date(to) : undefined }
  const found = await rows.list(store, { workspaceId, before, limit: limit + 1, ...filter, ...span })
  const page = found.slice(0, limit)
  return {
    entries: page.map((it) => ({
      id: it.id,
      at: new Date(it.at).toISOString(),
      actor: { kind: it.actorKind, id: it.actorId, name: it.actorName },
      via: it.via,
      remoteAddress: it.remoteAddress,
      action: it.action,
      object: { kind: it.objectKind, id: it.objectId, name: it.objectName },
      changes: it.changes === null ? [] : (JSON.parse(it.changes) as AuditEntry['changes']),
      workspace: it.workspace,
    })),
    nextCursor: found.length > limit ? String(page.at(-1)?.id) : null,
  }
}

/** What is known of an entry once the change is made. */
export const detail = ({ store }: Pick<Deps, 'store'>, entryId: number, it: rows.Detail): Promise<void> =>
  rows.detail(store, entryId, it)
