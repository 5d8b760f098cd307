/**
 * A server for tests without its sockets: the real composition on a fresh database,
 * the real route files, and the usual cast. Ada is the admin of `demo`, Ben its
 * editor, Cleo has a workspace of her own; `root` administers the installation.
 */
import { globSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import { openSqlite } from '#db/sqlite/index.ts'
import type { Store } from '#db/store.ts'
import { handClock } from '#lib/clock.ts'
import { type Carillon, createCarillon } from '#lib/composition.ts'
import type { Endpoint } from '#lib/contract/api.ts'
import type { Role } from '#lib/contract/fields.ts'
import { readEnv } from '#lib/env.ts'
import type { Handler, Method } from '../door.ts'
import { pin } from '../pinned.ts'

export const PASSWORD = 'correct horse'
const HOST = 'localhost:3001'
const API = join(import.meta.dirname, '../../../app/api')

export type RouteFile = Partial<Record<Method, Handler & { endpoint?: Endpoint }>>

/** Every route file by the path below `/api` that it stands at, parameters in braces. */
export async function routeFiles(): Promise<Map<string, RouteFile>> {
  const files = globSync('**/route.ts', { cwd: API }).sort()
  return new Map(
    await Promise.all(
      files.map(async (file) => {
        const path = `/${file.replace(/\/?route\.ts$/, '')}`.replace(/\[(\w+)\]/g, '{$1}')
        return [path, (await import(join(API, file))) as RouteFile] as const
      }),
    ),
  )
}

export interface Asking {
  as?: string | undefined
  body?: unknown
  text?: string
  form?: FormData
  /** As a file that is no form: of this type. */
  file?: { type: string; bytes: Buffer<ArrayBuffer> }
  headers?: Record<string, string>
}
export interface Heard {
  status: number
  body: Record<string, unknown>
  text: string
  headers: Headers
}

export async function world(env: Record<string, string> = {}, given?: Store) {
  const log: string[] = []
  const clock = handClock(new Date())
  const store = given ?? (await openSqlite({ file: ':memory:' }))
  const carillon: Carillon = await createCarillon({
    store,
    clock,
    log: pino({ level: 'debug' }, { write: (line: string) => void log.push(line) }),
    env: readEnv({
      NODE_ENV: 'test',
      ADMIN_EMAIL: 'root@example.com',
      ADMIN_PASSWORD: PASSWORD,
      JWT_SECRET: 'j'.repeat(32),
      SIG_KEY: 'k'.repeat(32),
      SIG_SALT: 's'.repeat(32),
      ...env,
    }),
  })
  await carillon.auth.boot()
  pin(carillon)
  const files = await routeFiles()
  const ask = askingOf(files)
  return { carillon, clock, log, ask, files, ...(await usualCast(ask)), close: () => carillon.stop() }
}
export type World = Awaited<ReturnType<typeof world>>

type Ask = ReturnType<typeof askingOf>

/** Sends a request as the framework would: `as` is a cookie or an Authorization header. */
function askingOf(files: Map<string, RouteFile>) {
  return async (method: Method, path: string, asking: Asking = {}): Promise<Heard> => {
    const url = new URL(`http://${HOST}/api${path}`)
    const [pattern, params] = match([...files.keys()], url.pathname.slice('/api'.length))
    const handler = files.get(pattern)?.[method]
    if (!handler) throw new Error(`${pattern} has no ${method}.`)
    const response = await handler(requestOf(method, url, asking), {
      params: Promise.resolve(Object.keys(params).length > 0 ? params : undefined),
    })
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {},
    }
  }
}

function requestOf(method: Method, url: URL, { as, body, text, form, file, headers }: Asking): Request {
  if (form)
    return new Request(url, { method, body: form, headers: { host: HOST, ...credentials(as), ...headers } })
  if (file)
    return new Request(url, {
      method,
      body: file.bytes,
      headers: { host: HOST, 'content-type': file.type, ...credentials(as), ...headers },
    })
  const sent = text ?? (body === undefined ? undefined : JSON.stringify(body))
  return new Request(url, {
    method,
    ...(sent !== undefined && { body: sent }),
    headers: {
      host: HOST,
      ...(sent !== undefined && { 'content-type': 'application/json' }),
      ...credentials(as),
      ...headers,
    },
  })
}

function credentials(as: string | undefined): Record<string, string> {
  if (!as) return {}
  return as.startsWith('Bearer ') ? { authorization: as } : { cookie: as, origin: `http://${HOST}` }
}

async function usualCast(ask: Ask) {
  /** Sends what must succeed for the test to mean anything. */
  const make = async (path: string, asking: Asking) => {
    const answer = await ask('POST', path, asking)
    if (answer.status >= 300) throw new Error(`POST ${path} answered ${answer.status}: ${answer.text}`)
    return answer
  }
  const signIn = async (email: string) => {
    const { headers } = await make('/auth/sign-in/email', { body: { email, password: PASSWORD } })
    return headers
      .getSetCookie()
      .map((it) => it.split(';')[0])
      .join('; ')
  }
  const root = await signIn('root@example.com')
  const invited = async (name: string, slug: string, role: Role) => {
    const email = `${name.toLowerCase()}@example.com`
    const { body } = await make(`/workspace/${slug}/members`, { as: root, body: { email, role } })
    const token = new URL(String(body.link)).searchParams.get('token')
    await make('/invitations', { body: { token, name, password: PASSWORD } })
    return signIn(email)
  }
  for (const slug of ['demo', 'other']) await make('/workspaces', { as: root, body: { name: slug, slug } })
  const key = async (role: Role, workspace?: string) => {
    const asked = { name: role, role, ...(workspace && { workspace }) }
    const { body } = await make('/api-keys', { as: root, body: asked })
    return `Bearer ${body.key}`
  }
  return {
    signIn,
    key,
    root,
    ada: await invited('Ada', 'demo', 'admin'),
    ben: await invited('Ben', 'demo', 'editor'),
    cleo: await invited('Cleo', 'other', 'admin'),
  }
}

/** The pattern that the framework would choose: the one with the fewest parameters, a catch-all last. */
function match(patterns: string[], path: string): [pattern: string, params: Record<string, string>] {
  const fitting = patterns.flatMap((pattern) => {
    const names = [...pattern.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string)
    const form = pattern
      .replace(/\{\w+\}/g, '([^/]+)')
      .replace('/[[...path]]', '(?:/.*)?')
      .replace('[...all]', '.+')
      .replaceAll('.json', '\\.json')
    const found = new RegExp(`^${form}$`).exec(path)
    const wild = pattern.includes('[[') ? 200 : pattern.includes('...') ? 100 : names.length
    return found ? [{ pattern, names, found, wild }] : []
  })
  const [best] = fitting.sort((a, b) => a.wild - b.wild)
  if (!best) throw new Error(`No route file stands at ${path}.`)
  return [
    best.pattern,
    Object.fromEntries(best.names.map((name, n) => [name, decodeURIComponent(best.found[n + 1] as string)])),
  ]
}
