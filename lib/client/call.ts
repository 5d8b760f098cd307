/**
 * Asks the server, typed by the contract.
 *
 * Promise: it resolves to what the endpoint answers, or throws a `Problem`; an abort throws as fetch does.
 */
import type { AnswerOf, Api, BodyInput, ParamsInput, QueryInput } from '#lib/contract/api.ts'
import { asWhom } from './as-whom.ts'
import { type Called, endpoints } from './endpoints.ts'
import { noAnswer, problemOf } from './problem.ts'
import { type Progress, upload } from './upload.ts'

type Part<Name extends string, Value> = [Value] extends [undefined]
  ? { [K in Name]?: undefined }
  : Record<never, never> extends Value
    ? { [K in Name]?: Value }
    : { [K in Name]: Value }
type Request<Name extends Called> = Part<'params', ParamsInput<Api[Name]>> & {
  query?: QueryInput<Api[Name]> | undefined
} & Part<'body', BodyInput<Api[Name]>> & {
    signal?: AbortSignal | undefined
    /** The same key: the same effect, however often it is asked for. */
    idempotencyKey?: string | undefined
  }
type Arguments<Name extends Called> =
  Record<never, never> extends Request<Name> ? [request?: Request<Name>] : [request: Request<Name>]
interface Loose {
  params?: Record<string, string | number> | undefined
  query?: Record<string, string | number | undefined> | undefined
  body?: unknown
  signal?: AbortSignal | undefined
  idempotencyKey?: string | undefined
}

/** The address of an endpoint, each part encoded: a slug or an id never leads anywhere else. */
export function addressOf(
  path: string,
  params: Record<string, string | number> = {},
  query: Record<string, string | number | undefined> = {},
): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name])))
  const search = new URLSearchParams(
    Object.entries(query).flatMap(([key, value]) =>
      value === undefined || value === '' ? [] : [[key, String(value)]],
    ),
  )
  return `/api${filled}${search.size > 0 ? `?${search}` : ''}`
}

export async function call<Name extends Called>(
  name: Name,
  ...[request]: Arguments<Name>
): Promise<AnswerOf<Api[Name]>> {
  const { params, query, body, signal, idempotencyKey }: Loose = request ?? {}
  const [method, path] = partsOf(name)
  return send(method, addressOf(path, params, query), { body, signal, idempotencyKey })
}

const partsOf = (name: Called) => endpoints[name].split(' ') as [method: string, path: string]

/** Where the browser itself goes for it, such as for a file that is saved. */
export const addressFor = <Name extends Called>(name: Name, params: ParamsInput<Api[Name]>): string =>
  addressOf(partsOf(name)[1], params as Loose['params'])

type TakesFiles = { [Name in Called]: Api[Name] extends { takesFiles: true } ? Name : never }[Called]

/** `call` with a file in place of the body; `status` says whether it made something new. */
export async function callWithFile<Name extends TakesFiles>(
  name: Name,
  file: File,
  { params, ...sending }: { params: ParamsInput<Api[Name]> } & Progress,
): Promise<{ status: number; answer: AnswerOf<Api[Name]> }> {
  const [method] = partsOf(name)
  const response = await upload(method, addressFor(name, params), file, sending)
  return { status: response.status, answer: await answerOf(response) }
}

/** `call` for an address that the contract does not list: signing in and out. */
export async function send<Answer>(
  method: string,
  address: string,
  { body, signal, idempotencyKey }: Pick<Loose, 'body' | 'signal' | 'idempotencyKey'> = {},
): Promise<Answer> {
  const headers = new Headers({ accept: 'application/json', ...asWhom() })
  if (body !== undefined) headers.set('content-type', 'application/json')
  if (idempotencyKey) headers.set('idempotency-key', idempotencyKey)
  let response: Response
  try {
    response = await fetch(address, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal ?? null,
      credentials: 'same-origin',
    })
  } catch (error) {
    if (signal?.aborted) throw error
    throw noAnswer(error)
  }
  return answerOf(response)
}

async function answerOf<Answer>(response: Response): Promise<Answer> {
  if (!response.ok) throw await problemOf(response)
  try {
    return (await response.json()) as Answer
  } catch (error) {
    throw noAnswer(error)
  }
}
