/**
 * Whether a sign-in could be asked at all. The library takes one that is away for one that refuses, and begins a new
 * sign-in that nobody is there for.
 */
import { unreachable } from '../../net/unreachable.ts'

type Fetch = typeof globalThis.fetch

export interface Watched {
  fetch: Fetch
  /** What kept one of the last requests from an answer, in words; null: nothing. */
  away(): string | null
}

/** `minds`: the requests that matter. */
export function watched(fetch: Fetch, minds: (url: URL) => boolean = () => true): Watched {
  let away: string | null = null
  return {
    away: () => away,
    async fetch(input, init) {
      const url = new URL(input instanceof Request ? input.url : input)
      if (!minds(url)) return fetch(input, init)
      try {
        const response = await fetch(input, init)
        away = response.status >= 500 || response.status === 429 ? `It answers ${response.status}.` : null
        return response
      } catch (error) {
        away = unreachable(error instanceof Error && error.cause instanceof Error ? error.cause : error)
        throw error
      }
    },
  }
}
