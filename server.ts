/**
 * The server: web pages, API, live events and the scheduler, on one port in one process.
 *
 * SIGTERM and SIGINT stop it in order: no new work, running agents get
 * their signal and a grace time, open connections are closed, exit 0.
 */
import { EventEmitter } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import { isIPv6, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { format } from 'node:util'
import { join } from 'node:path'
import next from 'next'
import type { Logger } from 'pino'
import sirv from 'sirv'
import { type Carillon, createCarillon } from './lib/composition.ts'
import { diskWords } from './lib/disk-words.ts'
import { type Env, readEnv } from './lib/env.ts'
import { compress } from './lib/http/compressing.ts'
import { takesHook } from './lib/http/direct.ts'
import { createGate } from './lib/http/gate.ts'
import { pin } from './lib/http/pinned.ts'
import { readingIn } from './lib/contract/reading.ts'
import { pinReading, readAs } from './lib/reading.ts'
import { createLog } from './lib/log.ts'
import { createRealtime } from './lib/realtime/server.ts'

const SLOWEST_REQUEST_MS = 30_000
const STATIC = '/_next/static/'
/** What browsers heed of a page only. A page has twenty scripts, on each of which it would be carried again. */
const ABOUT_PAGES = [
  'content-security-policy',
  'cross-origin-opener-policy',
  'permissions-policy',
  'referrer-policy',
  'x-frame-options',
]

/** Ends the start with a sentence for the person who must act. */
function refuse(error: unknown): never {
  const plain = error instanceof Error && (error.name.startsWith('Store') || !('code' in error))
  const words = diskWords(error) ?? (plain ? error.message : error instanceof Error ? error.stack : error)
  process.stderr.write(`${String(words)}\n`)
  process.exit(1)
}

function configuration() {
  try {
    const env = readEnv(process.env)
    return { env, gate: createGate(env) }
  } catch (error) {
    return refuse(error)
  }
}

async function main(): Promise<void> {
  // What it writes (rows, secrets, the log of SQLite) is nobody else's to read.
  process.umask(0o077)
  const { env, gate } = configuration()
  const log = createLog(env)
  consoleInto(log)
  const carillon = await createCarillon({ env, log }).catch(refuse)
  pin(carillon)
  pinReading()

  const http = createServer({ requestTimeout: SLOWEST_REQUEST_MS })
  const sockets = track(http)
  // The framework attaches its own upgrade listener to what it is given; ours decides who gets which upgrade.
  const decoy = new EventEmitter()
  const app = next({
    dev: env.NODE_ENV === 'development',
    dir: import.meta.dirname,
    httpServer: decoy as unknown as Server,
    hostname: env.HOST,
    port: env.PORT,
  })
  await app.prepare()
  const handle = app.getRequestHandler()
  const files = staticFiles(env)

  http.on('request', (request, response) => {
    if (request.url?.startsWith('/socket.io/')) return
    if (!gate.admit(request, response) || takesHook(request, response)) return
    files(request, response, () =>
      compress(request, response, () => {
        readAs(readingIn(request.headers.cookie), () => handle(request, response)).catch((error) => {
          log.error({ err: error }, 'A request failed.')
          if (!response.headersSent) response.writeHead(500)
          response.end()
        })
      }),
    )
  })
  http.on('upgrade', (request, socket, head) => {
    // From here on the server does not listen for it; a connection that is reset would end the program.
    socket.on('error', () => socket.destroy())
    if (request.url?.startsWith('/socket.io/')) return
    const refusal = gate.refusal(request)
    if (refusal) return endUpgrade(socket, `${refusal.status} ${STATUS_CODES[refusal.status]}`)
    // In production the framework takes none, and would leave the connection open for ever.
    if (env.NODE_ENV !== 'development' || !decoy.emit('upgrade', request, socket, head))
      endUpgrade(socket, '404 Not Found')
  })
  const realtime = createRealtime(http, carillon)

  await listen(http, env)
  const stop = stopper({ carillon, http, sockets, realtime, log })
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop(signal, 0))
  for (const fault of ['uncaughtException', 'unhandledRejection'] as const) {
    // The framework swallows these; a program in an unknown state must end, and be started again.
    process.prependListener(fault, (error: unknown) => {
      log.fatal({ err: error }, `Stopping: ${fault}.`)
      stop(fault, 1)
    })
  }
  await carillon.start()
  const address = http.address()
  const port = typeof address === 'object' && address ? address.port : env.PORT
  const host =
    env.HOST === '0.0.0.0' || env.HOST === '::' ? 'localhost' : isIPv6(env.HOST) ? `[${env.HOST}]` : env.HOST
  const url = env.BASE_URL ?? `http://${host}:${port}`
  log.info({ url, version: carillon.version }, `Carillon is ready at ${url}`)
  if (process.stdout.isTTY) process.stdout.write(`\n  Carillon is ready: ${url}\n\n`)
  const link = await carillon.auth.setUpLink()
  if (link) process.stdout.write(`\n  Make the first account with this link (it works once):\n  ${link}\n\n`)
}

/** The web app's own files, which the build has compressed; for those of others, `go` is called. */
function staticFiles({ NODE_ENV }: Env) {
  type Take = (request: IncomingMessage, response: ServerResponse, go: () => void) => void
  const pass: Take = (_request, _response, go) => go()
  // The framework makes its own while somebody develops.
  if (NODE_ENV === 'development') return pass
  const below = sirv(join(import.meta.dirname, '.next', 'static'), {
    brotli: true,
    gzip: true,
    immutable: true,
    maxAge: 31_536_000,
    setHeaders(response, path) {
      if (path.endsWith('.js')) for (const it of ABOUT_PAGES) response.removeHeader(it)
    },
  })
  const take: Take = (request, response, go) => {
    const { url = '' } = request
    if (!url.startsWith(STATIC)) {
      go()
      return
    }
    request.url = url.slice(STATIC.length - 1)
    below(request, response, () => {
      request.url = url
      go()
    })
  }
  return take
}

/** What the framework says goes where everything goes, as lines of JSON, with its secrets taken out. */
function consoleInto(log: Logger): void {
  const framework = log.child({ part: 'framework' })
  const levels = {
    error: 'error',
    warn: 'warn',
    info: 'info',
    log: 'info',
    debug: 'debug',
    trace: 'debug',
  } as const
  for (const [name, level] of Object.entries(levels))
    Object.assign(console, { [name]: (...words: unknown[]) => framework[level](format(...words)) })
}

function endUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`, () => socket.destroy())
}

function track(http: Server): Set<Socket> {
  const sockets = new Set<Socket>()
  http.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return sockets
}

const LISTEN_PROBLEMS: Record<string, (env: Env) => string> = {
  EADDRINUSE: ({ PORT }) =>
    `Port ${PORT} is in use by another program. Stop it, or set PORT to another number.`,
  EACCES: ({ PORT }) => `Port ${PORT} needs more rights than this user has. Set PORT to a number above 1023.`,
  ENOTFOUND: ({ HOST }) => `HOST is "${HOST}", which is no address and no name that is known here.`,
  EADDRNOTAVAIL: ({ HOST }) => `HOST is "${HOST}", which is not an address of this machine.`,
}

function listen(http: Server, env: Env): Promise<void> {
  return new Promise((resolve) => {
    http.once('error', (error: NodeJS.ErrnoException) =>
      refuse(LISTEN_PROBLEMS[error.code ?? ''] ? new Error(LISTEN_PROBLEMS[error.code ?? '']?.(env)) : error),
    )
    http.listen(env.PORT, env.HOST, resolve)
  })
}

interface Running {
  carillon: Carillon
  http: Server
  sockets: Set<Socket>
  realtime: { close(): Promise<void> }
  log: Logger
}

/** A terminal and npm may both pass one Ctrl-C on: only a later one is impatience. */
const SAME_SIGNAL_MS = 2_000

/** The first call stops in order; one that comes later ends the program at once. */
function stopper({ carillon, http, sockets, realtime, log }: Running): (why: string, code: number) => void {
  let stoppingSinceMs: number | null = null
  return (why, code) => {
    if (stoppingSinceMs !== null) {
      if (performance.now() - stoppingSinceMs > SAME_SIGNAL_MS) process.exit(code || 1)
      return
    }
    stoppingSinceMs = performance.now()
    log.info({ why }, 'Stopping: nothing new begins, what runs may end.')
    carillon
      .stop()
      .then(() => realtime.close())
      .then(() => {
        http.close()
        for (const socket of sockets) socket.destroy()
        log.info('Stopped.')
        process.exit(code)
      })
      .catch((error) => {
        log.fatal({ err: error }, 'Could not stop in order.')
        process.exit(1)
      })
  }
}

await main()
