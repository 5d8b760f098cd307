/** What sources are looked at with on this server: the same bounds as for all that goes out of it. */
import { createFolders } from '#lib/agents/reading/folders.ts'
import type { Clock } from '#lib/clock.ts'
import type { Env } from '#lib/env.ts'
import type { Mail } from '#lib/mail/mail.ts'
import { createGuardedFetch } from '#lib/net/guarded-fetch.ts'
import { judgeUrl } from '#lib/net/judge-url.ts'
import type { Reach } from './kind.ts'

interface Deps {
  clock: Clock
  env: Pick<Env, 'ALLOWED_PRIVATE_NETWORKS' | 'DOCUMENT_FOLDERS'>
  mail: Pick<Mail, 'open'>
}

export function createReach({ clock, env, mail }: Deps): Reach & { close(): Promise<void> } {
  const policy = { allowedPrivateNetworks: env.ALLOWED_PRIVATE_NETWORKS }
  const fetch = createGuardedFetch({ ...policy, clock })
  return {
    ...{ clock, fetch, openMailbox: mail.open, folders: createFolders(env.DOCUMENT_FOLDERS) },
    refusalOf(url) {
      const verdict = judgeUrl(url, policy)
      return verdict.ok ? null : verdict.message
    },
    close: () => fetch.close(),
  }
}
