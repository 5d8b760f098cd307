/** A server on loopback that speaks the wire format of OpenAI's chat completions, as told. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface AskedModel {
  model: string
  messages: { role: string; content: unknown; tool_calls?: unknown[]; tool_call_id?: string }[]
  tools?: { function: { name: string } }[]
}
export interface Said {
  text?: string
  calls?: { name: string; arguments: unknown; id?: string }[]
  usage?: { in: number; out: number; cached?: number }
}
/** Answers one question: with words and calls, or by hand. */
export type Reply = Said | ((response: ServerResponse, request: IncomingMessage) => void)

export interface FakeModel {
  url: string
  /** How it answers a text that is to be embedded. */
  embeds: ((text: string) => number[]) | { status: number }
  /** Requests to embed, with the key that they carried. */
  embedded: { model: string; input: string[]; key: string | undefined }[]
  asked: AskedModel[]
  /** What it answers next, in order; then `always`, if there is any. */
  next: Reply[]
  always: ((asked: AskedModel) => Reply) | null
  /** Connections that are open now. */
  open(): number
  close(): Promise<void>
}

export async function fakeModel(): Promise<FakeModel> {
  const it: Pick<FakeModel, 'asked' | 'next' | 'always' | 'embeds' | 'embedded'> = {
    ...{ asked: [], next: [], always: null },
    ...{ embeds: (text) => [text.length, 1], embedded: [] },
  }
  let streams = 0
  const server = createServer((request, response) => {
    if (request.url?.endsWith('/models'))
      return response
        .writeHead(200, { 'content-type': 'application/json' })
        .end('{"data":[{"id":"small"},{"id":"large"}]}')
    streams++
    response.once('close', () => streams--)
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      if (request.url?.endsWith('/embeddings')) return embed(JSON.parse(body), request, response)
      const asked = JSON.parse(body) as AskedModel
      it.asked.push(asked)
      const reply = it.next.shift() ?? it.always?.(asked)
      if (typeof reply === 'function') reply(response, request)
      else say(response, reply ?? { text: 'Nothing.' })
    })
    return undefined
  })
  function embed(asked: { model: string; input: string[] }, from: IncomingMessage, to: ServerResponse) {
    it.embedded.push({ ...asked, key: from.headers.authorization })
    const { embeds } = it
    if (typeof embeds !== 'function')
      return void to.writeHead(embeds.status).end('{"error":{"message":"no"}}')
    const data = asked.input.map((text, index) => ({ index, embedding: embeds(text) }))
    to.writeHead(200, { 'content-type': 'application/json' })
    to.end(JSON.stringify({ data, usage: { prompt_tokens: 1, total_tokens: 1 } }))
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return Object.assign(it, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    open: () => streams,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  })
}

export const piece = (choice: object, more: object = {}) =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'small', choices: [{ index: 0, ...choice }], ...more })}\n\n`

export function begin(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write(piece({ delta: { role: 'assistant', content: '' } }))
}

function say(response: ServerResponse, { text, calls = [], usage = { in: 10, out: 5 } }: Said): void {
  begin(response)
  for (const word of text?.match(/\S+\s*/g) ?? []) response.write(piece({ delta: { content: word } }))
  for (const [index, { name, arguments: given, id }] of calls.entries())
    response.write(
      piece({
        delta: {
          tool_calls: [
            {
              index,
              id: id ?? `call_${Math.random().toString(36).slice(2)}`,
              type: 'function',
              function: { name, arguments: typeof given === 'string' ? given : JSON.stringify(given) },
            },
          ],
        },
      }),
    )
  response.write(piece({ delta: {}, finish_reason: calls.length > 0 ? 'tool_calls' : 'stop' }))
  response.write(
    `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'small', choices: [], usage: { prompt_tokens: usage.in, completion_tokens: usage.out, total_tokens: usage.in + usage.out, prompt_tokens_details: { cached_tokens: usage.cached ?? 0 } } })}\n\n`,
  )
  response.end('data: [DONE]\n\n')
}
