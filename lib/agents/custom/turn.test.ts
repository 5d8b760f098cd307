/** One turn against a model on loopback: what it says, and every way in which a provider fails. */
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { systemClock } from '../../clock.ts'
import { createGuardedStream } from '../../net/guarded-stream.ts'
import { begin, type FakeModel, fakeModel, piece } from '../testing/fake-model.ts'
import { type Asked, type Patience, takeTurn } from './turn.ts'

let fake: FakeModel
const fetch = createGuardedStream({ allowedPrivateNetworks: ['127.0.0.1'] })
beforeAll(async () => {
  fake = await fakeModel()
})
afterEach(() => {
  fake.next = []
  fake.asked = []
})
afterAll(async () => {
  await fake.close()
  await fetch.close()
})

const notAsked = () => Promise.reject(new Error('not asked here'))
const modelAt = (baseURL: string) => ({
  name: 'small',
  provider: 'Loopback',
  test: notAsked,
  model: createOpenAICompatible({ name: 'loopback', baseURL, fetch, includeUsage: true })('small'),
})
const SEARCH = {
  name: 'search',
  description: 'Searches.',
  input: { type: 'object', properties: { q: { type: 'string' } }, required: ['q'] },
}
const asked = (change: Partial<Asked> = {}): Asked => ({
  model: modelAt(fake.url),
  instructions: 'Be brief.',
  messages: [{ role: 'user', content: 'Hello' }],
  tools: [SEARCH],
  temperature: null,
  maxOutputTokens: 100,
  signal: new AbortController().signal,
  clock: { ...systemClock, after: (_ms, ring) => systemClock.after(0, ring) },
  onText: () => {},
  ...change,
})
const QUICK: Patience = { turnMs: 5000, idleMs: 300, longestWaitMs: 60_000, tries: 3 }

test('it says a text, piece by piece, and what it cost by the provider’s own figures', async () => {
  fake.next = [{ text: 'All is well.', usage: { in: 120, out: 4, cached: 100 } }]
  const heard: string[] = []
  const turn = await takeTurn(asked({ onText: (it) => heard.push(it) }), QUICK)
  expect(turn).toMatchObject({
    text: 'All is well.',
    calls: [],
    finishReason: 'stop',
    usage: { tokensIn: 120, tokensOut: 4, tokensCached: 100 },
  })
  expect(heard).toEqual(['All ', 'All is ', 'All is well.'])
  expect(fake.asked[0]).toMatchObject({
    messages: [{ role: 'system', content: 'Be brief.' }, { role: 'user' }],
  })
})

test('it calls tools, which are not performed; what cannot be is told to the model at once', async () => {
  fake.next = [
    {
      calls: [
        { name: 'search', arguments: { q: 'x' } },
        { name: 'nosuch', arguments: {} },
        { name: 'search', arguments: '{"q": ' },
      ],
    },
  ]
  const turn = await takeTurn(asked(), QUICK)
  expect(turn.calls.map((it) => [it.tool, it.invalid === null])).toEqual([
    ['search', true],
    ['nosuch', false],
    ['search', false],
  ])
  // What it answers is JSON, goes in again, and only what was valid still waits for a result.
  fake.next = [{ text: 'Done.' }]
  const messages = [
    ...asked().messages,
    ...turn.messages,
    {
      role: 'tool' as const,
      content: [
        {
          type: 'tool-result' as const,
          toolCallId: turn.calls[0]?.callId ?? '',
          toolName: 'search',
          output: { type: 'text' as const, value: 'found' },
        },
      ],
    },
  ]
  expect((await takeTurn(asked({ messages }), QUICK)).text).toBe('Done.')
  expect(fake.asked.at(-1)?.messages.filter((it) => it.role === 'tool')).toHaveLength(3)
})

const status =
  (code: number, headers: Record<string, string> = {}, body = '{"error":{"message":"no"}}') =>
  (response: ServerResponse) =>
    void response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(body)

test.each([
  ['429 with Retry-After', status(429, { 'retry-after': '7' })],
  ['429 without', status(429)],
  ['500', status(500)],
  ['a reset before the answer', (response: ServerResponse) => void response.socket?.resetAndDestroy()],
  [
    'a reset in the middle',
    (response: ServerResponse) => {
      begin(response)
      response.write(piece({ delta: { content: 'half' } }), () => response.socket?.resetAndDestroy())
    },
  ],
])('%s passes: it is asked again, and says it once', async (_name, fault) => {
  fake.next = [fault, { text: 'Here.' }]
  expect((await takeTurn(asked(), QUICK)).text).toBe('Here.')
  expect(fake.asked).toHaveLength(2)
})

test.each([
  ['429 for ever', [status(429), status(429), status(429)], /asked too often/, true],
  ['429 that asks for an hour', [status(429, { 'retry-after': '3600' })], /asked too often/, true],
  ['a wrong key', [status(401)], /refuses the key: .*settings/, false],
  ['an unknown model', [status(404)], /not known there: choose another model/, false],
  ['HTML', [status(200, { 'content-type': 'text/html' }, '<html>Sign in</html>')], /model/, false],
  [
    'broken JSON in the stream',
    [
      (response: ServerResponse) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' }).end('data: {"choices": [\n\n')
      },
    ],
    /model/,
    false,
  ],
])('%s ends with a sentence', async (_name, faults, words, transient) => {
  fake.next = [...faults]
  await expect(takeTurn(asked(), QUICK)).rejects.toMatchObject({
    message: expect.stringMatching(words),
    transient,
  })
  expect(fake.asked.length).toBe(faults.length)
})

test.each([
  ['sends no headers', () => {}],
  ['stands still in the middle', (response: ServerResponse) => begin(response)],
  [
    'sends keep-alive comments only',
    (response: ServerResponse) => {
      begin(response)
      const beat = setInterval(() => response.write(': beat\n\n'), 20)
      response.once('close', () => clearInterval(beat))
    },
  ],
])('a server that %s is given up', async (_name, fault) => {
  fake.next = [fault]
  await expect(takeTurn(asked(), { ...QUICK, turnMs: 600, tries: 1 })).rejects.toThrow(
    'did not answer in time',
  )
})

test('an endless stream and a line without an end are cut', async () => {
  const flood = createServer((request, response) => {
    request.resume()
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const line = Buffer.alloc(256 * 1024, 'x')
    const pour = () => {
      while (!response.destroyed && response.write(line)) {}
      if (!response.destroyed) response.once('drain', pour)
    }
    response.write('data: ')
    pour()
  }).listen(0, '127.0.0.1')
  await once(flood, 'listening')
  const { port } = flood.address() as AddressInfo
  await expect(
    takeTurn(asked({ model: modelAt(`http://127.0.0.1:${port}/v1`) }), { ...QUICK, idleMs: 5000, tries: 1 }),
  ).rejects.toThrow('more than 4 MB')
  flood.closeAllConnections()
  flood.close()
})

test('an abort reaches the provider’s socket, and nothing is tried again', async () => {
  const stop = new AbortController()
  let closed = 0
  fake.next = [
    (response) => {
      begin(response)
      response.once('close', () => closed++)
      stop.abort(new Error('Cancelled by Ada.'))
    },
  ]
  await expect(takeTurn(asked({ signal: stop.signal }), QUICK)).rejects.toThrow('Cancelled by Ada.')
  while (closed === 0) await new Promise((resolve) => setImmediate(resolve))
  expect(fake.asked).toHaveLength(1)
})

test('a private address is refused before anything is sent', async () => {
  const guarded = createGuardedStream({ allowedPrivateNetworks: [] })
  const model = createOpenAICompatible({ name: 'loopback', baseURL: fake.url, fetch: guarded })('small')
  await expect(
    takeTurn(asked({ model: { name: 'small', provider: 'Inside', model, test: notAsked } }), QUICK),
  ).rejects.toThrow(/ALLOWED_PRIVATE_NETWORKS/)
  expect(fake.asked).toEqual([])
  await guarded.close()
})
