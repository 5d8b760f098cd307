/** Live events through a real server and real clients: who gets in, what they hear, and when it ends. */
import { EventEmitter, once } from 'node:events'
import { createServer, request, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { io, type Socket } from 'socket.io-client'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import * as messages from '#db/queries/messages.ts'
import { handClock, minutes, seconds } from '#lib/clock.ts'
import type { LiveEvent } from '#lib/contract/event.ts'
import type { Unread, UnreadList } from '#lib/contract/unread.ts'
import { type World, world } from '#lib/http/testing/world.ts'
import { letGoUnread } from './reading.ts'
import { createRealtime, type Realtime } from './server.ts'

let it: World
let http: Server
let realtime: Realtime
let port: number
const opened: Socket[] = []
const real = { authorise: null as unknown, accessVersion: null as unknown, since: null as unknown }

/** Of the two loops (who may listen, what is new) how many wait for their next round. */
let resting = 0

beforeAll(async () => {
  it = await world()
  const { after } = it.clock
  it.clock.after = (delayMs, ring) => {
    if (delayMs !== seconds(2)) return after(delayMs, ring)
    resting++
    return after(delayMs, () => {
      resting--
      ring()
    })
  }
  http = createServer((_request, response) => void response.writeHead(404).end())
  realtime = createRealtime(http, it.carillon)
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  port = (http.address() as AddressInfo).port
})
afterAll(async () => {
  await realtime.close()
  http.close()
  http.closeAllConnections()
  await it.close()
})
beforeEach(() => {
  const { auth, events } = it.carillon
  Object.assign(real, { authorise: auth.authorise, accessVersion: auth.accessVersion, since: events.since })
})
afterEach(async () => {
  const { auth, events } = it.carillon
  Object.assign(auth, { authorise: real.authorise, accessVersion: real.accessVersion })
  Object.assign(events, { since: real.since })
  for (const socket of opened.splice(0)) socket.disconnect()
  await until(() => realtime.connected === 0)
  expect(Object.keys(Object.prototype)).toEqual([])
})

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn()
}

/** A client's socket that says what it says by itself: `as` is a cookie or "Bearer <key>". */
function client(
  as: string | undefined,
  {
    auth,
    headers = {},
    transports = ['websocket'],
  }: { auth?: object; headers?: Record<string, string>; transports?: string[] } = {},
): Socket {
  const given = auth ?? (as?.startsWith('Bearer ') ? { token: as.slice('Bearer '.length) } : {})
  const cookie: Record<string, string> = as && !as.startsWith('Bearer ') ? { cookie: as } : {}
  const socket = io(`http://localhost:${port}`, {
    auth: given,
    extraHeaders: { ...cookie, ...headers },
    transports,
    reconnection: false,
    forceNew: true,
  })
  opened.push(socket)
  return socket
}
const refusal = (socket: Socket) =>
  new Promise<string>((resolve) => {
    socket.once('connect', () => resolve('let in'))
    socket.once('connect_error', (error) => resolve(error.message))
  })
async function connected(as: string, options: Parameters<typeof client>[1] = {}): Promise<Socket> {
  const socket = client(as, options)
  expect(await refusal(socket)).toBe('let in')
  return socket
}
const ended = (socket: Socket) =>
  new Promise<string>(
    (resolve) => void (socket.connected ? socket.once('disconnect', resolve) : resolve('already')),
  )
const join = (socket: Socket, slug: unknown = 'demo') =>
  socket.emitWithAck('workspace:join', slug) as Promise<{
    ok: boolean
    workspaceId: number
    lastSeq: number
    error?: string
    status?: number
  }>

async function follower(
  as: string,
  slug = 'demo',
): Promise<{
  socket: Socket
  workspaceId: number
  lastSeq: number
  seqs: number[]
  heard: LiveEvent[]
  unread: Unread[]
}> {
  const socket = await connected(as)
  const heard: LiveEvent[] = []
  const seqs: number[] = []
  const unread: Unread[] = []
  socket.onAny((type, event: LiveEvent & UnreadList) => {
    if (type === 'me:unread') return void unread.push(...event.workspaces)
    heard.push(event)
    seqs.push(event.seq)
  })
  const { ok, workspaceId, lastSeq } = await join(socket, slug)
  expect(ok).toBe(true)
  return { socket, workspaceId, lastSeq, seqs, heard, unread }
}
const post = (text: string, workspaceId: number) =>
  it.carillon.chat.post(workspaceId, { text }, { kind: 'person', id: 'ada', name: 'Ada' })
const upTo = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, n) => first + n)

test('without a credential, with a bad one or with two, the handshake is refused', async () => {
  const key = await it.key('viewer', 'demo')
  expect(await refusal(client(undefined))).toMatch('Not signed in')
  expect(await refusal(client(undefined, { auth: { token: 'car_nothing' } }))).toMatch('Not signed in')
  expect(await refusal(client(undefined, { auth: { token: ['x'] } }))).toBe('The token must be a string.')
  expect(await refusal(client(undefined, { auth: { token: null } }))).toMatch('Not signed in')
  expect(await refusal(client('carillon.session_token=forged.signature'))).toMatch('Not signed in')
  expect(await refusal(client(it.ben, { auth: {}, headers: { authorization: key } }))).toContain(
    'two credentials',
  )
  expect(await refusal(client(undefined, { headers: { cookie: `token=${key.slice(7)}` } }))).toMatch(
    'Not signed in',
  )
})

test('a refused client has one try a connection', async () => {
  const socket = client(undefined)
  const closed = new Promise((resolve) => socket.io.once('close', resolve))
  expect(await refusal(socket)).toMatch('Not signed in')
  await closed
  expect(socket.connected).toBe(false)
})

test('under a foreign host name or from another site nobody gets in, whoever they are', async () => {
  const handshake = (headers: Record<string, string>, path = '/socket.io/?EIO=4&transport=polling') =>
    new Promise<number>((resolve, reject) => {
      request({ port, host: '127.0.0.1', path, headers }, (response) =>
        resolve(response.resume().statusCode ?? 0),
      )
        .on('error', reject)
        .end()
    })
  const own = `localhost:${port}`
  expect(await handshake({ host: own })).toBe(200)
  expect(await handshake({ host: own, origin: `http://${own}` })).toBe(200)
  expect(await handshake({ host: 'evil.example', cookie: it.ben })).toBe(403)
  expect(await handshake({ host: '169.254.169.254' })).toBe(403)
  for (const origin of ['https://evil.example', 'null', 'http://localhost:1', `http://${own}.evil.example`])
    expect([origin, await handshake({ host: own, origin })]).toEqual([origin, 403])
  expect(await refusal(client(it.ben, { headers: { origin: 'https://evil.example' } }))).toBe(
    'websocket error',
  )
  expect(await refusal(client(it.ben, { headers: { host: 'evil.example' } }))).toBe('websocket error')
})

test('a member follows, over either transport; a stranger is told what they would be told of no workspace at all', async () => {
  expect(await join(await connected(it.ben))).toMatchObject({ ok: true })
  expect(await join(await connected(it.ben, { transports: ['polling'] }))).toMatchObject({ ok: true })
  const cleo = await connected(it.cleo)
  const [foreign, unknown] = [await join(cleo, 'demo'), await join(cleo, 'nowhere')]
  expect(foreign).toEqual({ ok: false, status: 404, error: 'There is no such workspace here.' })
  expect(unknown).toEqual(foreign)
  for (const slug of [null, 7, ['demo'], { slug: 'demo' }, 'DEMO', ' demo', 'demo\0', '__proto__', ''])
    expect([slug, await join(cleo, slug)]).toEqual([slug, foreign])
})

test('a room hears its own workspace only, and nothing after it was left', async () => {
  const [ada, cleo, whole] = [
    await follower(it.ada),
    await follower(it.cleo, 'other'),
    await follower(it.root),
  ]
  await post('for demo', ada.workspaceId)
  await post('for other', cleo.workspaceId)
  await until(() => ada.heard.length === 1 && cleo.heard.length === 1 && whole.heard.length === 1)
  expect(ada.heard[0]).toMatchObject({
    type: 'chat:message',
    workspaceId: ada.workspaceId,
    message: { text: 'for demo' },
  })
  expect(cleo.heard[0]).toMatchObject({ workspaceId: cleo.workspaceId, message: { text: 'for other' } })
  expect(await ada.socket.emitWithAck('workspace:leave', 'demo')).toEqual({ ok: true })
  await post('more', ada.workspaceId)
  await until(() => whole.heard.length === 2)
  expect(ada.heard).toHaveLength(1)
})

test('a joiner in the middle of many writes hears every number after its own, once and in order', async () => {
  const first = await follower(it.ada)
  const writes = Promise.all(
    Array.from({ length: 40 }, async (_, n) => {
      for (let turns = 0; turns < n; turns++) await turn()
      return post(`message ${n}`, first.workspaceId)
    }),
  )
  const second = await follower(it.ben)
  await writes
  const last = first.lastSeq + 40
  await until(() => first.seqs.at(-1) === last && (second.lastSeq === last || second.seqs.at(-1) === last))
  expect(first.seqs).toEqual(upTo(first.lastSeq + 1, last))
  expect(second.seqs).toEqual(upTo(second.lastSeq + 1, last))
})

test('whoever joins a room that has not been told the newest yet hears it once, after the number in the answer', async () => {
  const ada = await follower(it.ada)
  const author = { id: 'ada', name: 'Ada' }
  const written = { workspaceId: ada.workspaceId, kind: 'person' as const, author, text: 'by another server' }
  await messages.post(it.carillon.store, written, it.clock.now())
  const ben = await follower(it.ben)
  await pass(seconds(2))
  await until(() => ada.heard.length === 1 && ben.heard.length === 1)
  expect(ben.seqs).toEqual([ben.lastSeq + 1])
  expect(ben.seqs).toEqual(ada.seqs)
})

test('what is told while somebody joins comes after the answer', async () => {
  const ada = await follower(it.ada)
  const socket = await connected(it.ben)
  const order: unknown[] = []
  socket.onAny((type, { seq }: LiveEvent) => void (type !== 'me:unread' && order.push(seq)))
  // Another event stands between each two steps of the join.
  const { auth, events } = it.carillon
  const between =
    <Asked extends unknown[], Answer>(ask: (...asked: Asked) => Promise<Answer>) =>
    async (...asked: Asked) => {
      const answer = await ask(...asked)
      const before = ada.heard.length
      Object.assign(auth, { authorise: real.authorise })
      Object.assign(events, { since: real.since })
      await post('meanwhile', ada.workspaceId)
      await until(() => ada.heard.length > before)
      Object.assign(events, { since: between(real.since as typeof events.since) })
      return answer
    }
  Object.assign(auth, { authorise: between(auth.authorise) })
  const joined = await new Promise<{ lastSeq: number }>((resolve) =>
    socket.emit('workspace:join', 'demo', (answer: { lastSeq: number }) => {
      order.push('joined')
      resolve(answer)
    }),
  )
  Object.assign(events, { since: real.since })
  await post('after all', ada.workspaceId)
  const last = () => ada.seqs.at(-1) as number
  await until(() => order.at(-1) === last())
  expect(order).toEqual(['joined', ...upTo(joined.lastSeq + 1, last())])
})

test('more than a page of events arrives whole', async () => {
  const ada = await follower(it.ada)
  for (let n = 0; n < 600; n++)
    await messages.post(
      it.carillon.store,
      { workspaceId: ada.workspaceId, kind: 'person', author: { id: 'ada', name: 'Ada' }, text: `${n}` },
      it.clock.now(),
    )
  await post('the hint', ada.workspaceId)
  await until(() => ada.seqs.length === 601)
  expect(ada.seqs).toEqual(upTo(ada.lastSeq + 1, ada.lastSeq + 601))
})

test('a lost hint costs one poll, and a database that is away delays only', async () => {
  const ada = await follower(it.ada)
  const { events } = it.carillon
  await messages.post(
    it.carillon.store,
    {
      workspaceId: ada.workspaceId,
      kind: 'person',
      author: { id: 'ada', name: 'Ada' },
      text: 'written by another server',
    },
    it.clock.now(),
  )
  await pass(seconds(1))
  expect(ada.heard).toEqual([])
  await pass(seconds(2))
  await until(() => ada.heard.length === 1)

  Object.assign(events, { since: () => Promise.reject(new Error('away')) })
  await post('while away', ada.workspaceId)
  Object.assign(events, { since: real.since })
  await pass(seconds(2))
  await until(() => ada.heard.length === 2)
  expect(ada.seqs).toEqual(upTo(ada.lastSeq + 1, ada.lastSeq + 2))
})

/** Moves the server's clock, and waits until both loops have done their round. */
async function pass(ms: number): Promise<void> {
  it.clock.advance(ms)
  await until(() => resting === 2)
}

/** How many seconds pass on the server's clock until it cuts off one more socket; 120 for never. */
async function secondsUntilCut(): Promise<number> {
  const before = realtime.connected
  let passed = 0
  for (; realtime.connected === before && passed < 120; passed++) await pass(seconds(1))
  return passed
}

test('a membership, a key or a session that ends cuts the following within five seconds; others go on', async () => {
  const invite = async () => {
    const { body } = await it.ask('POST', '/workspace/demo/members', {
      as: it.root,
      body: { email: 'dora@example.com', role: 'viewer' },
    })
    await it.ask('POST', '/invitations', {
      body: {
        token: new URL(String(body.link)).searchParams.get('token'),
        name: 'Dora',
        password: 'correct horse',
      },
    })
    return it.signIn('dora@example.com')
  }
  const dora = await invite()
  const made = await it.ask('POST', '/api-keys', {
    as: it.root,
    body: { name: 'script', role: 'viewer', workspace: 'demo' },
  })
  const ada = await follower(it.ada)
  const removed = await follower(dora)
  const revoked = await follower(`Bearer ${made.body.key}`)
  const leaving = await it.signIn('ben@example.com')
  const signedOut = await follower(leaving)
  expect(await secondsUntilCut()).toBe(120)
  const { id } = (await it.ask('GET', '/me', { as: dora })).body
  expect((await it.ask('DELETE', `/workspace/demo/members/${id}`, { as: it.root })).status).toBe(200)
  expect(await secondsUntilCut()).toBeLessThanOrEqual(5)
  expect(await join(await connected(dora))).toMatchObject({ ok: false, status: 404 })

  expect(
    (await it.ask('DELETE', `/api-keys/${(made.body.apiKey as { id: number }).id}`, { as: it.root })).status,
  ).toBe(200)
  expect(await secondsUntilCut()).toBeLessThanOrEqual(5)
  expect(await refusal(client(`Bearer ${made.body.key}`))).toMatch('Not signed in')

  expect((await it.ask('POST', '/auth/sign-out', { as: leaving })).status).toBe(200)
  expect(await secondsUntilCut()).toBeLessThanOrEqual(5)
  const heard = [removed, revoked, signedOut].map((one) => one.heard.length)
  await post('after all', ada.workspaceId)
  await until(() => ada.heard.length === 1)
  expect([removed, revoked, signedOut].map((one) => one.heard.length)).toEqual(heard)
})

test('a key that lapses by itself is noticed too', async () => {
  const expiresAt = new Date(it.clock.now().getTime() + minutes(1)).toISOString()
  const { body } = await it.ask('POST', '/api-keys', {
    as: it.root,
    body: { name: 'short', role: 'viewer', workspace: 'demo', expiresAt },
  })
  await follower(`Bearer ${body.key}`)
  const passed = await secondsUntilCut()
  expect(passed).toBeGreaterThanOrEqual(60)
  expect(passed).toBeLessThanOrEqual(95)
})

test('while the database is away nobody is cut off, and a right that ended meanwhile is not forgotten', async () => {
  const { body } = await it.ask('POST', '/api-keys', {
    as: it.root,
    body: { name: 'script', role: 'viewer', workspace: 'demo' },
  })
  await follower(`Bearer ${body.key}`)
  await it.ask('DELETE', `/api-keys/${(body.apiKey as { id: number }).id}`, { as: it.root })
  const { auth } = it.carillon
  Object.assign(auth, { accessVersion: () => Promise.reject(new Error('away')) })
  await pass(seconds(10))
  expect(realtime.connected).toBe(1)
  Object.assign(auth, { accessVersion: real.accessVersion })
  expect(await secondsUntilCut()).toBeLessThanOrEqual(5)
})

test('a server that cannot read for more than ten seconds lets its listeners go to another; they come back by themselves', async () => {
  const { store } = it.carillon
  const { all } = store
  const socket = io(`http://localhost:${port}`, {
    extraHeaders: { cookie: it.ben },
    transports: ['websocket'],
    reconnectionDelay: 1,
    reconnectionDelayMax: 5,
    forceNew: true,
  })
  opened.push(socket)
  expect(await refusal(socket)).toBe('let in')
  const { ok, lastSeq } = await join(socket)
  expect(ok).toBe(true)
  Object.assign(store, { all: () => Promise.reject(new Error('away')) })
  await pass(seconds(8))
  expect(socket.connected).toBe(true)
  const cut = ended(socket)
  await pass(seconds(4))
  expect(await cut).toBe('transport close')
  Object.assign(store, { all })
  await until(() => socket.connected)
  expect(await join(socket)).toMatchObject({ ok: true, lastSeq })
})

test('a right that ends while a join is under way ends the join', async () => {
  const { body } = await it.ask('POST', '/api-keys', {
    as: it.root,
    body: { name: 'script', role: 'viewer', workspace: 'demo' },
  })
  const socket = await connected(`Bearer ${body.key}`)
  const { auth } = it.carillon
  const authorise = auth.authorise
  Object.assign(auth, {
    async authorise(...asked: Parameters<typeof authorise>) {
      const found = await authorise(...asked)
      Object.assign(auth, { authorise })
      await it.ask('DELETE', `/api-keys/${(body.apiKey as { id: number }).id}`, { as: it.root })
      return found
    },
  })
  socket.emit('workspace:join', 'demo')
  await ended(socket)
  expect(socket.connected).toBe(false)
})

test('a socket that leaves during its join leaves nothing behind: nobody is told for it', async () => {
  const ada = await follower(it.ada)
  ada.socket.disconnect()
  await until(() => realtime.connected === 0)
  const socket = await connected(it.ben)
  const { auth, events } = it.carillon
  const authorise = auth.authorise
  const gate = Promise.withResolvers<void>()
  const entered = Promise.withResolvers<void>()
  let asked = 0
  Object.assign(auth, {
    async authorise(...given: Parameters<typeof authorise>) {
      entered.resolve()
      await gate.promise
      return authorise(...given)
    },
  })
  Object.assign(events, {
    since: (...given: Parameters<typeof events.since>) => {
      asked++
      return (real.since as typeof events.since)(...given)
    },
  })
  socket.emit('workspace:join', 'demo')
  await entered.promise
  socket.disconnect()
  await until(() => realtime.connected === 0)
  gate.resolve()
  await turn()
  await post('to nobody', ada.workspaceId)
  await pass(seconds(4))
  expect(asked).toBe(0)
})

test('a person has at most twenty sockets, however they are opened, and gets a place back for each that ends', async () => {
  const answers = await Promise.all(
    Array.from({ length: 30 }, async () => {
      const socket = client(it.ben)
      if ((await refusal(socket)) !== 'let in') return null
      // One that was let in at the same moment as too many others is ended at once; whoever stays is answered.
      return Promise.race([
        join(socket).then(({ ok }) => (ok ? socket : null)),
        ended(socket).then(() => null),
      ])
    }),
  )
  expect(answers.filter(Boolean)).toHaveLength(20)
  expect(await refusal(client(it.ben))).toBe('Too many connections: at most 20 at a time.')
  expect(await refusal(client(it.ada))).toBe('let in')
  answers.find(Boolean)?.disconnect()
  await until(() => realtime.connected === 20)
  expect(await refusal(client(it.ben))).toBe('let in')
})

test('a flood of events and a packet that is too large end the connection, and only that', async () => {
  const flooding = await connected(it.ben)
  for (let n = 0; n < 25; n++) flooding.emit('workspace:leave', 'demo')
  expect(await ended(flooding)).toBe('io server disconnect')
  const large = await connected(it.ben)
  large.emit('workspace:join', 'x'.repeat(10_000_000))
  expect(await ended(large)).toBe('transport close')
  expect(await join(await connected(it.ben))).toMatchObject({ ok: true })
})

test('a flood of frames that are no events ends the connection, and only that', async () => {
  const [flooding, quiet] = [await connected(it.ben), await connected(it.ben)]
  // Answers that nobody has asked for.
  for (let n = 0; n < 70; n++) flooding.io.engine.send('3777[]')
  expect(await ended(flooding)).toMatch(/^transport (close|error)$/)
  expect(quiet.connected).toBe(true)
})

test('a client that answers nothing, not even the farewell, is gone a moment later', async () => {
  const deaf = connect(port, '127.0.0.1')
  deaf.write(
    'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n' +
      'Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  )
  await once(deaf, 'data')
  deaf.pause()
  let gone = false
  deaf.once('close', () => {
    gone = true
  })
  // Each frame is the text "6", masked with nothing; the server ends who sends so many.
  deaf.write(Buffer.concat(Array.from({ length: 70 }, () => Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0x36]))))
  deaf.on('error', () => {})
  for (let n = 0; n < 200; n++) await turn()
  expect(gone).toBe(false)
  it.clock.advance(seconds(1))
  deaf.resume()
  await until(() => gone)
}, 10_000)

test('a connection on which too much is unread ends', () => {
  const closed: unknown[] = []
  const connection = Object.assign(new EventEmitter(), {
    transport: {},
    close: (discard: boolean) => closed.push(discard),
  })
  letGoUnread(it.clock)(connection as never)
  for (let n = 0; n < 999; n++) connection.emit('packetCreate')
  connection.emit('drain')
  for (let n = 0; n < 1000; n++) connection.emit('packetCreate')
  expect(closed).toEqual([])
  connection.emit('packetCreate')
  expect(closed).toEqual([true])
})

test('events that nobody knows, that have no callback, too many parts or names of the language change nothing', async () => {
  const socket = await connected(it.ben)
  for (const name of [
    'chat:message',
    'schedule:created',
    '__proto__',
    'constructor',
    'toString',
    'error',
    'message',
    'use',
  ])
    socket.emit(name, { constructor: { prototype: { x: 1 } } })
  socket.emit('workspace:join')
  socket.emit('workspace:join', 'demo')
  socket.emit('workspace:join', () => {})
  socket.emit('workspace:leave', 'demo', 'not a function')
  expect(await join(socket)).toMatchObject({ ok: true })
  const parts = await connected(it.ben)
  parts.emit('workspace:join', ...Array.from({ length: 11 }, () => Buffer.from('x')))
  await ended(parts)
  const raw = await connected(it.ben)
  raw.io.engine.write('2["workspace:join"')
  await ended(raw)
  expect(await join(await connected(it.ben))).toMatchObject({ ok: true })
})

/** Live events on a server of their own, which a test may end and begin again on the same port. */
async function anotherServer(at = 0) {
  const server = createServer((_request, response) => void response.writeHead(404).end())
  let readUpTo = 0
  const since: typeof it.carillon.events.since = async (...asked) => {
    const page = await it.carillon.events.since(...asked)
    readUpTo = Math.max(readUpTo, page.events.at(-1)?.seq ?? 0)
    return page
  }
  const events = { ...it.carillon.events, since }
  const live = createRealtime(server, { ...it.carillon, events, clock: handClock(new Date()) })
  server.listen(at, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    /** What is read is told in the same turn. */
    async hasTold(seq: number) {
      await until(() => readUpTo >= seq)
      await turn()
    },
    async end() {
      await live.close()
      server.close()
      server.closeAllConnections()
    },
  }
}

test.each([['websocket'], ['polling']])(
  'the end of the server loses no event that was told, and a client comes back to the next server by itself: %s',
  async (transport) => {
    const first = await anotherServer()
    const socket = io(`http://localhost:${first.port}`, {
      extraHeaders: { cookie: it.ada },
      transports: [transport],
      reconnectionDelay: 1,
      reconnectionDelayMax: 5,
      forceNew: true,
    })
    opened.push(socket)
    expect(await refusal(socket)).toBe('let in')
    const { workspaceId, lastSeq } = await join(socket)
    const seqs: number[] = []
    socket.onAny((_type, { seq }: LiveEvent) => seqs.push(seq))
    for (const text of ['one', 'two', 'three']) await post(text, workspaceId)
    await first.hasTold(lastSeq + 3)
    const cut = ended(socket)
    await first.end()
    expect(await cut).not.toBe('io server disconnect')
    expect(seqs).toEqual(upTo(lastSeq + 1, lastSeq + 3))

    const second = await anotherServer(first.port)
    await until(() => socket.connected)
    expect(await join(socket)).toEqual({ ok: true, workspaceId, lastSeq: lastSeq + 3 })
    await second.end()
  },
)

test('a handshake that fails for want of the database is tried again by the client', async () => {
  const { auth } = it.carillon
  const { actorOf } = auth
  let asked = 0
  Object.assign(auth, {
    actorOf: (headers: Headers) => (++asked === 1 ? Promise.reject(new Error('away')) : actorOf(headers)),
  })
  const socket = io(`http://localhost:${port}`, {
    extraHeaders: { cookie: it.ben },
    transports: ['websocket'],
    reconnectionDelay: 1,
    forceNew: true,
  })
  opened.push(socket)
  await until(() => socket.connected)
  Object.assign(auth, { actorOf })
  expect(asked).toBe(2)
})

test('each hears what they have not read, on their own connections, and nobody another one’s', async () => {
  const [ada, ben, other] = [await follower(it.ada), await follower(it.ben), await follower(it.cleo, 'other')]
  const key = { name: 'Robot', workspace: 'demo', role: 'viewer' }
  const robot = await follower(
    `Bearer ${(await it.ask('POST', '/api-keys', { as: it.root, body: key })).body.key}`,
  )
  const { id } = (await it.ask('GET', '/me', { as: it.ben })).body
  const readAll = async (as: string, upTo: number) =>
    (await it.ask('PUT', '/workspace/demo/read', { as, body: { upTo } })).body
  const posted = await it.carillon.chat.post(
    ada.workspaceId,
    { text: 'Who is there?' },
    { kind: 'person', id: String(id), name: 'Ben' },
  )
  await until(() => ada.heard.length === 1)
  await pass(seconds(2))
  await until(() => ada.unread.length === 1 && ben.unread.length === 1)
  expect(ada.unread[0]).toMatchObject({ slug: 'demo', firstUnreadId: expect.any(Number) })
  const before = ada.unread[0]?.messages ?? 0
  expect(before).toBeGreaterThan(0)
  await readAll(it.ada, posted.id)
  await pass(seconds(2))
  await until(() => ada.unread.length === 2)
  expect(ada.unread[1]).toMatchObject({ messages: 0, firstUnreadId: null })
  // What she has read is nobody's news, and nothing of it stands in the story.
  expect([ben.unread.length, other.unread.length]).toEqual([1, 0])
  // It is told to people: a program's numbers are its own to ask for.
  expect([robot.heard.length, robot.unread.length]).toEqual([1, 0])
  expect(ada.seqs).toEqual([ada.lastSeq + 1])
  // The same numbers are not told twice.
  await readAll(it.ada, posted.id)
  await pass(seconds(2))
  expect(ada.unread).toHaveLength(2)
})
