/**
 * The sign-in of a server of tools on loopback: it registers whoever comes, gives a code to whoever agrees, and
 * grants tokens that end when they are told to.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FakeMcp } from './fake-mcp.ts'

export interface FakeSignIn {
  /** Which access token opens the server now. */
  holds: string
  /** What was asked of the endpoint of tokens, in order. */
  exchanged: Record<string, string>[]
  /** Refuses to renew from now on. */
  refuses: boolean
  /** Cannot be asked from now on. */
  away: boolean
  /** Does not answer from now on. */
  hangs: boolean
  expiresIn: number
  url: string
  close(): Promise<void>
}

/** From now on the server of tools wants a token of this sign-in. */
export async function fakeSignIn(tools: FakeMcp): Promise<FakeSignIn> {
  const it = {
    holds: '',
    exchanged: [] as Record<string, string>[],
    refuses: false,
    away: false,
    hangs: false,
    expiresIn: 3600,
  }
  let n = 0
  const json = (response: ServerResponse, value: unknown, status = 200) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
  const grant = (response: ServerResponse, asked: Record<string, string>) => {
    it.exchanged.push(asked)
    if (it.hangs) return
    if (it.away) return void json(response, {}, 503)
    // What renews holds once.
    const isUsed = asked.refresh_token !== `refresh-token-${n}`
    if (asked.grant_type === 'refresh_token' && (it.refuses || isUsed))
      return void json(response, { error: 'invalid_grant' }, 400)
    it.holds = `access-token-${++n}`
    json(response, {
      ...{ access_token: it.holds, token_type: 'Bearer', expires_in: it.expiresIn },
      refresh_token: `refresh-token-${n}`,
    })
  }
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', url)
    if (pathname.startsWith('/.well-known/'))
      return json(response, {
        ...{ issuer: url, authorization_endpoint: `${url}/agree`, token_endpoint: `${url}/token` },
        ...{ registration_endpoint: `${url}/register`, response_types_supported: ['code'] },
        ...{ code_challenge_methods_supported: ['S256'], token_endpoint_auth_methods_supported: ['none'] },
        grant_types_supported: ['authorization_code', 'refresh_token'],
      })
    if (pathname === '/agree') {
      const back = new URL(searchParams.get('redirect_uri') ?? '')
      back.search = String(
        new URLSearchParams({ code: 'agreed', state: searchParams.get('state') ?? '', iss: url }),
      )
      return response.writeHead(302, { location: back.href }).end()
    }
    const body = await textOf(request)
    if (pathname === '/register')
      return json(response, { ...JSON.parse(body), client_id: 'carillon-here' }, 201)
    if (pathname === '/token') return grant(response, Object.fromEntries(new URLSearchParams(body)))
    return response.writeHead(404).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  tools.guard = ({ authorization }) =>
    authorization === `Bearer ${it.holds}` && it.holds !== '' ? null : url
  return Object.assign(it, {
    url,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  })
}

async function textOf(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request) body += chunk
  return body
}
