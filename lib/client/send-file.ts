/**
 * Sends a file as it is, and tells how much of it has left: `fetch` cannot.
 *
 * Promise: it resolves to what the endpoint answers, or throws a `Problem`.
 */
import type { AnswerOf, Api, ParamsInput } from '#lib/contract/api.ts'
import { addressOf } from './call.ts'
import { endpoints } from './endpoints.ts'
import { noAnswer, problemOf } from './problem.ts'

/** Those that take a file in place of JSON. */
type Takes = { [Name in keyof Api]: Api[Name] extends { takes: object } ? Name : never }[keyof Api] &
  keyof typeof endpoints

/** `sent`: the share of it that has left, from 0 to 1. */
export async function sendFile<Name extends Takes>(
  name: Name,
  params: ParamsInput<Api[Name]> & Record<string, string>,
  file: { type: string; blob: Blob },
  sent: (share: number) => void,
): Promise<AnswerOf<Api[Name]>> {
  const [method, path] = endpoints[name].split(' ') as [string, string]
  const { promise, resolve, reject } = Promise.withResolvers<Response>()
  const request = new XMLHttpRequest()
  request.upload.onprogress = ({ loaded, total }) => sent(total > 0 ? loaded / total : 0)
  request.onload = () => resolve(new Response(request.responseText, { status: request.status }))
  request.onerror = () => reject(noAnswer(new Error(`${method} ${path} got no answer`)))
  request.open(method, addressOf(path, params))
  request.setRequestHeader('accept', 'application/json')
  request.setRequestHeader('content-type', file.type)
  request.send(file.blob)
  const response = await promise
  if (!response.ok) throw await problemOf(response)
  return (await response.json()) as AnswerOf<Api[Name]>
}
