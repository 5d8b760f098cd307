/** The page's socket against the library's server: what it hears and asks, and that it comes back. */
import { once } from 'node:events'
import { createServer, type Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server, type Socket } from 'socket.io'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createSocket, type PageSocket } from './socket.ts'

let http: HttpServer
let io: Server
let page: PageSocket
let heard: string[]
let wires: WebSocket[]

beforeEach(async () => {
  // The shortest rests.
  vi.spyOn(Math, 'random').mockReturnValue(0)
  http = createServer()
  io = new Server(http, { path: '/socket.io', serveClient: false, pingInterval: 20, pingTimeout: 20_000 })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  heard = []
  wires = []
  page = createSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}/socket.io/`, (address) => {
    const wire = new WebSocket(address)
    wires.push(wire)
    return wire
  })
  page.listen({
    connected: () => heard.push('connected'),
    lost: () => heard.push('lost'),
    heard: (type, value) => heard.push(`${type} ${JSON.stringify(value)}`),
  })
})
afterEach(async () => {
  vi.restoreAllMocks()
  page.close()
  await io.close()
})

/** The server's end of the next connection. */
async function taken(): Promise<Socket> {
  const [socket] = (await once(io, 'connection')) as [Socket]
  return socket
}
const hears = (...words: string[]) => vi.waitFor(() => expect(heard).toEqual(words), { timeout: 60_000 })

test('it hears what the server tells, line breaks and figures too', async () => {
  page.connect()
  const there = await taken()
  there.emit('chat:message', { seq: 7, text: 'one\n{"two":3}' })
  there.emit('schedule:created')
  await hears(
    'connected',
    'chat:message {"seq":7,"text":"one\\n{\\"two\\":3}"}',
    'schedule:created undefined',
  )
  expect(page.connected).toBe(true)
})

test('each question gets its own answer, in whatever order they come', async () => {
  io.on('connection', (it) => {
    const answers: (() => void)[] = []
    it.on('workspace:join', (slug: string, answer: (it: unknown) => void) => {
      answers.unshift(() => answer({ ok: true, slug }))
      if (answers.length === 2) for (const say of answers) say()
    })
  })
  page.connect()
  await hears('connected')
  expect(
    await Promise.all([page.ask('workspace:join', 'a', 60_000), page.ask('workspace:join', 'b', 60_000)]),
  ).toEqual([
    { ok: true, slug: 'a' },
    { ok: true, slug: 'b' },
  ])
})

test('what is told arrives, and asks for no answer', async () => {
  page.connect()
  const there = await taken()
  const left = once(there, 'workspace:leave')
  await hears('connected')
  page.tell('workspace:leave', 'ops')
  expect(await left).toEqual(['ops'])
})

test('the heartbeat is answered', async () => {
  page.connect()
  const there = await taken()
  let beats = 0
  there.conn.on('heartbeat', () => beats++)
  await vi.waitFor(() => expect(beats).toBeGreaterThan(2), { timeout: 60_000 })
  expect(heard).toEqual(['connected'])
})

test('a connection that breaks is taken up again, and what was asked on it fails', async () => {
  page.connect()
  const there = await taken()
  await hears('connected')
  const asked = page.ask('nobody:answers', 1, 60_000)
  there.conn.close(true)
  await expect(asked).rejects.toThrow('did not answer')
  await hears('connected', 'lost', 'connected')
})

test('one that the server ends or refuses is taken up again', async () => {
  let turn = 0
  io.use((_socket, next) => next(turn++ === 1 ? new Error('Not now.') : undefined))
  page.connect()
  ;(await taken()).disconnect(true)
  await hears('connected', 'lost', 'lost', 'connected')
})

test('a network that is gone is told at once, and one that is back is used at once', async () => {
  page.connect()
  await hears('connected')
  page.drop()
  expect(heard).toEqual(['connected', 'lost'])
  expect(page.connected).toBe(false)
  page.connect()
  page.connect()
  await hears('connected', 'lost', 'connected')
  expect(wires).toHaveLength(2)
})

test('a server that falls silent is not waited for', async () => {
  vi.useFakeTimers()
  try {
    const wire = { send: vi.fn(), close: vi.fn() } as unknown as WebSocket
    const lost = vi.fn()
    const silent = createSocket('ws://nowhere/', () => wire)
    silent.listen({ connected: vi.fn(), lost, heard: vi.fn() })
    const say = (data: string) => wire.onmessage?.({ data } as MessageEvent)
    silent.connect()
    say('0{"sid":"a","pingInterval":20000,"pingTimeout":10000}')
    say('40{"sid":"b"}')
    vi.advanceTimersByTime(25_000)
    say('2')
    expect(wire.send).toHaveBeenLastCalledWith('3')
    vi.advanceTimersByTime(29_000)
    expect(lost).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1000)
    expect(lost).toHaveBeenCalledOnce()
    silent.close()
    expect(vi.getTimerCount()).toBe(0)
  } finally {
    vi.useRealTimers()
  }
})

test('what is closed stays closed, and asks nothing', async () => {
  page.connect()
  const there = await taken()
  await hears('connected')
  const gone = once(there, 'disconnect')
  page.close()
  await gone
  await expect(page.ask('workspace:join', 'a', 60_000)).rejects.toThrow('did not answer')
  page.tell('workspace:leave', 'a')
  expect(heard).toEqual(['connected'])
})
