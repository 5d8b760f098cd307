/**
 * Which URLs the product may fetch, as far as that can be known
 * without a lookup: asked when one is saved and again on every hop.
 *
 * Promise: what is judged is the parsed URL that the client connects with, and there is no URL that a person
 * reads as one host and the client as another.
 */
import { isIP } from 'node:net'
import { domainToUnicode } from 'node:url'
import { refusal, parseNetworks } from './addresses.ts'

export interface OutboundPolicy {
  /** Addresses or CIDR networks outside the public internet that may be reached all the same. */
  allowedPrivateNetworks: readonly string[]
}

/** The public internet, and nothing that the operator has opened beside it. */
export const OUTSIDE: OutboundPolicy = { allowedPrivateNetworks: [] }

export type UrlVerdict = { ok: true; url: URL } | { ok: false; message: string }

const METADATA_NAMES = ['metadata.google.internal', 'metadata.goog', 'instance-data.ec2.internal']

/** `base` is the page that a relative redirect came from. */
export function judgeUrl(
  given: string | URL,
  { allowedPrivateNetworks }: OutboundPolicy,
  base?: URL,
): UrlVerdict {
  const text = String(given).trim()
  const refuse = (message: string): UrlVerdict => ({ ok: false, message })

  // A URL parser reads "\" as "/" and drops line breaks and tabs; people and other parsers do not.
  if (/[\\\p{Cc}]/u.test(text))
    return refuse('The URL contains a backslash or a control character. Write a backslash as %5C.')
  const url = URL.parse(text, base)
  if (!url)
    return refuse(`"${excerpt(text)}" is not a URL. Write it in full, such as https://example.com/path.`)
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return refuse(`URLs start with http:// or https://, not "${url.protocol}".`)
  if (url.username || url.password)
    return refuse(
      `The URL carries a user name or password before "${url.hostname}". Send credentials in a header instead.`,
    )

  const typed = typedHost(text)
  if (typed !== null && /\P{ASCII}/u.test(typed) && typed !== domainToUnicode(url.hostname)) {
    return refuse(
      `The host "${excerpt(typed)}" is written with characters that stand for others. Write it as "${url.hostname}".`,
    )
  }

  const host = url.hostname.replace(/^\[|\]$/g, '')
  const name = host.replace(/\.$/, '')
  if (METADATA_NAMES.includes(name)) {
    return refuse(
      `Refused to connect to "${name}": that is a cloud metadata service. ` +
        'It is never connected to, whatever ALLOWED_PRIVATE_NETWORKS says.',
    )
  }
  const allowed = parseNetworks(allowedPrivateNetworks)
  const addresses = isIP(host) ? [host] : /(^|\.)localhost$/.test(name) ? ['127.0.0.1', '::1'] : []
  const refusals = addresses.map((address) => refusal(host, address, allowed))
  // Of localhost's two addresses one may do; which of them it means is known when it is looked up.
  const [first] = refusals
  return first && !refusals.includes(null) ? refuse(first) : { ok: true, url }
}

/**
 * The host as it was typed, to be compared with the parsed one and for nothing else; null in a relative URL.
 */
function typedHost(text: string): string | null {
  const authority = /^(?:[a-z][a-z\d+.-]*:\/*|\/\/+)([^/?#]*)/i.exec(text)?.[1]
  return authority ? authority.replace(/:\d*$/, '').toLowerCase().normalize('NFC') : null
}

const excerpt = (text: string) => (text.length > 100 ? `${text.slice(0, 100)}…` : text)
