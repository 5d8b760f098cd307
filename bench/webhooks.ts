/** Calls to a webhook of the real server, fifty at once: how long each waits for its answer, and that none is lost. */
import { createHmac } from 'node:crypto'
import { Agent, request } from 'node:http'
import { apiKey, call, serve } from '../e2e/fixtures/serve.ts'
import { type Figure, percentiles, type Setting } from './figures.ts'
import { freshFolder } from './world.ts'

const AT_ONCE = 50
/** An address takes 600 calls a minute. */
const CALLS = 500
const BODY = JSON.stringify({ order: { id: 7, total: 120 }, note: 'x'.repeat(1000) })

interface Webhook {
  url: string
  secret: string
}

function signed(secret: string, id: string): Record<string, string> {
  const time = String(Math.floor(Date.now() / 1000))
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64')
  const signature = createHmac('sha256', key).update(`${id}.${time}.${BODY}`).digest('base64')
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': time,
    'webhook-signature': `v1,${signature}`,
  }
}

/** Milliseconds until the answer. */
function timeOf(agent: Agent, { url, secret }: Webhook, id: string): Promise<number> {
  const begun = performance.now()
  return new Promise((resolve, reject) => {
    request(url, { method: 'POST', agent, headers: signed(secret, id) }, (response) => {
      if (response.statusCode !== 202) reject(new Error(`A call was answered ${response.statusCode}.`))
      response.resume().on('end', () => resolve(performance.now() - begun))
    })
      .on('error', reject)
      .end(BODY)
  })
}

async function timesOf(webhook: Webhook, name: string, count: number): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE })
  const times: number[] = []
  const one = async (n: number) => {
    for (let i = 0; i < count / AT_ONCE; i++) times.push(await timeOf(agent, webhook, `${name}-${n}-${i}`))
  }
  await Promise.all(Array.from({ length: AT_ONCE }, (_, n) => one(n)))
  agent.destroy()
  return times
}

export async function webhooks({ rounds, quick }: Setting): Promise<Figure[]> {
  const folder = freshFolder('webhooks')
  const server = await serve({}, folder)
  try {
    const key = (await apiKey(server)).trim()
    const made = async (name: string): Promise<Webhook> => {
      const body = { name, agentId: 'test-agent', kind: 'webhook', webhook: { scheme: 'standard' } }
      const path = '/workspace/my-workspace/triggers'
      const answer = await call<{ webhook: Webhook }>(server, key, 'POST', path, body)
      const { url, secret } = answer.body.webhook
      return { url: server.url + new URL(url).pathname, secret }
    }
    const count = quick ? AT_ONCE * 2 : CALLS
    await timesOf(await made('warm-up'), 'warm-up', AT_ONCE * 2)
    const p50: number[] = []
    const p99: number[] = []
    for (let i = 0; i < rounds; i++) {
      const times = await timesOf(await made(`round ${i}`), `round-${i}`, count)
      if (times.length !== count) throw new Error(`Of ${count} calls ${times.length} were answered.`)
      const it = percentiles(times)
      p50.push(it.p50)
      p99.push(it.p99)
    }
    return [
      { name: `webhook, ${AT_ONCE} calls at once: answer p50`, unit: 'ms', ours: p50 },
      { name: `webhook, ${AT_ONCE} calls at once: answer p99`, unit: 'ms', ours: p99, goalAbsolute: 50 },
    ]
  } finally {
    await server.end('SIGTERM')
  }
}
