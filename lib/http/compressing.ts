/** Long answers travel compressed, to whoever takes them so. */
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

const LEAST_BYTES = 1_024
const pack = promisify(gzip)

/** On a thread of its own, so that nobody waits for it. */
export async function compressed(response: Response, request: Request): Promise<Response> {
  if (!/(?:^|[\s,])gzip(?!\s*;\s*q=0(?:\.0*)?(?:,|$))/i.test(request.headers.get('accept-encoding') ?? ''))
    return response
  if (!/json|text|openmetrics/.test(response.headers.get('content-type') ?? '')) return response
  const body = Buffer.from(await response.arrayBuffer())
  const headers = new Headers(response.headers)
  if (body.length < LEAST_BYTES) return new Response(body, { status: response.status, headers })
  headers.set('content-encoding', 'gzip')
  headers.append('vary', 'Accept-Encoding')
  return new Response(await pack(body), { status: response.status, headers })
}
