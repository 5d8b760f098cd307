/** People and programs: who they are, and what they may do. Built once by the composition root. */
import type { Logger } from 'pino'
import { accessVersion } from '#db/queries/access.ts'
import type { Recording } from '#db/recording.ts'
import type { Store } from '#db/store.ts'
import { type Clock, minutes } from '#lib/clock.ts'
import type { Role } from '#lib/contract/fields.ts'
import type { Me } from '#lib/contract/workspace.ts'
import { baseUrlOf, type Env } from '#lib/env.ts'
import { clientOf } from '#lib/http/client-address.ts'
import { type Administration, createAdministration } from './administration.ts'
import { createAccounts, hasSessionCookie } from './accounts.ts'
import type { Actor } from './actor.ts'
import { type Answers, createAnswers } from './answers.ts'
import { administersInstallation, authorise, requireInstallation, type WorkspaceAccess } from './authorise.ts'
import { createCredentials, type Credentials } from './credentials.ts'
import { createFirstAdmin, type FirstAdmin } from './first-admin.ts'
import { createInvitations, type Invitations } from './invitations.ts'
import { createKeys, type Keys } from './keys.ts'
import { createProfile, type Profile } from './profile.ts'
import { createSecretMark, type SecretMark } from './secret-mark.ts'
import { readSecrets, type Secrets } from './secrets.ts'
import { createThrottle, networkOf, type Throttle } from './throttle.ts'
import { createWorkspaces, type Workspaces } from './workspaces.ts'

export type { Actor } from './actor.ts'
export type { WorkspaceAccess } from './authorise.ts'

export interface Auth extends Credentials, FirstAdmin, SecretMark {
  /** Where people reach the server: links begin with it. */
  readonly baseUrl: string
  /** Signing in and out, below `/api/auth`. */
  handler(request: Request): Promise<Response>
  /** Who is asking, and where they may go. */
  me(actor: Actor): Promise<Me>
  /**
   * THE authorisation of every door. @throws ProblemError 404
   * without a part in the workspace, 403 with too small a role.
   */
  authorise(actor: Actor, slug: string, need: Role): Promise<WorkspaceAccess>
  /** @throws ProblemError 403 for anybody but an administrator of the whole installation. */
  requireInstallation(actor: Actor): void
  /**
   * A number that rises whenever anybody's rights shrink:
   * whoever keeps a connection open asks again when it does.
   */
  accessVersion(): Promise<number>
  readonly workspaces: Workspaces
  readonly invitations: Invitations
  readonly keys: Keys
  readonly profile: Profile
  readonly administration: Administration
  readonly answers: Answers
  /** Whether a request carries a session's cookie, valid or not. */
  hasSession(headers: Headers): boolean
  /** Counts what a stranger sends, by network. Answers 0, or how many seconds to wait. */
  takeOpenPost(headers: Headers): number
  /** Counts what a caller does of one kind. Answers 0, or how many seconds to wait. */
  takeTurn(what: string, caller: Pick<Actor, 'id'>, perMinute: number): number
}

export interface AuthParts {
  store: Store
  env: Env
  clock: Clock
  log: Logger
  /** Told who stands behind a link; without it, nothing is on record. */
  recording?: Pick<Recording, 'name'>
  /** Sign sessions and seal answers; without them, the installation's own. */
  secrets?: Secrets
}

function createTurns(clock: Clock): Auth['takeTurn'] {
  const throttles = new Map<string, Throttle>()
  return (what, { id }, perMinute) => {
    const throttle = throttles.get(what) ?? createThrottle({ clock, most: perMinute, withinMs: minutes(1) })
    throttles.set(what, throttle)
    return throttle.take(id)
  }
}

export function createAuth({
  store,
  env,
  clock,
  log,
  recording = { name() {} },
  secrets = readSecrets(env),
}: AuthParts): Auth {
  const secret = secrets.JWT_SECRET
  const baseUrl = baseUrlOf(env)
  const accounts = createAccounts({ store, clock, log, secret, baseUrl })
  const openPosts = createThrottle({ clock, most: 30, withinMs: minutes(1) })
  const workspaces = createWorkspaces(store, clock, env.MAX_CONCURRENT_PER_WORKSPACE)
  const profile = createProfile(store, clock)
  return {
    baseUrl,
    handler: accounts.handler,
    ...createCredentials(store, clock, log, accounts),
    ...createFirstAdmin(store, env, clock, baseUrl),
    ...createSecretMark(store, clock, secrets),
    me: async (actor) => ({
      actor: actor.kind,
      id: actor.id,
      ...(await profile.of(actor)),
      email: actor.kind === 'person' ? actor.email : null,
      installationAdmin: administersInstallation(actor),
      workspaces: await workspaces.list(actor),
    }),
    authorise: (actor, slug, need) => authorise(store, actor, slug, need),
    requireInstallation,
    accessVersion: () => accessVersion(store),
    workspaces,
    invitations: createInvitations(store, clock, baseUrl),
    keys: createKeys(store, clock),
    profile,
    administration: createAdministration({ store, clock, baseUrl, recording }),
    answers: createAnswers(store, clock, secret),
    hasSession: hasSessionCookie,
    takeTurn: createTurns(clock),
    takeOpenPost: (headers) => openPosts.take(networkOf(clientOf(headers))),
  }
}
