/**
 * Which addresses the product may connect to.
 *
 * Promise: only the public internet, and what the administrator allows, is reachable; addresses that hand out
 * a machine's own credentials (cloud metadata) are reachable for nobody. Pure: no lookup happens here.
 */
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

type Address = ipaddr.IPv4 | ipaddr.IPv6

/** Networks in CIDR form, parsed. */
export type Networks = readonly (readonly [base: Address, bits: number])[]

/** @throws Error that names the first entry that is neither an address nor a network. */
export function parseNetworks(entries: readonly string[]): Networks {
  return entries.map((entry) => {
    const [base = '', prefix, ...rest] = entry.trim().split('/')
    const width = { 4: 32, 6: 128 }[isIP(base)]
    const bits = prefix === undefined ? width : /^\d{1,3}$/.test(prefix) ? Number(prefix) : undefined
    if (width === undefined || bits === undefined || bits > width || rest.length > 0) {
      throw new Error(
        `ALLOWED_PRIVATE_NETWORKS expects addresses or networks such as 10.0.0.0/8 or fd00::/8, not "${entry}".`,
      )
    }
    const address = ipaddr.parse(base)
    // It would never match: such an address is judged as the IPv4 address that it means.
    if (isMapped(address)) throw new Error(`ALLOWED_PRIVATE_NETWORKS expects "${entry}" in its IPv4 form.`)
    return [address, bits] as const
  })
}

const METADATA = parseNetworks([
  '169.254.0.0/16', // link-local: AWS, Azure, Google, Oracle, DigitalOcean, OpenStack, ECS task credentials
  'fe80::/10',
  '168.63.129.16', // Azure wire server
  '100.100.100.200', // Alibaba
  '192.0.0.192', // Oracle, classic
  'fd00:ec2::/64', // AWS
  'fd20:ce::254', // Google
])

const PUBLIC_IPV6 = parseNetworks(['2000::/3'])
const NAT64 = parseNetworks(['64:ff9b::/96'])

const WORDS: Record<string, string> = {
  loopback: 'a loopback address',
  private: 'a private address',
  uniqueLocal: 'a private address',
  carrierGradeNat: 'a carrier-grade NAT address',
  unspecified: 'an address of this machine',
  multicast: 'a multicast address',
  broadcast: 'the broadcast address',
}

export type AddressVerdict = { ok: true } | { ok: false; what: string; remedy: 'allow' | 'none' }

/** Judges one address, as a lookup or a parsed URL spells it (without brackets). */
export function judgeAddress(text: string, allowed: Networks): AddressVerdict {
  if (isIP(text) === 0) return { ok: false, what: 'not an address', remedy: 'none' }
  // ::ffff:127.0.0.1 opens a connection to 127.0.0.1: it is that address.
  const address = ipaddr.process(text)
  const carried = carriedIPv4(address)
  if (within(address, METADATA) || (carried && within(carried, METADATA))) {
    return { ok: false, what: 'a link-local or cloud metadata address', remedy: 'none' }
  }
  if (within(address, allowed) || isPublic(address)) return { ok: true }
  // A network with IPv6 only reaches the public IPv4 internet through NAT64.
  if (carried && within(address, NAT64) && isPublic(carried)) return { ok: true }
  const named = carried && within(address, NAT64) ? carried : address
  return {
    ok: false,
    what: WORDS[named.range()] ?? 'an address outside the public internet',
    remedy: 'allow',
  }
}

/** The refusal of `host` at `address` for whoever must act on it, or null when it may be connected to. */
export function refusal(host: string, address: string, allowed: Networks): string | null {
  const verdict = judgeAddress(address, allowed)
  if (verdict.ok) return null
  const at = host === address ? `"${host}"` : `"${host}" at ${address}`
  const remedy =
    verdict.remedy === 'allow'
      ? `If it is meant to be reached, an administrator can add ${address} to ALLOWED_PRIVATE_NETWORKS.`
      : 'It is never connected to, whatever ALLOWED_PRIVATE_NETWORKS says.'
  return `Refused to connect to ${at}: that is ${verdict.what}. ${remedy}`
}

function within(address: Address, networks: Networks): boolean {
  return networks.some(([base, bits]) => base.kind() === address.kind() && address.match(base, bits))
}

function isPublic(address: Address): boolean {
  // ipaddr.js calls everything that it has no name for "unicast"; in IPv6 only 2000::/3 is handed out.
  return address.range() === 'unicast' && (address.kind() === 'ipv4' || within(address, PUBLIC_IPV6))
}

function isMapped(address: Address): boolean {
  return address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress()
}

/** The IPv4 address that a translator or tunnel (NAT64, SIIT, 6to4, IPv4-compatible) would deliver to. */
function carriedIPv4(address: Address): ipaddr.IPv4 | undefined {
  if (!(address instanceof ipaddr.IPv6)) return undefined
  const bytes = address.toByteArray()
  if (address.range() === '6to4') return new ipaddr.IPv4(bytes.slice(2, 6))
  const lowBitsAreIPv4 =
    ['rfc6052', 'rfc6145'].includes(address.range()) || bytes.slice(0, 12).every((byte) => byte === 0)
  return lowBitsAreIPv4 ? new ipaddr.IPv4(bytes.slice(12)) : undefined
}
