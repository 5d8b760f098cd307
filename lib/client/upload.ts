/**
 * Sends a file as a form, and tells how much of it has left: `fetch` cannot.
 *
 * Promise: as `fetch`, it resolves to whatever the server answers, and an abort throws what it was aborted with;
 * where no answer comes it throws the `Problem` for that.
 */
import { asWhom } from './as-whom.ts'
import { noAnswer } from './problem.ts'

export interface Progress {
  signal?: AbortSignal | undefined
  /** The share of it that has left, from 0 to 1. */
  onProgress?: ((share: number) => void) | undefined
}

export function upload(
  method: string,
  address: string,
  file: File,
  { signal, onProgress }: Progress = {},
): Promise<Response> {
  const { promise, resolve, reject } = Promise.withResolvers<Response>()
  const request = new XMLHttpRequest()
  const abort = () => request.abort()
  request.upload.onprogress = ({ loaded, total }) => onProgress?.(total > 0 ? loaded / total : 0)
  request.onload = () => resolve(new Response(request.responseText, { status: request.status }))
  request.onerror = () => reject(noAnswer(new Error(`${method} ${address} got no answer`)))
  request.onabort = () => reject(signal?.reason)
  request.onloadend = () => signal?.removeEventListener('abort', abort)
  request.open(method, address)
  for (const [name, value] of Object.entries({ accept: 'application/json', ...asWhom() }))
    request.setRequestHeader(name, value)
  const form = new FormData()
  form.set('file', file)
  if (signal?.aborted) return Promise.reject(signal.reason)
  signal?.addEventListener('abort', abort)
  request.send(form)
  return promise
}
