/** Workspaces as people make and change them. */
import * as workspaces from '#db/queries/workspaces.ts'
import type { Store } from '#db/store.ts'
import type { Clock } from '#lib/clock.ts'
import type { BodyOf, Api } from '#lib/contract/api.ts'
import { ProblemError, unacceptable } from '#lib/contract/problem.ts'
import type { Workspace } from '#lib/contract/workspace.ts'
import type { Actor } from './actor.ts'
import { authorise, reachOf, requireInstallation } from './authorise.ts'

const MOST_SUFFIXES = 100

/** A name as an address carries it: `Åsa's Team!` becomes `asa-s-team`. */
export function slugOf(name: string): string {
  const slug = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 58)
    .replace(/^-+|-+$/g, '')
  return slug || 'workspace'
}

export interface Workspaces {
  list(actor: Actor): Promise<Workspace[]>
  create(actor: Actor, body: BodyOf<Api['createWorkspace']>): Promise<Workspace>
  change(actor: Actor, workspace: Workspace, body: BodyOf<Api['changeWorkspace']>): Promise<Workspace>
}

/** `mostConcurrent`: what the installation lets one workspace run at once. */
export function createWorkspaces(store: Store, clock: Clock, mostConcurrent: number): Workspaces {
  return {
    list: (actor) => workspaces.list(store, reachOf(actor)),
    async create(actor, { name, slug }) {
      requireInstallation(actor)
      const wanted = slug ?? slugOf(name)
      // Only a slug that nobody asked for may become another one.
      for (let n = 1; n <= (slug ? 1 : MOST_SUFFIXES); n++) {
        const free = n === 1 ? wanted : `${wanted}-${n}`
        const made = await workspaces.create(
          store,
          { name, slug: free, userId: actor.kind === 'person' ? actor.id : null },
          clock.now(),
        )
        if (made) return authorise(store, actor, free, 'viewer')
      }
      throw new ProblemError(
        409,
        `There is already a workspace with the address "${wanted}". Choose another slug.`,
      )
    },
    async change(actor, workspace, body) {
      if (body.maxConcurrent && body.maxConcurrent > mostConcurrent)
        throw unacceptable([
          {
            path: 'maxConcurrent',
            message: `is ${body.maxConcurrent}, more than the ${mostConcurrent} that this installation gives a workspace`,
          },
        ])
      await workspaces.change(store, workspace.id, body)
      return authorise(store, actor, workspace.slug, 'viewer')
    },
  }
}
