/**
 * Calls a web address and checks what it answers.
 *
 * Promise: what was sent in confidence (header values, the signing secret) is in no step, result or error,
 * even when the other side echoes it. Private and metadata addresses are refused when the schedule is saved
 * and again when the connection is made. A call can be signed as in Standard Webhooks.
 */
import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { seconds } from '#lib/clock.ts'
import { type GuardedResponse, OutboundRefused } from '#lib/net/guarded-fetch.ts'
import { SigningSecret, signatureOf } from '#lib/net/signing.ts'
import { AgentFailure, agent, type SoFar, type Task } from '../agent.ts'
import { hiding } from '../hiding.ts'
import { parseJsonPath, valueAt } from '../json-path.ts'
import { counted, fenced, inBytes, inline, shortened } from '../markdown.ts'

const MOST_BYTES = 64 * 1024
const MOST_SHOWN = 2_000
const MOST_BROKEN = 10
const MOST_VALUE = 1_000
const LONGEST_SECRET = 8_000
/** Trying again may help: request timeout, too early, too many requests. So may it for every 5xx. */
const TRANSIENT = [408, 425, 429]
/** Values of these say nothing in confidence. */
const PLAIN_HEADERS =
  /^(accept|accept-language|cache-control|content-type|user-agent|webhook-id|webhook-timestamp)$/i

const Status = z.int().min(100).max(599)
const JsonExpectation = z
  .strictObject({
    path: z
      .string()
      .max(500)
      .refine((it) => parseJsonPath(it) !== null, 'expects a path such as $.items[0].name')
      .meta({ description: 'Where in the answer, such as $.items[0].name' }),
    equals: z.unknown().optional(),
    contains: z.unknown().optional().meta({ description: 'Part of a text, or an element of a list.' }),
    exists: z.boolean().optional(),
  })
  .refine(
    (it) => it.equals !== undefined || it.contains !== undefined || it.exists !== undefined,
    'expects one of equals, contains or exists',
  )

const Headers = z
  .record(z.string(), z.string().max(LONGEST_SECRET).meta({ writeOnly: true }))
  .superRefine((headers, check) => {
    if (Object.keys(headers).length > 50)
      check.addIssue({ code: 'custom', message: 'expects at most 50 headers' })
    for (const [name, value] of Object.entries(headers)) {
      if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(name))
        check.addIssue({ code: 'custom', path: [name], message: 'is not the name of a header' })
      if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value))
        check.addIssue({
          code: 'custom',
          path: [name],
          message: 'has a line break or another character that a header cannot carry',
        })
    }
  })

const Input = z
  .strictObject({
    url: z
      .string()
      .max(4_000)
      .meta({ format: 'uri', description: 'Where to call; private addresses are refused.' }),
    method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']).default('POST'),
    headers: Headers.default({}),
    body: z.unknown().optional().meta({ description: 'A text is sent as it is, anything else as JSON.' }),
    secret: SigningSecret.optional().meta({
      writeOnly: true,
      description:
        'Signs the call as in Standard Webhooks; a secret that starts with whsec_ is read as base64.',
    }),
    expect: z
      .strictObject({
        status: z
          .union([
            Status,
            z.array(Status).min(1).max(50),
            z.string().regex(/^[1-5]xx$/i, 'expects a class of statuses such as 2xx'),
          ])
          .default('2xx'),
        json: z.array(JsonExpectation).max(50).default([]),
      })
      .prefault({}),
    timeoutSeconds: z.number().min(1).max(300).default(30),
    maxBytes: z
      .int()
      .min(0)
      .max(MOST_BYTES)
      .default(MOST_BYTES)
      .meta({ description: 'How much of the answer is read.' }),
  })
  .refine((it) => it.body === undefined || (it.method !== 'GET' && it.method !== 'HEAD'), {
    path: ['body'],
    error: 'does not go with GET or HEAD',
  })
type Input = z.output<typeof Input>

/** Whatever it says shows the answer. */
const FROM_OUTSIDE: SoFar = { text: '', usage: { tainted: true } }

export const webhookCaller = agent({
  id: 'webhook-caller',
  name: 'Webhook caller',
  description: 'Sends an HTTP request and checks the status and the JSON of the answer.',
  input: Input,
  example: {
    url: 'https://example.com/hooks/carillon',
    method: 'POST',
    body: { hello: 'world' },
    expect: { status: '2xx', json: [{ path: '$.ok', equals: true }] },
  },
  safeToRepeat: false,
  judge(input, judging) {
    // Left empty, it is still to be filled in: a run says so.
    const message = input.url === '' ? null : judging.url(input.url)
    return message === null ? [] : [{ path: ['url'], message }]
  },
  async perform({ input, execution, signal, say, tools }) {
    if (input.url === '') throw new AgentFailure('It has no address to call. Fill in its url.')
    const { host } = URL.parse(input.url) ?? { host: 'the address' }
    const { headers, body } = sent(input, execution, tools.clock.now())
    const hide = hidingOf(input)
    const startedMs = tools.clock.monotonicMs()
    // The path may be a secret too: many chat services put their key there.
    say(`${input.method} to ${host}`)

    const answer = await tools
      .fetch(input.url, {
        method: input.method,
        headers,
        ...(body !== undefined && { body }),
        signal,
        maxBytes: input.maxBytes,
        timeoutMs: seconds(input.timeoutSeconds),
      })
      .catch((error: unknown) => {
        signal.throwIfAborted()
        throw new AgentFailure(hide(error instanceof Error ? error.message : String(error)), {
          transient: !(error instanceof OutboundRefused),
        })
      })
    const tookMs = Math.round(tools.clock.monotonicMs() - startedMs)
    say(`${host} answered ${answer.status} after ${tookMs} ms`, {
      status: answer.status,
      tookMs,
      bytes: answer.bytes.length,
    })

    const shown = bodyOf(answer, hide)
    if (!isExpected(answer.status, input.expect.status)) {
      throw new AgentFailure(
        `${host} answered ${answer.status}; expected was ${[input.expect.status].flat().join(' or ')}.${shown}`,
        { transient: TRANSIENT.includes(answer.status) || answer.status >= 500, partial: FROM_OUTSIDE },
      )
    }
    const broken = await brokenExpectations(answer, input.expect.json, hide)
    if (broken.length > 0)
      throw new AgentFailure(
        `${host} answered ${answer.status}, but not what was expected:\n\n` +
          `${broken.map((it) => `- ${it}`).join('\n')}${shown}`,
        { partial: FROM_OUTSIDE },
      )

    const met =
      input.expect.json.length > 0
        ? ` The answer meets ${counted(input.expect.json.length, 'expectation')}.`
        : ''
    return {
      text: `${input.method} to ${inline(host)} answered **${answer.status}** after ${tookMs} ms.${met}${shown}`,
      outcome: {
        status: answer.status,
        tookMs,
        bytes: answer.bytes.length,
        truncated: answer.truncated,
        redirects: answer.redirects.length,
      },
      usage: FROM_OUTSIDE.usage,
    }
  },
})

/**
 * What goes over the wire. The id stays the same when the execution
 * is tried again, so that the receiver can tell a repetition.
 */
function sent(
  { url, method, headers, body: given, secret }: Input,
  execution: Task<Input>['execution'],
  now: Date,
) {
  const body = given === undefined ? undefined : typeof given === 'string' ? given : JSON.stringify(given)
  const id = `execution_${execution.id}_${createHash('sha256')
    .update(`${method} ${url}\n${body ?? ''}`)
    .digest('hex')
    .slice(0, 12)}`
  const timestamp = String(Math.floor(now.getTime() / 1000))
  const own: Record<string, string> = { 'webhook-id': id, 'webhook-timestamp': timestamp }
  if (body !== undefined)
    own['content-type'] = typeof given === 'string' ? 'text/plain; charset=utf-8' : 'application/json'
  if (secret) {
    own['webhook-signature'] = signatureOf(secret, { id, timestamp, body: body ?? '' })
  }
  const named = new Set(Object.keys(headers).map((name) => name.toLowerCase()))
  return {
    body,
    headers: { ...Object.fromEntries(Object.entries(own).filter(([name]) => !named.has(name))), ...headers },
  }
}

/** Takes out what was sent in confidence. */
const hidingOf = ({ headers, secret }: Input) =>
  hiding([
    ...Object.entries(headers).flatMap(([name, value]) => (PLAIN_HEADERS.test(name) ? [] : [value])),
    ...(secret ? [secret] : []),
  ])

function isExpected(status: number, expected: Input['expect']['status']): boolean {
  return typeof expected === 'string'
    ? Math.floor(status / 100) === Number(expected[0])
    : [expected].flat().includes(status)
}

/** The first expectations that do not hold, in words. Each is a turn of its own: an answer may be long. */
async function brokenExpectations(
  answer: GuardedResponse,
  expectations: Input['expect']['json'],
  hide: (text: string) => string,
): Promise<string[]> {
  if (expectations.length === 0) return []
  if (answer.truncated)
    return [`The answer is longer than ${inBytes(answer.bytes.length)}, so it cannot be read as JSON.`]
  let json: unknown
  try {
    json = JSON.parse(answer.text())
  } catch {
    return ['The answer is not JSON.']
  }
  const broken: string[] = []
  for (const expected of expectations) {
    broken.push(...breachesOf(expected, valueAt(json, parseJsonPath(expected.path) ?? []), hide))
    if (broken.length >= MOST_BROKEN) break
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
  return broken
}

function breachesOf(
  { path, exists, equals, contains: part }: Input['expect']['json'][number],
  value: unknown,
  hide: (text: string) => string,
): string[] {
  // Hidden before it is shortened, and cut before that: a long value must not be looked through for each secret.
  const shown = (it: unknown) =>
    inline(shortened(hide(JSON.stringify(it).slice(0, MOST_VALUE + LONGEST_SECRET)), MOST_VALUE))
  const say = (expectation: string) =>
    `\`${path.replaceAll('`', "'")}\` ${value === undefined ? 'is not there' : `is ${shown(value)}`}; ${expectation}.`
  return [
    exists !== undefined &&
      exists !== (value !== undefined) &&
      say(`it was expected ${exists ? 'to be there' : 'not to be there'}`),
    equals !== undefined && !isDeepStrictEqual(value, equals) && say(`expected was ${shown(equals)}`),
    part !== undefined && !contains(value, part) && say(`it was expected to contain ${shown(part)}`),
  ].filter((it) => it !== false)
}

function contains(value: unknown, part: unknown): boolean {
  if (typeof value === 'string') return typeof part === 'string' && value.includes(part)
  return Array.isArray(value) && value.some((it) => isDeepStrictEqual(it, part))
}

/** The beginning of the answer as a block under the sentence; nothing for an empty one. */
function bodyOf(answer: GuardedResponse, hide: (text: string) => string): string {
  if (answer.bytes.length === 0) return ''
  const type = answer.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? ''
  if (type && !/^text\/|[/+](json|xml)$|x-www-form-urlencoded$|javascript$/.test(type))
    return `\n\nThe answer is ${inBytes(answer.bytes.length)} of ${inline(type)}.`
  // Hidden before it is shortened: the cut could leave half of a secret.
  const text = shortened(hide(answer.text()).replace(/[^\P{Cc}\n\t]/gu, ''), MOST_SHOWN)
  const block = fenced(text, type.endsWith('json') ? 'json' : '')
  const rest = answer.truncated ? `\n\nMore than ${inBytes(answer.bytes.length)}; the rest was not read.` : ''
  return `\n\n${block}${rest}`
}
