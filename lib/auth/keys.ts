/** API keys: made once and shown once, for one workspace or (without one) for the whole installation. */
import * as apiKeys from '#db/queries/api-keys.ts'
import * as workspaces from '#db/queries/workspaces.ts'
import type { Store } from '#db/store.ts'
import type { Clock } from '#lib/clock.ts'
import type { AnswerOf, Api, BodyOf } from '#lib/contract/api.ts'
import type { Role } from '#lib/contract/fields.ts'
import { forbidden, notFound, ProblemError, unacceptable } from '#lib/contract/problem.ts'
import type { ApiKey } from '#lib/contract/workspace.ts'
import type { Actor } from './actor.ts'
import { administersInstallation, authorise, reachOf, requireInstallation } from './authorise.ts'
import { hashOf, newToken } from './tokens.ts'

const PREFIX_LENGTH = 12

export interface KeyRequest {
  name: string
  workspaceId: number | null
  role: Role
  mayApprove?: boolean
  createdBy: string | null
  expiresAt?: Date | null
}

/** Makes a key. Needs no server: `npm run api-key` calls it beside a running one. */
export async function createKey(
  store: Store,
  clock: Pick<Clock, 'now'>,
  request: KeyRequest,
): Promise<{ apiKey: ApiKey; key: string }> {
  const key = `car_${newToken()}`
  const apiKey = await apiKeys.create(
    store,
    {
      ...request,
      mayApprove: request.mayApprove ?? false,
      expiresAt: request.expiresAt ?? null,
      prefix: key.slice(0, PREFIX_LENGTH),
      hash: hashOf(key),
    },
    clock.now(),
  )
  return { apiKey, key }
}

/** The same for somebody at the machine, who names the workspace by its slug. */
export async function createKeyFor(
  store: Store,
  clock: Pick<Clock, 'now'>,
  { slug, ...request }: Omit<KeyRequest, 'workspaceId'> & { slug: string | null },
): Promise<{ apiKey: ApiKey; key: string }> {
  const workspaceId = slug === null ? null : await workspaces.idOf(store, slug)
  if (slug !== null && workspaceId === null) {
    const known = await workspaces.list(store, { userId: null, role: 'admin', only: null })
    throw new ProblemError(
      404,
      `There is no workspace "${slug}". Use one of: ${known.map((it) => it.slug).join(', ')}.`,
    )
  }
  return createKey(store, clock, { ...request, workspaceId })
}

/** A key lives no longer than the one that makes it. */
function expiryOf(asked: string | undefined, actor: Actor, now: Date): Date | null {
  const wrong = (message: string) => unacceptable([{ path: 'expiresAt', message }])
  if (asked && new Date(asked) <= now) throw wrong(`must lie in the future (it is "${asked}")`)
  const longest = actor.kind === 'key' ? actor.expiresAt : null
  if (asked && longest && new Date(asked) > new Date(longest))
    throw wrong(`lies after the end of the key that makes it (${longest})`)
  const expires = asked ?? longest
  return expires ? new Date(expires) : null
}

/** What a key may not decide, no key that it makes may decide. */
function requireRightToDecide(actor: Actor, role: Role, mayApprove: boolean): void {
  if (!mayApprove) return
  if (role === 'viewer')
    throw unacceptable([{ path: 'mayApprove', message: 'goes with the role editor or admin' }])
  if (actor.kind === 'key' && !actor.mayApprove)
    throw forbidden('This API key decides nothing, so it makes no key that does.')
}

export interface Keys {
  list(actor: Actor, slug: string | undefined): Promise<ApiKey[]>
  create(
    actor: Actor,
    body: Omit<BodyOf<Api['createKey']>, 'mayApprove'> & { mayApprove?: boolean },
  ): Promise<AnswerOf<Api['createKey']>>
  /** For the record of changes: whoever asks for it may not see the key. */
  find(id: number): Promise<ApiKey | null>
  revoke(actor: Actor, id: number): Promise<void>
}

export function createKeys(store: Store, clock: Clock): Keys {
  /** The id of the workspace whose keys the actor may manage; null for those of the installation. */
  const managed = async (actor: Actor, slug: string | undefined) => {
    if (slug !== undefined) return (await authorise(store, actor, slug, 'admin')).id
    requireInstallation(actor)
    return null
  }
  return {
    list: async (actor, slug) => apiKeys.list(store, await managed(actor, slug)),
    async create(actor, { name, workspace, role, mayApprove = false, expiresAt }) {
      const workspaceId = await managed(actor, workspace)
      requireRightToDecide(actor, role, mayApprove)
      const expires = expiryOf(expiresAt, actor, clock.now())
      return createKey(store, clock, {
        name,
        workspaceId,
        role,
        mayApprove,
        createdBy: actor.id,
        expiresAt: expires,
      })
    },
    find: (id) => apiKeys.get(store, id),
    async revoke(actor, id) {
      const slug = await apiKeys.scopeOf(store, id)
      const visible = slug
        ? (await workspaces.find(store, slug, reachOf(actor))) !== null
        : slug === null && administersInstallation(actor)
      if (!visible) throw notFound('API key')
      if (slug) await authorise(store, actor, slug, 'admin')
      if (!(await apiKeys.revoke(store, id, clock.now()))) throw notFound('API key')
    },
  }
}
