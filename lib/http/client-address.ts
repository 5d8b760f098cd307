/**
 * Who is at the other end of the connection.
 *
 * Promise: a header that anybody can write counts only when a proxy that the administrator trusts wrote it.
 * The server stamps each request with what it saw, over whatever came in; route handlers read the stamp.
 */
import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

const STAMP = 'x-carillon-client'

/** @throws Error that names the first entry that is neither an address nor a network. */
export function parseProxies(entries: readonly string[]): BlockList {
  const list = new BlockList()
  for (const entry of entries) {
    const [base = '', bits, ...rest] = entry.split('/')
    const family = isIP(base)
    const width = family === 4 ? 32 : 128
    if (
      family === 0 ||
      rest.length > 0 ||
      (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= width))
    ) {
      throw new Error(`TRUSTED_PROXIES expects addresses or networks such as 10.0.0.0/8, not "${entry}".`)
    }
    list.addSubnet(base, bits === undefined ? width : Number(bits), family === 4 ? 'ipv4' : 'ipv6')
  }
  return list
}

const plain = (address: string) => (ipaddr.isValid(address) ? ipaddr.process(address).toString() : '')
const trusts = (proxies: BlockList, address: string) =>
  isIP(address) !== 0 && proxies.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6')

/** The client's address; `via <peer>` where somebody forwarded who is not trusted to say for whom. */
export function clientAddress(peer: string, forwardedFor: string | undefined, proxies: BlockList): string {
  const hops = forwardedFor?.split(',').map((hop) => plain(hop.trim())) ?? []
  let address = plain(peer)
  if (hops.length > 0 && !trusts(proxies, address)) return `via ${address}`
  // From the right: each trusted proxy vouches for the hop
  // before it, and nothing further left can be believed.
  while (hops.length > 0 && trusts(proxies, address)) address = hops.pop() || address
  return address
}

/** Called by the server for each request, before anything reads it. */
export function stampClient(request: IncomingMessage, proxies: BlockList): void {
  const forwarded = request.headers['x-forwarded-for']
  request.headers[STAMP] = clientAddress(
    request.socket.remoteAddress ?? '',
    Array.isArray(forwarded) ? forwarded.join(',') : forwarded,
    proxies,
  )
}

/** What the server stamped, or null where no server stood before. */
export const clientOf = (headers: Headers): string | null => headers.get(STAMP)

/** Somebody on this machine, and not through a proxy on it. */
export const isLocal = (headers: Headers): boolean => {
  const address = clientOf(headers)
  return address !== null && ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback'
}
