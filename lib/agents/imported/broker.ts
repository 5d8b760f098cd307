/**
 * What a skill asks of the server while it runs: steps, people, pages, connections.
 *
 * Promise: nothing that comes from its process is trusted. A message counts for what the grants allow, however it was
 * made; where it goes is judged here, address by address, and what it may take is bounded. When the run is over
 * nothing of it goes on.
 */
import { connect, type Socket } from 'node:net'
import { z } from 'zod'
import { type Clock, seconds } from '../../clock.ts'
import type { GuardedAddress } from '../../net/guarded-address.ts'
import type { GuardedFetch } from '../../net/guarded-fetch.ts'
import { turns } from '../../turns.ts'
import { refusalOf } from './grants.ts'
import type { Grants } from './manifest.ts'

/** The two ways out under one rule for private networks. */
export interface Way {
  fetch: GuardedFetch
  address: GuardedAddress
}

export interface BrokerBounds {
  says: number
  sayCharacters: number
  bodyBytes: number
  tunnels: number
  requestsAtOnce: number
  approvals: number
  /** Of all connections together. */
  tunnelBytes: number
  answerBytes: number
}

export interface BrokerDeps {
  clock: Clock
  way: Way
  grants: Grants
  bounds: BrokerBounds
  signal: AbortSignal
  say(text: string): void
  approve(request: { payload: unknown; description: string }): Promise<{ approved: boolean; message: string }>
  pageText(html: string, url: string): Promise<string>
  /** To the process; false: it does not read as fast as it is told. */
  send(message: object): boolean
  /** Rings when it has read what it was told. */
  onceRead(ring: () => void): void
}

const id = z.number().int().positive()
const bytes = z.base64()
const MESSAGE = z.discriminatedUnion('type', [
  z.object({ type: z.literal('say'), text: z.string() }),
  z.object({ type: z.literal('result'), value: z.string() }),
  z.object({ type: z.literal('failure'), message: z.string() }),
  z.object({ type: z.literal('approve'), id, payload: z.unknown(), description: z.string() }),
  z.object({
    type: z.literal('fetch'),
    id,
    url: z.string(),
    method: z.string().max(40),
    headers: z.array(z.tuple([z.string(), z.string()])),
    body: bytes.nullable(),
    redirect: z.enum(['follow', 'manual', 'error']),
  }),
  z.object({ type: z.literal('page'), id, url: z.string(), as: z.enum(['text', 'html']).catch('text') }),
  z.object({ type: z.literal('abort'), id }),
  z.object({
    type: z.literal('open'),
    id,
    host: z.string().max(255),
    port: z.number().int().min(1).max(65_535),
  }),
  z.object({ type: z.literal('data'), id, bytes }),
  z.object({ type: z.literal('end'), id }),
  z.object({ type: z.literal('close'), id }),
])
type Message = z.infer<typeof MESSAGE>
type Of<Type extends Message['type']> = Extract<Message, { type: Type }>

/** How a run ends by what its process says. */
export type Ending =
  | { kind: 'result'; value: unknown }
  | { kind: 'failure'; message: string }
  /** Of whoever was asked for a person: passed on as it is. */
  | { kind: 'thrown'; error: unknown }

export interface Broker {
  /** One line of the process; what ends the run, where it does. */
  hear(text: string): void
  close(): void
}

const NO_MESSAGE =
  'It sent what is no message of its runner. Let it use what it is given, and no pipe of its own.'
/** They belong to the connection, which is the server's. */
const CONNECTION_HEADER =
  /^(host|connection|content-length|expect|keep-alive|te|trailer|transfer-encoding|upgrade|proxy-.*)$/i

export function createBroker(deps: BrokerDeps, token: string, end: (ending: Ending) => void): Broker {
  const { bounds } = deps
  const asked = new Map<number, AbortController>()
  const tunnels = createTunnels(deps)
  const fail = (message: string) => end({ kind: 'failure', message })
  const inTurn = turns(bounds.requestsAtOnce)
  let says = 0
  let approvals = 0

  const answer = async (it: { id: number }, work: (signal: AbortSignal) => Promise<unknown>) => {
    const own = new AbortController()
    asked.set(it.id, own)
    try {
      const value = await inTurn(() => work(AbortSignal.any([deps.signal, own.signal])))
      deps.send({ id: it.id, value })
    } catch (error) {
      deps.send({ id: it.id, error: (error as Error).message.slice(0, 1000) })
    } finally {
      asked.delete(it.id)
    }
  }

  const say = ({ text }: Of<'say'>) => {
    if (++says > bounds.says) return fail(`It said more than ${bounds.says} steps in one run.`)
    const { sayCharacters: most } = bounds
    return deps.say(text.length > most ? `${text.slice(0, most)}…` : text)
  }

  const approve = async ({ id, payload, description }: Of<'approve'>) => {
    if (++approvals > bounds.approvals) return fail(`It asked people more than ${bounds.approvals} times.`)
    try {
      const { approved, message } = await deps.approve({ payload, description: description.slice(0, 1000) })
      deps.send({ id, value: { approved, message } })
    } catch (error) {
      end({ kind: 'thrown', error })
    }
  }

  const hear = (it: Message): unknown => {
    switch (it.type) {
      case 'say':
        return say(it)
      case 'approve':
        return approve(it)
      case 'fetch':
        return answer(it, (signal) => fetched(it, deps, signal))
      case 'page':
        return answer(it, (signal) => page(it, deps, signal))
      case 'abort':
        return asked.get(it.id)?.abort()
      case 'open':
      case 'data':
      case 'end':
      case 'close':
        return tunnels.hear(it)
      case 'result':
        return end(resultOf(it.value, bounds.answerBytes))
      case 'failure':
        return fail(it.message.slice(0, 2000))
    }
  }

  return {
    hear(text) {
      const message = text.startsWith(`${token} `) ? messageOf(text.slice(token.length + 1)) : null
      try {
        if (message) hear(message)
        else fail(NO_MESSAGE)
      } catch (error) {
        end({ kind: 'thrown', error })
      }
    },
    close: tunnels.close,
  }
}

function messageOf(text: string): Message | null {
  try {
    return MESSAGE.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}

function resultOf(text: string, most: number): Ending {
  if (Buffer.byteLength(text) > most)
    return { kind: 'failure', message: `It returned more than ${most / 1024 ** 2} MB. Let it return less.` }
  try {
    return { kind: 'result', value: JSON.parse(text) }
  } catch {
    return { kind: 'failure', message: NO_MESSAGE }
  }
}

const portOf = (url: URL) => Number(url.port) || (url.protocol === 'http:' ? 80 : 443)
const judgedBy = (grants: Grants) => (url: URL) =>
  refusalOf(url.hostname.replace(/^\[|\]$/g, ''), portOf(url), grants)

async function fetched(
  { url, method, headers, body, redirect }: Of<'fetch'>,
  { way, grants, bounds }: BrokerDeps,
  signal: AbortSignal,
) {
  const response = await way.fetch(url, {
    method,
    headers: Object.fromEntries(headers.filter(([name]) => !CONNECTION_HEADER.test(name))),
    ...(body === null ? {} : { body: Buffer.from(body, 'base64') }),
    signal,
    judge: judgedBy(grants),
    maxBytes: bounds.bodyBytes,
    maxRedirects: redirect === 'error' ? 0 : 10,
    follow: redirect !== 'manual',
    timeoutMs: seconds(120),
  })
  if (response.truncated)
    throw new Error(`${new URL(response.url).host} answers with ${tooMuch(bounds.bodyBytes)}.`)
  return {
    status: response.status,
    headers: [...response.headers],
    url: response.url,
    redirected: response.redirects.length > 0,
    body: Buffer.from(response.bytes).toString('base64'),
  }
}

const tooMuch = (bytes: number) => `more than ${bytes / 1024 ** 2} MB`

/** `webScraper.getLinkContent`: a page as its text, or as it is. */
async function page(
  { url, as }: Of<'page'>,
  { way, grants, bounds, pageText }: BrokerDeps,
  signal: AbortSignal,
) {
  const response = await way.fetch(url, {
    headers: { accept: 'text/html,text/plain,*/*;q=0.5' },
    signal,
    judge: judgedBy(grants),
    maxBytes: bounds.bodyBytes,
  })
  if (response.status >= 400) throw new Error(`${response.url} answers with status ${response.status}.`)
  const isPage = /html/.test(response.headers.get('content-type') ?? '')
  return as === 'text' && isPage ? pageText(response.text(), response.url) : response.text()
}

interface Tunnels {
  hear(it: Of<'open'> | Of<'data'> | Of<'end'> | Of<'close'>): void
  close(): void
}

/** Connections whose bytes the process makes and reads; where they go is decided here. */
function createTunnels({ way, grants, bounds, send, onceRead, clock }: BrokerDeps): Tunnels {
  const sockets = new Map<number, Socket | null>()
  let received = 0
  let over = false

  const gone = (id: number, error?: string) => {
    const socket = sockets.get(id)
    if (!sockets.delete(id)) return
    socket?.destroy()
    send({ type: 'closed', id, error })
  }

  const opened = async ({ id, host, port }: Of<'open'>) => {
    if (sockets.has(id) || sockets.size >= bounds.tunnels)
      return send({ type: 'closed', id, error: `It opens more than ${bounds.tunnels} connections at once.` })
    sockets.set(id, null)
    const refused = refusalOf(host, port, grants)
    if (refused) return gone(id, refused)
    const address = await way.address(host)
    // Closed by the skill meanwhile, or the run is over.
    if (over || sockets.get(id) === undefined) return
    const socket = connect({ host: address, port })
    sockets.set(id, socket)
    const callOff = clock.after(seconds(30), () => gone(id, `${host} did not answer within 30 s.`))
    socket.once('connect', () => {
      callOff()
      send({ type: 'opened', id })
    })
    socket.on('data', (chunk: Buffer) => {
      received += chunk.length
      if (received > bounds.tunnelBytes)
        return gone(id, `It received ${tooMuch(bounds.tunnelBytes)} in one run.`)
      if (send({ type: 'data', id, bytes: chunk.toString('base64') })) return
      socket.pause()
      onceRead(() => socket.resume())
    })
    socket.on('end', () => send({ type: 'end', id }))
    socket.on('error', (error) => gone(id, `The connection to ${host} failed: ${error.message}.`))
    socket.on('close', () => {
      callOff()
      gone(id)
    })
  }

  const hear: Tunnels['hear'] = (it) => {
    const socket = sockets.get(it.id)
    switch (it.type) {
      case 'open':
        return void opened(it).catch((error: Error) => gone(it.id, error.message))
      case 'data':
        socket?.write(Buffer.from(it.bytes, 'base64'))
        if ((socket?.writableLength ?? 0) > bounds.bodyBytes) gone(it.id, 'It sends faster than is read.')
        return
      case 'end':
        return void socket?.end()
      case 'close':
        return gone(it.id)
    }
  }
  return {
    hear,
    close() {
      over = true
      for (const socket of sockets.values()) socket?.destroy()
      sockets.clear()
    },
  }
}
