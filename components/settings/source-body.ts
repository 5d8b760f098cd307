/** What is sent of the form of a source. Pure. */
import type { Api, BodyInput } from '#lib/contract/api.ts'
import type { SourceKind } from '#lib/contract/source.ts'

type Body = BodyInput<Api['addSource']>
/** What a source answers of its configuration, whatever its kind. */
export interface KnownConfig {
  host?: string
  port?: number
  secure?: boolean
  user?: string
  password?: string | { secret: string }
  folders?: string[]
  authServer?: string
  url?: string
  path?: string
}

const REF = /^secret:([A-Z][A-Z0-9_]{0,63})$/

export function bodyOf(
  kind: SourceKind,
  text: (name: string) => string,
  { secure, known }: { secure: boolean; known: KnownConfig },
): Body {
  const own = { name: text('name'), everySeconds: Number(text('everySeconds')) }
  switch (kind) {
    case 'feed':
      return { ...own, kind, config: { url: text('url') } }
    case 'folder':
      return { ...own, kind, config: { path: text('path') } }
    case 'imap':
      return { ...own, kind, config: mailboxOf(text, { secure, known }) }
  }
}

function mailboxOf(
  text: (name: string) => string,
  { secure, known }: { secure: boolean; known: KnownConfig },
): Extract<Body, { kind: 'imap' }>['config'] {
  const given = text('password')
  const secret = REF.exec(given)?.[1]
  // What is there stays, as it is answered.
  const password = given === '' ? (known.password ?? '') : secret ? { secret } : given
  return {
    ...{ host: text('host'), secure, user: text('user'), password },
    ...(text('port') !== '' && { port: Number(text('port')) }),
    folders: text('folders')
      .split(',')
      .map((it) => it.trim())
      .filter(Boolean),
    ...(text('authServer') !== '' && { authServer: text('authServer') }),
  }
}
