/**
 * Which connections are taken, before anybody says who they are.
 *
 * Promise: a connection comes for this host, from our own pages or
 * from no page at all, and one network cannot take all there are.
 */
import type { IncomingMessage } from 'node:http'
import { networkOf } from '../auth/throttle.ts'
import type { Carillon } from '../http/pinned.ts'
import { clientOf, parseProxies, stampClient } from '../http/client-address.ts'
import { isOwnOrigin, requireOwnHost } from '../http/same-site.ts'
import { createCounts } from './counts.ts'
import { headersOf } from './socket.ts'

/** Of one network, signed in or not yet. */
const MOST_CONNECTIONS = 2_500

interface Connection {
  request: IncomingMessage
  once(event: 'close', listener: () => void): void
}

export interface Admission {
  judge(request: IncomingMessage, answer: (refusal: string | null, admitted: boolean) => void): void
  /** The connection was taken, and counts until it closes. */
  taken(connection: Connection): void
  /** Nobody is let in any more. */
  close(): void
}

export function createAdmission(env: Carillon['env']): Admission {
  const proxies = parseProxies(env.TRUSTED_PROXIES)
  const byNetwork = createCounts()
  let closed = false

  function refusalOf(headers: Headers): string | null {
    if (closed) return 'The server is stopping.'
    try {
      requireOwnHost(headers, env)
    } catch {
      return 'This server does not answer under that host name.'
    }
    const origin = headers.get('origin')
    if (origin !== null && !isOwnOrigin(origin, headers, env))
      return 'The connection comes from another site.'
    if (byNetwork.of(networkOf(clientOf(headers))) >= MOST_CONNECTIONS)
      return 'Too many connections from this network.'
    return null
  }

  return {
    judge(request, answer) {
      stampClient(request, proxies)
      const refusal = refusalOf(headersOf(request))
      answer(refusal, refusal === null)
    },
    taken(connection) {
      const network = networkOf(clientOf(headersOf(connection.request)))
      byNetwork.add(network)
      connection.once('close', () => byNetwork.remove(network))
    },
    close() {
      closed = true
    },
  }
}
