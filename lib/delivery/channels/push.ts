/** Notifications of browsers, by Web Push: of a person's own, or of all members of a workspace who turned them on. */
import { z } from 'zod'
import { bytesOf, fitted } from '../fitting.ts'
import { post } from '../over-http.ts'
import { channelKind, type Message, type Sending, type Sent } from '../port.ts'
import type { Browser } from '../push.ts'

const config = z.strictObject({})
/** Push services take 4,096 bytes of what is sealed; a notification shows far less. */
const MOST_BYTES = 1_500
const TOPIC = /^[\w-]{1,32}$/
const isUrgent = ({ event }: Message) => event === 'failure' || event === 'disabled' || event === 'approval'
/** The browser is there no more, or has turned them off. */
const GONE = [404, 410]

export const push = channelKind({
  kind: 'push',
  name: 'Browser',
  description: 'Notifications in the browsers in which people have turned them on.',
  config,
  // One that comes again takes the place of the first.
  tellsRepeats: true,
  addresses: () => [],
  async send(_config, sending) {
    const { userId, workspaceId, ways } = sending
    const browsers = await ways.push.browsers(
      userId === null ? { workspaceId: workspaceId ?? 0 } : { userId },
    )
    const results = await Promise.all(browsers.map((it) => sendTo(it, sending)))
    return together(results)
  },
})

/** One that cannot be written for keeps nobody else from hearing, and is not asked again. */
async function sendTo(browser: Browser, sending: Sending): Promise<Sent> {
  const request = await requestTo(browser, sending).catch(() => null)
  if (request === null) {
    await sending.ways.push.forget(browser.id)
    return {
      kind: 'refused',
      status: 410,
      lasting: true,
      detail: 'Its keys are none that can be written with.',
    }
  }
  const { ways } = sending
  const sent = await post({ ways: browser.reachesInside ? ways : ways.outside }, request)
  if (sent.kind === 'refused' && GONE.includes(sent.status ?? 0)) await sending.ways.push.forget(browser.id)
  return sent
}

function requestTo(browser: Browser, { id, message, ways }: Sending) {
  const { title, text, url } = message
  const payload = JSON.stringify({
    tag: id,
    title: fitted(title, { most: 200, sizeOf: bytesOf }),
    text: fitted(text, { most: MOST_BYTES, sizeOf: bytesOf }),
    url,
  })
  const topic = TOPIC.test(id) ? id : id.replace(/[^\w-]/g, '').slice(-32)
  return ways.push.requestFor(browser, { topic, payload, urgent: isUrgent(message) })
}

const count = (n: number) => (n === 1 ? '1 browser' : `${n} browsers`)

/** One of them that took it is enough. */
function together(results: readonly Sent[]): Sent {
  const refused = results.filter((it) => it.kind === 'refused')
  const gone = refused.filter((it) => GONE.includes(it.status ?? 0)).length
  const others = [...new Set(results.filter((it) => it.kind !== 'sent').map((it) => it.detail))]
  const sent = results.filter((it) => it.kind === 'sent').length
  const about = gone > 0 ? ` ${count(gone)} took no more, and will not be asked again.` : ''
  if (sent > 0) return { kind: 'sent', detail: `Taken for ${count(sent)}.${about}` }
  const unknown = results.find((it) => it.kind === 'unknown')
  if (unknown) return unknown
  const waits = refused.filter((it) => !it.lasting)
  if (waits.length > 0) {
    const retryAfterMs = Math.max(...waits.map((it) => it.retryAfterMs ?? 0))
    return { kind: 'refused', detail: others.join(' '), lasting: false, retryAfterMs }
  }
  const none = 'Nobody who is to be told has notifications turned on in a browser.'
  return {
    kind: 'refused',
    lasting: true,
    detail: gone === results.length ? `${none}${about}` : others.join(' '),
  }
}
