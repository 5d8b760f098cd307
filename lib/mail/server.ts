/** A server that takes mail, with what is needed to have it do so. */
import { senderIn } from '../contract/mail.ts'

export interface MailServer {
  host: string
  port: number
  /** TLS from the first byte. */
  secure: boolean
  user: string | null
  password: string | null
  from: string
}

export const usualPort = (secure: boolean) => (secure ? 465 : 587)
export const addressOf = (from: string): string => senderIn(from)?.address ?? from

/** `smtp://user:password@host:587`, or `smtps://` for TLS from the first byte. Null where it is none. */
export function serverIn(url: string, from: string): MailServer | null {
  const it = URL.parse(url)
  if (!it || !/^smtps?:$/.test(it.protocol) || !it.hostname || !/^\/?$/.test(it.pathname) || it.search)
    return null
  const secure = it.protocol === 'smtps:'
  return {
    host: it.hostname.replace(/^\[|\]$/g, ''),
    port: it.port ? Number(it.port) : usualPort(secure),
    secure,
    user: plain(it.username),
    password: plain(it.password),
    from,
  }
}

/** Who wrote a `%` as itself meant just that. */
function plain(text: string): string | null {
  try {
    return decodeURIComponent(text) || null
  } catch {
    return text
  }
}
