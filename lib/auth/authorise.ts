/**
 * Who may do what: the one function behind every door.
 *
 * Promise: a workspace that is not there and one that the caller has no part in give the same refusal.
 */
import type { Reach } from '#db/queries/workspaces.ts'
import * as workspaces from '#db/queries/workspaces.ts'
import type { Store } from '#db/store.ts'
import { Role } from '#lib/contract/fields.ts'
import { forbidden, notFound } from '#lib/contract/problem.ts'
import type { Workspace } from '#lib/contract/workspace.ts'
import type { Actor } from './actor.ts'

/** A workspace as somebody found it who may enter: `role` is what they may do. */
export type WorkspaceAccess = Workspace

export const suffices = (role: Role, need: Role) => Role.options.indexOf(role) >= Role.options.indexOf(need)

export const reachOf = (actor: Actor): Reach =>
  actor.kind === 'person'
    ? { userId: actor.id, role: actor.installationAdmin ? 'admin' : null, only: null }
    : { userId: null, role: actor.role, only: actor.workspaceId }

/** @throws ProblemError 404 without a part in the workspace, 403 with too small a role. */
export async function authorise(
  store: Store,
  actor: Actor,
  slug: string,
  need: Role,
): Promise<WorkspaceAccess> {
  const workspace = await workspaces.find(store, slug, reachOf(actor))
  if (!workspace) throw notFound('workspace')
  if (!suffices(workspace.role, need))
    throw forbidden(`This takes the role "${need}" in this workspace; yours is "${workspace.role}".`)
  return workspace
}

export const administersInstallation = (actor: Actor) =>
  actor.kind === 'person' ? actor.installationAdmin : actor.workspaceId === null && actor.role === 'admin'

/** @throws ProblemError 403 */
export function requireInstallation(actor: Actor): void {
  if (!administersInstallation(actor))
    throw forbidden('This takes an administrator of the whole installation.')
}
