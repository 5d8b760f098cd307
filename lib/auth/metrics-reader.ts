/**
 * Who may read the metrics: the bearer of METRICS_TOKEN, an administrator
 * of the installation and, where no token is set, this machine.
 */
import { ProblemError } from '#lib/contract/problem.ts'
import type { Env } from '#lib/env.ts'
import { isLocal } from '#lib/http/client-address.ts'
import type { Auth } from './index.ts'
import { hashOf, sameDigest } from './tokens.ts'

/** @throws ProblemError 401 or 403 */
export async function requireMetricsReader(
  headers: Headers,
  { env, auth }: { env: Pick<Env, 'METRICS_TOKEN'>; auth: Pick<Auth, 'actorOf' | 'requireInstallation'> },
): Promise<void> {
  const [, token] = /^bearer\s+(\S+)$/i.exec(headers.get('authorization') ?? '') ?? []
  if (env.METRICS_TOKEN && token && sameDigest(hashOf(token), hashOf(env.METRICS_TOKEN))) return
  const actor = await auth.actorOf(headers)
  if (actor) return auth.requireInstallation(actor)
  if (!env.METRICS_TOKEN && !token && isLocal(headers)) return
  throw new ProblemError(
    401,
    'Send METRICS_TOKEN, or the API key of an administrator of the installation, as "Authorization: Bearer <token>".',
  )
}
