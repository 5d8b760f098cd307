/** A request to any address: what it sends leaves the installation. */
import { z } from 'zod'
import { MOST_BYTES } from './fetched.ts'
import { tool, ToolProblem } from './tool.ts'

const MOST_CHARACTERS = 24_000
const Method = z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])
/** Those that say who asks or how the text is framed are not the model's to choose. */
const REFUSED = /^(host|content-length|transfer-encoding|connection|cookie|proxy-.*|idempotency-key)$/i

export default tool({
  name: 'http_request',
  description:
    'Sends an HTTP request and answers status, headers and text. Anything but GET and HEAD may need the approval of a person first.',
  input: z.strictObject({
    url: z.url({ protocol: /^https?$/ }).max(2000),
    method: Method.default('GET'),
    headers: z
      .record(z.string().regex(/^[\w-]{1,100}$/), z.string().max(4000))
      .default({})
      .refine((it) => Object.keys(it).length <= 50, 'has more than 50 headers')
      .refine(
        (it) => !Object.keys(it).some((name) => REFUSED.test(name)),
        'names a header that is set by itself',
      ),
    body: z.string().max(200_000).optional(),
  }),
  effect: 'outside',
  effectOf: ({ method }) => (method === 'GET' || method === 'HEAD' ? 'read' : 'outside'),
  repeat: 'keyed',
  untrusted: true,
  addressOf: ({ url }) => url,
  says: ({ method, url, body }) =>
    `${method} ${url}${body === undefined ? '' : ` with ${body.length.toLocaleString('en')} characters`}`,
  async run({ url, method, headers, body }, { fetch, signal, key }) {
    const sends = method !== 'GET' && method !== 'HEAD'
    if (!sends && body !== undefined) throw new ToolProblem(`${method} carries no body.`)
    const answer = await fetch(url, {
      method,
      headers: { ...headers, ...(sends && { 'idempotency-key': key }) },
      ...(body !== undefined && { body }),
      signal,
      maxBytes: MOST_BYTES,
    }).catch((error: Error) => {
      signal.throwIfAborted()
      throw new ToolProblem(error.message)
    })
    const text = answer.text()
    return {
      status: answer.status,
      contentType: answer.headers.get('content-type'),
      text: text.slice(0, MOST_CHARACTERS),
      ...((answer.truncated || text.length > MOST_CHARACTERS) && { truncated: true }),
    }
  },
})
