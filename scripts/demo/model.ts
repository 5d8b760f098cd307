/**
 * The model of the demo: a server on loopback that speaks as a provider of models does, and says what the story has
 * for the day. Asking takes time of the simulated clock, and costs nothing.
 */
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Said {
  text: string
  tokens: { in: number; out: number }
  tookMs: number
}
interface Asked {
  messages: { role: string; content: unknown }[]
}

export const MODEL = 'demo-small'

export async function demoModel(say: (instructions: string) => Said, pass: (ms: number) => void) {
  const server = createServer(async (request, response) => {
    if (request.url?.endsWith('/models'))
      return void json(response, { data: [{ id: MODEL, object: 'model' }] })
    let body = ''
    for await (const chunk of request) body += chunk
    const { messages } = JSON.parse(body) as Asked
    const said = say(messages.map((it) => JSON.stringify(it.content)).join('\n'))
    pass(said.tookMs)
    answer(response, said)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

const json = (response: ServerResponse, it: object) =>
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(it))

function answer(response: ServerResponse, { text, tokens }: Said): void {
  const piece = (more: object) =>
    `data: ${JSON.stringify({ id: 'demo', object: 'chat.completion.chunk', created: 1, model: MODEL, ...more })}\n\n`
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write(piece({ choices: [{ index: 0, delta: { role: 'assistant', content: text } }] }))
  response.write(piece({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }))
  const usage = {
    ...{ prompt_tokens: tokens.in, completion_tokens: tokens.out, total_tokens: tokens.in + tokens.out },
    prompt_tokens_details: { cached_tokens: Math.round(tokens.in / 3) },
  }
  response.write(piece({ choices: [], usage }))
  response.end('data: [DONE]\n\n')
}
