/** A server of tools on loopback that does as told, for what no well-kept server does. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface FakeTool {
  name: string
  description?: string
  inputSchema?: Record<string, unknown>
  annotations?: Record<string, unknown>
}
interface Asked {
  id?: number
  method: string
  params?: { name?: string; arguments?: unknown }
}
/** Answers a call: with a result, or by hand. */
type Reply = object | ((response: ServerResponse, asked: Asked) => void)

export interface FakeMcp {
  url: string
  tools: FakeTool[]
  /** Of each request, what it was sent with. */
  headers: IncomingMessage['headers'][]
  calls: Asked[]
  methods: string[]
  /** By method; what is not named is answered as it should be. */
  replies: Partial<Record<string, Reply>>
  /** Where one signs in, for who may not; null for who may. */
  guard: ((headers: IncomingMessage['headers']) => string | null) | null
  close(): Promise<void>
}

export async function fakeMcp(): Promise<FakeMcp> {
  const it: Omit<FakeMcp, 'url' | 'close'> = {
    tools: [{ name: 'look' }],
    headers: [],
    calls: [],
    methods: [],
    replies: {},
    guard: null,
  }
  const usual = ({ method }: Asked): object | null => {
    if (method === 'initialize')
      return {
        protocolVersion: '2025-06-18',
        capabilities: { tools: {} },
        serverInfo: { name: 'fake', version: '1' },
      }
    if (method === 'tools/list')
      return { tools: it.tools.map((one) => ({ inputSchema: { type: 'object' }, ...one })) }
    return method === 'tools/call' ? { content: [{ type: 'text', text: 'Seen.' }] } : null
  }
  const server = createServer((request, response) => {
    const { host } = request.headers
    if (request.url?.startsWith('/.well-known/oauth-protected-resource'))
      return answerResource(response, `http://${host}/mcp`, it.guard?.({}) ?? null)
    if (it.guard?.(request.headers))
      return void response
        .writeHead(401, {
          'www-authenticate': `Bearer resource_metadata="http://${host}/.well-known/oauth-protected-resource"`,
        })
        .end()
    if (request.method !== 'POST') return void response.writeHead(405).end()
    it.headers.push(request.headers)
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      const asked = JSON.parse(body) as Asked
      it.methods.push(asked.method)
      if (asked.method === 'tools/call') it.calls.push(asked)
      const reply = it.replies[asked.method] ?? usual(asked)
      if (typeof reply === 'function') reply(response, asked)
      else answer(response, asked, reply)
    })
    return undefined
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return Object.assign(it, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  })
}

function answerResource(response: ServerResponse, resource: string, signIn: string | null): void {
  if (signIn === null) return void response.writeHead(404).end()
  response
    .writeHead(200, { 'content-type': 'application/json' })
    .end(JSON.stringify({ resource, authorization_servers: [signIn] }))
}

/** As JSON; a notification is only acknowledged, and an unknown method refused. */
function answer(response: ServerResponse, { id }: Asked, result: object | null): void {
  if (id === undefined) return void response.writeHead(202).end()
  const error = { code: -32601, message: 'There is no such method.' }
  response
    .writeHead(200, { 'content-type': 'application/json' })
    .end(JSON.stringify({ jsonrpc: '2.0', id, ...(result ? { result } : { error }) }))
}
