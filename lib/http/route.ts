/**
 * A route: one line of the endpoint table and what to do.
 *
 * Promise: a handler is reached only by somebody who may, with parameters, query and body as the contract has
 * them; what a request does not say, or says twice, is refused before anything happens. A POST that is sent
 * again under one Idempotency-Key is performed once.
 */
import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import type { Actor, WorkspaceAccess } from '#lib/auth/index.ts'
import type { Carillon } from '#lib/composition.ts'
import type { AnswerOf, BodyOf, Endpoint, ParamsOf, QueryOf } from '#lib/contract/api.ts'
import type { By } from '#lib/contract/by.ts'
import { Role } from '#lib/contract/fields.ts'
import { PERSON_HEADER } from '#lib/contract/person-header.ts'
import { notFound, ProblemError, tooMany, unacceptable } from '#lib/contract/problem.ts'
import { inWords } from '#lib/contract/wording.ts'
import type { Decider } from '#lib/verbs/approvals.ts'
import type { SentFile } from '#lib/verbs/documents.ts'
import { attachment, issuesOf, json, streamed } from './answering.ts'
import { MOST_BODY_BYTES, parseJson, readBytes, readText, requireJson, requireType } from './body.ts'
import { isForm, readForm } from './form.ts'
import { recorded } from './recorded.ts'
import { door, type Handler, type Params } from './door.ts'

type Person = Actor & { kind: 'person' }

export interface Call<E extends Endpoint> {
  params: ParamsOf<E>
  query: QueryOf<E>
  body: BodyOf<E>
  /** Those of a form, which then stands in place of the body. */
  files: E extends { takesFiles: true } ? SentFile[] | null : null
  /** Of an endpoint that takes no JSON. */
  bytes: E extends { takes: object } ? Buffer : null
  /** Null where anyone may ask. */
  actor: E['access'] extends 'open' ? null : E['access'] extends 'person' ? Person : Actor
  by: E['access'] extends 'open' ? null : By
  /** The caller with what they may decide here; null where the path has no workspace. */
  decider: E['access'] extends Role ? Decider : null
  /** The workspace of the path, found through the actor; null where the path has none. */
  workspace: E['access'] extends Role ? WorkspaceAccess : null
  carillon: Carillon
  request: Request
  /** The client's own name for this request, told apart from other callers' names. */
  requestId: string | undefined
}

/** An answer with another status than the endpoint's own, or with headers beside it. */
export class Reply<Answer> {
  readonly status: number | undefined
  readonly answer: Answer
  readonly headers: Record<string, string>
  constructor(answer: Answer, it: { status?: number; headers?: Record<string, string> }) {
    this.answer = answer
    this.status = it.status
    this.headers = it.headers ?? {}
  }
}

const replyOf = <Answer>(it: Answer | Reply<Answer>) => (it instanceof Reply ? it : new Reply(it, {}))

/** The answer of a verb that has nothing to show. */
export const DONE = { done: true } as const

export type Route<E extends Endpoint> = Handler & { endpoint: E }

export function route<E extends Endpoint>(
  endpoint: E,
  perform: (call: Call<E>) => Promise<AnswerOf<E> | Reply<AnswerOf<E>>>,
): Route<E> {
  const handler = door(endpoint.path, async (request, rawParams, carillon) => {
    const { call, text, path, key, who } = await heard(endpoint, request, rawParams, carillon)
    const given = async () => {
      const asked = { ...call, params: call.params as Record<string, unknown> }
      const { status, answer, headers } = await recorded(
        endpoint,
        asked,
        async () => replyOf(await perform(call)),
        (reply) => reply.answer,
      )
      if (carillon.env.NODE_ENV !== 'production') requirePromised(endpoint, answer)
      return { status: status ?? endpoint.status ?? 200, answer: answer as unknown, headers }
    }
    if (key === undefined) {
      const { status, answer, headers } = await given()
      return json(answer, status, headers)
    }
    const asked = { actor: who, key, method: endpoint.method, path, body: text }
    const { status, answer, replayed } = await carillon.auth.answers.once(asked, given)
    return json(answer, status, replayed ? { 'idempotent-replayed': 'true' } : {})
  })
  return Object.assign(handler, { endpoint })
}

/** A route that answers bytes to be saved under a name: no browser shows them, or runs what stands in them. */
export function download<E extends Endpoint & { isFile: true }>(
  endpoint: E,
  perform: (call: Call<E>) => Promise<{ name: string; bytes: Buffer }>,
): Route<E> {
  const handler = door(endpoint.path, async (request, rawParams, carillon) => {
    const { call } = await heard(endpoint, request, rawParams, carillon)
    return attachment(await perform(call))
  })
  return Object.assign(handler, { endpoint })
}

interface StreamedFile {
  name: string
  type: string
  text: AsyncIterable<string>
}
/**
 * A route that answers a file of any length, as it is read: whoever asks reads at their pace, and where they go away
 * nothing more is read.
 */
export function streaming<E extends Endpoint & { isFile: true }>(
  endpoint: E,
  perform: (call: Call<E>) => StreamedFile | Promise<StreamedFile>,
): Route<E> {
  const handler = door(endpoint.path, async (request, rawParams, carillon) => {
    const { call } = await heard(endpoint, request, rawParams, carillon)
    return streamed(await perform(call))
  })
  return Object.assign(handler, { endpoint })
}

/** What is asked, by whom, once it is clear that they may. */
async function heard<E extends Endpoint>(
  endpoint: E,
  request: Request,
  rawParams: Params,
  carillon: Carillon,
) {
  if (endpoint.access === 'open' && endpoint.method === 'POST') requireTurn(carillon, request.headers)
  const admitted = await admit(endpoint, request.headers, rawParams, carillon)
  requireRate(endpoint, admitted.actor, carillon)
  const { pathname, search, searchParams } = new URL(request.url)
  const query = queryOf(endpoint, searchParams)
  const { text, ...given } = await sent(endpoint, request)
  const key = keyOf(endpoint, request.headers)
  const who = admitted.actor?.id ?? 'anybody'
  const requestId = key && `${who} ${key}`
  const call = { ...admitted, query, ...given, carillon, request, requestId } as unknown as Call<E>
  return { call, text, path: pathname + search, key, who }
}

async function sent(endpoint: Endpoint, request: Request) {
  const nothing = { body: undefined, files: null, bytes: null }
  if (endpoint.takesFiles && isForm(request.headers)) return { ...nothing, ...(await readForm(request)) }
  if (endpoint.takes) return { ...nothing, ...(await readWhole(request, endpoint.takes)) }
  const most = endpoint.access === 'open' ? MOST_OPEN_BYTES : (endpoint.mostBytes ?? MOST_BODY_BYTES)
  const text = endpoint.method === 'GET' ? '' : await readText(request, most)
  return { text, ...nothing, body: bodyOf(endpoint, request.headers, text) }
}

/** `text` stands for the whole of it. @throws ProblemError 413, and 415 for another type */
async function readWhole(request: Request, { type, most }: NonNullable<Endpoint['takes']>) {
  requireType(request.headers, type)
  const bytes = await readBytes(request, most)
  return { bytes, text: `${type} ${createHash('sha256').update(bytes).digest('hex')}` }
}

/** A stranger's word is short, and comes now and then. */
const MOST_OPEN_BYTES = 16 * 1024
function requireTurn({ auth }: Carillon, headers: Headers): void {
  const waitSeconds = auth.takeOpenPost(headers)
  if (waitSeconds > 0) throw tooMany(`Too many tries. Wait ${waitSeconds} seconds.`, waitSeconds)
}

function requireRate({ path, perMinute }: Endpoint, actor: Actor | null, { auth }: Carillon): void {
  const waitSeconds = perMinute && actor ? auth.takeTurn(path, actor, perMinute) : 0
  if (waitSeconds > 0)
    throw tooMany(`At most ${perMinute} of these a minute. Wait ${waitSeconds} seconds.`, waitSeconds)
}

/** Who asks, about what, and whether they may: before anything that they say is looked at. */
async function admit(endpoint: Endpoint, headers: Headers, rawParams: Params, { auth }: Carillon) {
  const { access } = endpoint
  const actor = access === 'open' ? null : await signedIn(auth, headers)
  const params = paramsOf(endpoint, rawParams)
  if (access === 'installation' && actor) auth.requireInstallation(actor)
  if (access === 'person' && actor?.kind !== 'person')
    throw new ProblemError(403, 'That is a person’s own: sign in. No API key stands for somebody here.')
  const workspace = isRole(access) && actor ? await auth.authorise(actor, String(params.slug), access) : null
  return { actor, params, workspace, ...namesOf(actor, workspace) }
}

/** The caller as verbs know them: who did it, and what they may decide. */
function namesOf(actor: Actor | null, workspace: WorkspaceAccess | null) {
  if (!actor) return { by: null, decider: null }
  const by: By = { kind: actor.kind, id: actor.id, name: actor.name }
  const mayApprove = actor.kind === 'person' || actor.mayApprove
  return { by, decider: workspace && { ...by, role: workspace.role, mayApprove } }
}

const isRole = (access: Endpoint['access']): access is Role => Role.options.some((it) => it === access)

async function signedIn(auth: Carillon['auth'], headers: Headers): Promise<Actor> {
  const actor = await auth.actorOf(headers)
  if (!actor) throw new ProblemError(401, 'Sign in, or send an API key as "Authorization: Bearer <key>".')
  const meant = headers.get(PERSON_HEADER)
  if (meant !== null && actor.kind === 'person' && actor.id !== meant)
    throw new ProblemError(
      409,
      `In this browser ${actor.name} is signed in by now, and this page was made for somebody else: nothing was done. Load it again.`,
    )
  return actor
}

function parsed(schema: z.ZodType, given: unknown): unknown {
  const result = schema.safeParse(given, inWords)
  if (!result.success) throw unacceptable(issuesOf(result.error.issues))
  return result.data
}

/** A database would refuse it with an error of its own. */
function requireStorable(name: string, text: string): void {
  if (text.includes('\0') || !text.isWellFormed())
    throw unacceptable([{ path: name, message: 'has a character that is not text' }])
}

function paramsOf(endpoint: Endpoint, given: Params): Record<string, unknown> {
  for (const [name, text] of Object.entries(given)) requireStorable(name, String(text))
  const { slug } = endpoint.params?.shape ?? {}
  // No workspace can have such an address: the same answer as for one that is not there.
  if (slug && !(slug as z.ZodType).safeParse(given.slug).success) throw notFound('workspace')
  return endpoint.params ? (parsed(endpoint.params, given) as Record<string, unknown>) : {}
}

function queryOf(endpoint: Endpoint, given: URLSearchParams): unknown {
  const names = [...given.keys()]
  const seen = new Set<string>()
  const twice = names.find((name) => seen.size === seen.add(name).size)
  if (twice !== undefined) throw unacceptable([{ path: twice, message: 'is given twice' }])
  // A schema would look past it.
  if (names.includes('__proto__')) throw unacceptable([{ path: '__proto__', message: 'is not a field here' }])
  for (const [name, text] of given) requireStorable(name, text)
  const schema =
    endpoint.query instanceof z.ZodObject ? endpoint.query.strict() : (endpoint.query ?? z.strictObject({}))
  // `fromEntries` defines, it does not assign: a field called
  // __proto__ is refused like any other that is not known.
  return parsed(schema, Object.fromEntries(given))
}

/** A body of nothing means `{}`, so that a verb without anything to say needs none. */
function bodyOf(endpoint: Endpoint, headers: Headers, text: string): unknown {
  if (text !== '') requireJson(headers)
  const given = text === '' ? {} : parseJson(text)
  if (endpoint.body) return parsed(endpoint.body, given)
  if (text !== '') parsed(z.strictObject({}), given)
  return undefined
}

function keyOf(endpoint: Endpoint, headers: Headers): string | undefined {
  const key = headers.get('idempotency-key')
  if (key === null || endpoint.method !== 'POST') return undefined
  if (!/^[\x21-\x7e]{1,255}$/.test(key))
    throw new ProblemError(400, 'An Idempotency-Key has 1 to 255 visible ASCII characters.')
  return key
}

/** Outside production an answer that says less, or more, than the contract is a bug that is seen. */
function requirePromised(endpoint: Endpoint, answer: unknown): void {
  const sent: unknown = JSON.parse(JSON.stringify(answer))
  const result = endpoint.answer.safeParse(sent)
  const where = `The answer of ${endpoint.method} ${endpoint.path}`
  if (!result.success)
    throw new Error(`${where} breaks the contract: ${JSON.stringify(issuesOf(result.error.issues))}`)
  if (!isDeepStrictEqual(result.data, sent))
    throw new Error(`${where} has fields that the contract does not name.`)
}
