/** What an administrator granted, as rules: pure. */
import type { Grants } from './manifest.ts'

/** `api.example.com`, `*.example.com` (not the name itself), `*`; with `:port` only there, else on any. */
export function mayReach(host: string, port: number, network: readonly string[]): boolean {
  const name = host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
  return network.some((entry) => {
    const [, pattern = '', only] =
      /^(\[[^\]]*\]|[^:]*|[\da-f]*:[\da-f:]*:[\da-f.]*)(?::(\d+))?$/.exec(hostOf(entry)) ?? []
    if (only !== undefined && Number(only) !== port) return false
    const wanted = pattern.replace(/^\[|\]$/g, '').replace(/\.$/, '')
    return (
      wanted === '*' ||
      (wanted.startsWith('*.') ? name.endsWith(wanted.slice(1)) : wanted !== '' && wanted === name)
    )
  })
}

/** An entry as people paste it. */
const hostOf = (entry: string) =>
  entry
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/\/.*$/, '')

/** Why it may not be asked, for whoever can grant it; or null. */
export function refusalOf(host: string, port: number, { network }: Grants): string | null {
  if (mayReach(host, port, network)) return null
  return `It asks for ${host}${[80, 443].includes(port) ? '' : `:${port}`}, which it is not granted. An administrator can add "${host}" to the hosts that it may reach.`
}
