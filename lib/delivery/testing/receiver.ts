/** A receiver on loopback: what it was sent, and what it answers. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Received {
  path: string
  headers: Record<string, string | string[] | undefined>
  body: string
}
export interface Receiver {
  origin: string
  taken: Received[]
  /** Of the next requests, one each; then 200. Once it has read, `cut` drops the connection, `hang` says nothing. */
  answers: ({ status: number; headers?: Record<string, string>; body?: string } | 'cut' | 'hang')[]
  close(): Promise<void>
}

export async function receiver(): Promise<Receiver> {
  const it: Receiver = { origin: '', taken: [], answers: [], close: async () => {} }
  const server = createServer((request, response) => void take(it, request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  it.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  it.close = async () => {
    server.closeAllConnections()
    server.close()
  }
  return it
}

async function take(it: Receiver, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = ''
  for await (const chunk of request) body += String(chunk)
  it.taken.push({ path: request.url ?? '', headers: request.headers, body })
  const answer = it.answers.shift() ?? { status: 200 }
  if (answer === 'hang') return
  if (answer === 'cut') {
    request.socket.destroy()
    return
  }
  response.writeHead(answer.status, answer.headers).end(answer.body ?? '')
}
