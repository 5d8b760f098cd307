/** What passes the gate, what ends there, and what every answer carries. */
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { readEnv } from '../env.ts'
import { createGate } from './gate.ts'

let http: Server
let port: number
let passed: { url: string | undefined; headers: IncomingHttpHeaders }[]

beforeAll(async () => {
  const gate = createGate(
    readEnv({ NODE_ENV: 'production', BASE_URL: 'https://bells.example', TRUSTED_PROXIES: '127.0.0.1' }),
  )
  http = createServer((request, response) => {
    if (!gate.admit(request, response)) return
    passed.push({ url: request.url, headers: request.headers })
    response.end('passed')
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  port = (http.address() as AddressInfo).port
})
afterAll(() => http.close())
beforeEach(() => {
  passed = []
})

/** Speaks HTTP by hand: a client library would mend what is sent here. */
async function send(line: string, headers: string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.write(`${[line, ...headers, 'Connection: close'].join('\r\n')}\r\n\r\n`)
  let answer = ''
  for await (const chunk of socket) answer += chunk
  return answer
}
const statusOf = (answer: string) => Number(answer.split(' ')[1])

test.each([
  ['GET /x%20%F0%9F%94%94?q=% HTTP/1.1', 'localhost'],
  ['DELETE /api/x HTTP/1.1', 'localhost'],
  ['GET / HTTP/1.1', '127.0.0.1:3001'],
  ['GET / HTTP/1.1', 'bells.example'],
  ['GET / HTTP/1.1', '[::1]:3001'],
])('%s under the host "%s" passes', async (line, host) => {
  expect(statusOf(await send(line, [`Host: ${host}`]))).toBe(200)
  expect(passed).toHaveLength(1)
})

test.each([
  [405, 'TRACE / HTTP/1.1', []],
  [405, 'PROPFIND /api/x HTTP/1.1', []],
  [400, 'POST /api/../w/home HTTP/1.1', []],
  [400, 'POST /api/%2e%2e/w/home HTTP/1.1', []],
  [404, 'GET /_next/image?url=%2Ficon.svg&w=64&q=75 HTTP/1.1', []],
  [404, 'GET /_next/data/x/w.json HTTP/1.1', []],
  [400, 'GET /w/home HTTP/1.1', ['next-router-state-tree: %7B']],
  [400, 'GET /w/home HTTP/1.1', ['next-router-state-tree: %22x%22']],
])('answers %i to %s', async (status, line, headers) => {
  expect(statusOf(await send(line, ['Host: localhost', ...headers]))).toBe(status)
  expect(passed).toEqual([])
})

test('every answer keeps other windows out, and browsers on HTTPS', async () => {
  const answer = await send('GET / HTTP/1.1', ['Host: localhost'])
  expect(answer).toMatch(/cross-origin-opener-policy: same-origin/i)
  expect(answer).toMatch(/strict-transport-security: max-age=31536000/i)
})

test.each([
  ['GET / HTTP/1.1', ['Host: evil.example']],
  ['GET / HTTP/1.1', ['Host: 169.254.169.254']],
  ['GET / HTTP/1.1', ['Host: localhost@evil.example']],
  ['GET / HTTP/1.1', ['Host: ']],
  ['GET / HTTP/1.1', ['Host: localhost', 'Host: evil.example']],
  ['GET / HTTP/1.0', []],
  ['GET http://169.254.169.254/latest/meta-data HTTP/1.1', ['Host: localhost']],
  ['GET http://localhost/ HTTP/1.1', ['Host: localhost']],
  ['OPTIONS * HTTP/1.1', ['Host: localhost']],
  ['GET /api/workspace/demo/executions/%zz HTTP/1.1', ['Host: localhost']],
  ['GET /%ff HTTP/1.1', ['Host: localhost']],
  ['POST /sign-in HTTP/1.1', ['Host: localhost', 'Next-Action: 7f', 'Content-Length: 0']],
])('%s with %s ends here', async (line, headers) => {
  const answer = await send(line, headers)
  expect(statusOf(answer)).toBe(400)
  expect(passed).toEqual([])
})

test('a refusal is a problem document that says what to do', async () => {
  const answer = await send('GET / HTTP/1.1', ['Host: evil.example'])
  expect(answer).toContain('application/problem+json')
  expect(JSON.parse(answer.slice(answer.indexOf('{'), answer.lastIndexOf('}') + 1))).toMatchObject({
    status: 400,
    detail: expect.stringContaining('BASE_URL'),
  })
})

test('every answer carries a policy of its own that allows no script, image or frame of others', async () => {
  const answers = await Promise.all([1, 2].map(() => send('GET / HTTP/1.1', ['Host: localhost'])))
  const policies = answers.map((it) => /^content-security-policy: (.*)$/im.exec(it)?.[1] ?? '')
  expect(policies[0]).not.toBe(policies[1])
  for (const part of [
    `default-src 'self'`,
    `worker-src 'self'`,
    `object-src 'none'`,
    `base-uri 'self'`,
    `frame-ancestors 'none'`,
    `img-src 'self' data: blob:`,
  ])
    expect(policies[0]).toContain(part)
  expect(/connect-src ([^;]*)/.exec(policies[0] ?? '')?.[1]).toBe(
    `'self' ws://localhost wss://localhost ws://bells.example wss://bells.example`,
  )
  expect(policies[0]).toMatch(/script-src 'self' 'nonce-[\w+/=]{24}' 'strict-dynamic'/)
  expect(policies[0]).not.toContain('unsafe-eval')
  expect(answers[0]).toMatch(/^x-content-type-options: nosniff/im)
  expect(answers[0]).toMatch(/^x-frame-options: DENY/im)
})

test('what the server itself says about a request cannot be said by the client', async () => {
  await send('GET /w/demo?a=1 HTTP/1.1', [
    'Host: localhost',
    'X-Carillon-Client: 10.0.0.1',
    'X-Carillon-Path: //evil.example',
    'X-Nonce: mine',
    'Content-Security-Policy: none',
    'X-Forwarded-For: 1.2.3.4, 198.51.100.7',
  ])
  expect(passed[0]?.headers).toMatchObject({
    'x-carillon-client': '198.51.100.7',
    'x-carillon-path': '/w/demo?a=1',
  })
  expect(passed[0]?.headers['x-nonce']).not.toBe('mine')
  expect(passed[0]?.headers['content-security-policy']).toContain(`'nonce-${passed[0]?.headers['x-nonce']}'`)
})

test('a proxy that cannot be read stops the start with its value', () => {
  expect(() => createGate(readEnv({ TRUSTED_PROXIES: '10.0.0.0/8,proxy.example' }))).toThrow(
    'TRUSTED_PROXIES expects addresses or networks such as 10.0.0.0/8, not "proxy.example".',
  )
})
