/**
 * The way out for whoever reads an answer while it comes, such as that of a model.
 *
 * Promise: the same as of `guarded-fetch.ts` for addresses; nobody is redirected, since what goes out carries a
 * key; an answer ends with an error at its most bytes, however it is cut into pieces.
 */
import { Agent, fetch, type RequestInit } from 'undici'
import { parseNetworks } from './addresses.ts'
import { guardedLookup, type Lookup, OutboundRefused, systemLookup } from './guarded-address.ts'
import { judgeUrl, type OutboundPolicy } from './judge-url.ts'

export const MOST_STREAMED_BYTES = 4 * 1024 * 1024

export type GuardedStream = typeof globalThis.fetch & { close(): Promise<void> }

/** What the platform's `fetch` is, for one policy. */
export function createGuardedStream({
  allowedPrivateNetworks,
  lookup = systemLookup,
}: OutboundPolicy & { lookup?: Lookup }): GuardedStream {
  const policy = { allowedPrivateNetworks }
  const dispatcher = new Agent({
    connect: { lookup: guardedLookup(lookup, parseNetworks(allowedPrivateNetworks)) },
  })
  const guarded = async (input: string | URL | Request, init: RequestInit = {}) => {
    const verdict = judgeUrl(input instanceof Request ? input.url : input, policy)
    if (!verdict.ok) throw new OutboundRefused(verdict.message)
    const response = await fetch(verdict.url, { ...init, redirect: 'error', dispatcher }).catch((error) => {
      throw error instanceof TypeError && error.cause instanceof OutboundRefused ? error.cause : error
    })
    const { status, statusText } = response
    const body = response.body as ReadableStream<Uint8Array> | null
    return new Response(body?.pipeThrough(counted(verdict.url.host)) ?? null, {
      status,
      statusText,
      headers: [...response.headers] as [string, string][],
    })
  }
  return Object.assign(guarded as unknown as typeof globalThis.fetch, { close: () => dispatcher.destroy() })
}

function counted(host: string): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0
  return new TransformStream({
    transform(chunk, controller) {
      bytes += chunk.byteLength
      if (bytes > MOST_STREAMED_BYTES)
        controller.error(
          new OutboundRefused(`${host} answers with more than ${MOST_STREAMED_BYTES / 1024 ** 2} MB.`),
        )
      else controller.enqueue(chunk)
    },
  })
}
