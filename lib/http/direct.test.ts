/** The door of webhooks over real connections. */
import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { takesHook } from './direct.ts'
import { type World, world } from './testing/world.ts'

let it: World
let server: Server
let port: number
beforeAll(async () => {
  it = await world()
  server = createServer((asked, response) => {
    if (!takesHook(asked, response)) response.writeHead(418).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})
afterAll(async () => {
  server.close()
  await it.close()
})

async function made() {
  const body = { name: 'Calls', agentId: 'test-agent', kind: 'webhook', webhook: { scheme: 'token' } }
  const answer = await it.ask('POST', '/workspace/demo/triggers', { as: it.ben, body })
  const { url, secret } = answer.body.webhook as { url: string; secret: string }
  return { url: `http://127.0.0.1:${port}${new URL(url).pathname}`, secret }
}

test('a call over the wire runs, and everything else goes on', async () => {
  const { url, secret } = await made()
  const headers = { authorization: `Bearer ${secret}`, 'idempotency-key': 'order-7' }
  const call = () => fetch(`${url}?a=1`, { method: 'POST', headers, body: '{"order":7}' })
  const first = await call()
  expect([first.status, first.headers.get('cache-control')]).toEqual([202, 'no-store'])
  expect(await first.json()).toMatchObject({ deliveryId: 'order-7', verdict: 'accepted' })
  expect((await call()).status).toBe(200)
  const refused = await fetch(url, { method: 'POST', body: '{"order":7}' })
  expect([refused.status, refused.headers.get('content-type')]).toEqual([401, 'application/problem+json'])
  expect((await fetch(url)).status).toBe(418)
  expect((await fetch(`${url}/more`, { method: 'POST' })).status).toBe(418)
})

test('who sends without end hears that it is too much', async () => {
  const { url, secret } = await made()
  const piece = Buffer.alloc(64 * 1024)
  let sent = 0
  const status = await new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${secret}` }
    const call = request(url, { method: 'POST', headers }, (answer) => {
      resolve(answer.statusCode)
      answer.destroy()
    })
    const go = (error?: Error | null): void => {
      if (error || call.destroyed) return
      sent += piece.length
      call.write(piece, go)
    }
    call.on('error', reject)
    go()
  })
  expect(status).toBe(413)
  expect(sent).toBeLessThan(64 * 1024 * 1024)
})
