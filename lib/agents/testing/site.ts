/** A server on loopback as others run them: tells what has not changed, redirects, and is away now and then. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createGuardedFetch, type GuardedFetch } from '#lib/net/guarded-fetch.ts'

export interface Served {
  type?: string
  body?: string | Buffer
  status?: number
  etag?: string
  modified?: string
  to?: string
}
export interface Site {
  origin: string
  /** What is there, by path. */
  pages: Record<string, Served>
  /** What was asked for, each with the status that was answered. */
  asked: string[]
  /** Every request is answered with it, where it is set. */
  trouble: number | null
  fetch: GuardedFetch
  close(): Promise<void>
}

export async function openSite(): Promise<Site> {
  const server = createServer((request, response) => answer(site, request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const fetch = createGuardedFetch({ allowedPrivateNetworks: ['127.0.0.1/32'] })
  const site: Site = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    pages: {},
    asked: [],
    trouble: null,
    fetch,
    async close() {
      server.closeAllConnections()
      server.close()
      await fetch.close()
    },
  }
  return site
}

function answer({ pages, asked, trouble }: Site, request: IncomingMessage, response: ServerResponse) {
  const { url = '' } = request
  const page = pages[url]
  const status = trouble ?? statusOf(page, request)
  asked.push(`${url} ${status}`)
  const { etag, modified, to, type = 'text/plain; charset=utf-8', body = '' } = page ?? {}
  response.writeHead(status, {
    ...(etag && { etag }),
    ...(modified && { 'last-modified': modified }),
    ...(to && { location: to }),
    'content-type': type,
  })
  response.end(status === 200 ? body : '')
}

function statusOf(page: Served | undefined, { headers }: IncomingMessage): number {
  if (!page) return 404
  const { etag, modified, to, status } = page
  if (status !== undefined) return status
  if (etag !== undefined && headers['if-none-match'] === etag) return 304
  if (modified !== undefined && headers['if-modified-since'] === modified) return 304
  return to ? 302 : 200
}
