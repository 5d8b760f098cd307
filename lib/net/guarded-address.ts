/**
 * Where a connection may go: asked for every socket that the product opens, whatever it speaks.
 *
 * Promise: a socket is only ever opened to an address that was judged. A name is looked up once for a connection, every
 * answer must pass, and the socket goes to an answer that did, so a name that changes its mind between check and use
 * gains nothing.
 */
import { lookup } from 'node:dns/promises'
import { isIP, type LookupFunction } from 'node:net'
import { type Networks, parseNetworks, refusal } from './addresses.ts'
import { judgeUrl, type OutboundPolicy } from './judge-url.ts'

/**
 * Thrown when a connection may not be made. Trying again does
 * not help; any other error of one may pass.
 */
export class OutboundRefused extends Error {
  override readonly name = 'OutboundRefused'
  readonly code = 'OUTBOUND_REFUSED'
}

export type Lookup = (hostname: string) => Promise<readonly { address: string }[]>
export const systemLookup: Lookup = (hostname) => lookup(hostname, { all: true })

async function judged(hostname: string, lookup: Lookup, allowed: Networks) {
  const answers = (await lookup(hostname)).map(({ address }) => ({ address, family: isIP(address) }))
  // One bad answer spoils all: a name that points inside and outside at once is how rebinding looks.
  for (const { address } of answers) {
    const message = refusal(hostname, address, allowed)
    if (message) throw new OutboundRefused(message)
  }
  const [first] = answers
  if (!first) throw new Error(`no address is known for "${hostname}"`)
  return { first, answers }
}

/**
 * Runs inside the connection, so that what is checked is what is
 * connected to. Literal addresses never come here: `judgeUrl` has them.
 */
export const guardedLookup =
  (lookup: Lookup, allowed: Networks): LookupFunction =>
  (hostname, options, done) => {
    judged(hostname, lookup, allowed).then(
      ({ first, answers }) => (options.all ? done(null, answers) : done(null, first.address, first.family)),
      (error) => done(error, ''),
    )
  }

/** The address to connect to for a host, a name or a literal. @throws OutboundRefused */
export type GuardedAddress = (host: string) => Promise<string>

/**
 * For what speaks no HTTP (mail, tunnels): connect to the answer, and name the host only where TLS asks for it.
 *
 * @throws Error when an allowed network cannot be read.
 */
export function createGuardedAddress({
  allowedPrivateNetworks,
  lookup = systemLookup,
}: OutboundPolicy & { lookup?: Lookup }): GuardedAddress {
  const allowed = parseNetworks(allowedPrivateNetworks)
  return async (host) => {
    // The rules of names and literals are those of URLs.
    const verdict = judgeUrl(`https://${isIP(host) === 6 ? `[${host}]` : host}/`, { allowedPrivateNetworks })
    if (!verdict.ok) throw new OutboundRefused(verdict.message)
    const name = verdict.url.hostname.replace(/^\[|\]$/g, '')
    return isIP(name) ? name : (await judged(name, lookup, allowed)).first.address
  }
}
