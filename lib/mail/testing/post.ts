/** The installation's own mail, through a server on loopback. */
import type { Store } from '#db/store.ts'
import type { Clock } from '../../clock.ts'
import { createMail, type Mail } from '../mail.ts'
import { CERTIFICATE } from './certificate.ts'
import type { TestSmtp } from './smtp.ts'

/** `mail.example.com` and `other.example.org` are this machine; there is no other host. */
async function lookup(host: string) {
  if (/^(mail\.example\.com|other\.example\.org)$/.test(host)) return [{ address: '127.0.0.1' }]
  throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' })
}

export function mailThrough(
  { port }: Pick<TestSmtp, 'port'>,
  { store, clock }: { store: Store; clock: Clock },
): Mail {
  return createMail({
    ...{ store, clock, tls: { ca: CERTIFICATE }, lookup },
    box: { close: (text) => text, open: (text) => text, digest: () => '0123456789abcdef' },
    textOfPage: async (html) => html.toString().replace(/<[^>]*>/g, ''),
    secrets: { open: async () => new Map() },
    env: {
      SMTP_URL: `smtp://127.0.0.1:${port}`,
      SMTP_FROM: 'Carillon <carillon@example.com>',
      ALLOWED_PRIVATE_NETWORKS: ['127.0.0.1'],
    },
  })
}
