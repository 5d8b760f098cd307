/**
 * Answers travel compressed where the client takes it, pages and API alike.
 *
 * In front of the framework: its own compression looks at the type of an answer as a text, and a route's is a list.
 */
import compression from 'compression'
import type { IncomingMessage, ServerResponse } from 'node:http'

/** What shrinks; pictures and fonts are compressed already. */
const TEXT = /^(text\/|image\/svg\+xml|application\/([\w.-]+\+)?(json|javascript|xml))/

/** Express's middleware, which uses nothing of Express. */
type Middleware = (request: IncomingMessage, response: ServerResponse, go: () => void) => void

export const compress = compression({
  filter: (_, response) => TEXT.test(String(response.getHeader('content-type') ?? '')),
}) as unknown as Middleware
