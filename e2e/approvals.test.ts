/**
 * An agent that asks before it acts: written in one browser, allowed in another, killed in between; and what it sends
 * counted by a receiver, while its server is killed again and again.
 */
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FakeModel, fakeModel } from '#lib/agents/testing/fake-model.ts'
import {
  apiKey,
  call,
  openBrowser,
  type Served,
  serve,
  signIn,
  until,
  type Visitor,
  visit,
} from './fixtures/serve.ts'

/** 300 were done by hand; a run of the tests has minutes. */
const KILLS = Number(process.env.KILLS ?? 5)
const PATIENCE_MS = Math.max(600_000, KILLS * 20_000)
const HOME = '/workspace/my-workspace'

let fake: FakeModel
let receiver: Server
let origin: string
/** What has arrived, each time: by the key under which a repeat can be told. */
let received: { path: string; key: string; body: string }[] = []
let server: Served
let key: string
let browser: Browser
let ada: Visitor
let ben: Visitor

const env = () => ({
  LLM_PROVIDER: 'openai-compatible',
  LLM_BASE_URL: fake.url,
  LLM_MODEL: 'small',
  ALLOWED_PRIVATE_NETWORKS: '127.0.0.0/8',
})
beforeAll(async () => {
  fake = await fakeModel()
  receiver = createServer(async (request, response) => {
    let body = ''
    for await (const piece of request) body += piece
    if (request.method === 'POST')
      received.push({ path: request.url ?? '', key: String(request.headers['idempotency-key']), body })
    response.writeHead(200, { 'content-type': 'text/html' }).end('<main><p>Soup is in season.</p></main>')
  }).listen(0, '127.0.0.1')
  await once(receiver, 'listening')
  origin = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`
  server = await serve(env())
  key = (await apiKey(server, '--role', 'admin', '--may-approve')).trim()
  browser = await openBrowser()
  ada = await visit(browser, server)
  ben = await visit(browser, server, { width: 360, colorScheme: 'dark' })
  await signIn(ada)
  await signIn(ben)
})
afterAll(async () => {
  await browser.close()
  await server.end('SIGKILL')
  server.remove()
  receiver.closeAllConnections()
  receiver.close()
  await fake.close()
})

/** After a kill, where its pages expect it. */
const again = () => serve({ ...env(), PORT: new URL(server.url).port }, server.dataDir)

interface Run {
  status: string
  output: string
  error: string | null
  attempt: number
  tainted: boolean
  effects: { n: number; tool: string; state: string; key: string; approvalId: number | null }[]
  steps: { kind: string; text: string; data: { state?: string } | null }[]
}
interface Asked {
  id: number
  executionId: number
  status: string
  summary: string
  why: string
}
const api = <Answer>(method: string, path: string, body?: unknown) =>
  call<Answer>(server, key, method, `${HOME}${path}`, body)
const run = async (id: number) => (await api<{ execution: Run }>('GET', `/executions/${id}`)).body.execution
const pending = async () =>
  (await api<{ approvals: Asked[] }>('GET', '/approvals?status=pending')).body.approvals
const begin = async (scheduleId: number) =>
  (await api<{ execution: { id: number } }>('POST', `/agent-schedules/${scheduleId}/run`)).body.execution.id

async function planned(name: string, tools: object[]): Promise<number> {
  const made = await api<{ agent: { id: string } }>('POST', '/agents', {
    name,
    instructions: `Look around, then post to ${origin}/hook.`,
    tools,
  })
  const schedule = { name, agentType: 'custom', agentId: made.body.agent.id, cronExpression: '0 0 1 1 *' }
  return (await api<{ schedule: { id: number } }>('POST', '/agent-schedules', schedule)).body.schedule.id
}

test('written in one browser and allowed in another, it goes on although its server is killed in between', async () => {
  const { page } = ada
  await api('POST', '/documents', { name: 'Menu', text: 'Monday: soup' })
  await page.goto('/w/my-workspace/agents/new')
  await page.getByLabel('Name', { exact: true }).fill('Kitchen scout')
  await page.getByLabel('Instructions').fill(`Read ${origin}/menu and post to ${origin}/hook.`)
  for (const tool of [/search documents/, /read page/, /http request/]) await page.getByLabel(tool).check()
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  await page.getByRole('link', { name: 'Plan it: Kitchen scout' }).click()
  fake.next = [
    { calls: [{ name: 'search_documents', arguments: { query: 'soup' } }] },
    { calls: [{ name: 'read_page', arguments: { url: `${origin}/menu` } }] },
    {
      calls: [
        { name: 'http_request', arguments: { url: `${origin}/hook`, method: 'POST', body: '{"soup":true}' } },
      ],
    },
  ]
  await page.getByLabel('Name', { exact: true }).fill('Lunch')
  await page.getByRole('button', { name: 'Save & run now' }).click()
  await page.waitForURL(/executions\/\d+$/)
  const card = page.getByRole('article', { name: /POST .*hook/ })
  await card.getByText('Waits for a decision').waitFor()
  await card.getByText('{"soup":true}').waitFor()

  const [asked] = await pending()
  await server.end('SIGKILL')
  server = await again()
  expect(received).toEqual([])
  fake.next = [{ text: 'Soup was **posted**.' }]
  await ben.page.goto('/w/my-workspace')
  await ben.page.getByRole('link', { name: /Approvals.*1 waiting/s }).click()
  await ben.page.getByRole('button', { name: /Approve: POST/ }).click()
  await ben.page.getByText('Nothing waits for you').waitFor()
  await page.getByRole('region', { name: 'Output' }).getByText('posted').waitFor()
  expect(received).toEqual([
    { path: '/hook', key: `carillon-${asked?.executionId}-1`, body: '{"soup":true}' },
  ])
  const it = await run(asked?.executionId ?? 0)
  expect(it).toMatchObject({ status: 'success', attempt: 1, tainted: true })
  expect(it.effects).toMatchObject([{ n: 1, tool: 'http_request', state: 'done', approvalId: asked?.id }])
  await page
    .getByText(/Approved by .*: POST/)
    .first()
    .waitFor()
  await page.goto('/w/my-workspace')
  await page
    .getByRole('article', { name: /Lunch: Success/ })
    .getByText('posted')
    .waitFor()
}, 120_000)

test('what is rejected does not leave, and the agent reads why', async () => {
  const id = await begin(1)
  fake.next = [
    { calls: [{ name: 'http_request', arguments: { url: `${origin}/hook`, method: 'POST' } }] },
    { text: 'Then not.' },
  ]
  const before = received.length
  await until(async () => (await pending()).some((it) => it.executionId === id), 'it to ask', 30_000)
  const { page } = ada
  await page.goto('/w/my-workspace')
  const card = page.getByRole('article', { name: /Lunch: Wait/ })
  await card.getByRole('button', { name: /^Reject/ }).waitFor()
  await card.getByText('Note, other arguments').click()
  await card.getByLabel('Note').fill('not on a Monday')
  await card.getByRole('button', { name: /^Reject/ }).click()
  await page
    .getByRole('article', { name: /Lunch: Success/ })
    .getByText('Then not.')
    .waitFor()
  expect(JSON.stringify(fake.asked.at(-1)?.messages)).toContain('not on a Monday')
  expect(received.length).toBe(before)
  expect((await run(id)).effects).toMatchObject([{ state: 'rejected' }])
}, 60_000)

test('calls like one that was approved are made unasked, as often as was said, until they are forgotten', async () => {
  const schedule = await planned('Diary', [{ name: 'write_document' }])
  const write = (content: string) => {
    fake.next = [
      { calls: [{ name: 'write_document', arguments: { name: 'Diary', content } }] },
      { text: `Wrote ${content}.` },
    ]
    return begin(schedule)
  }
  const first = await write('rain')
  await until(async () => (await pending()).some((it) => it.executionId === first), 'it to ask', 30_000)
  const { page } = ben
  await page.goto(`/w/my-workspace/executions/${first}`)
  const card = page.getByRole('article', { name: /Diary/ })
  await card.getByText('Note, other arguments').click()
  await card.getByLabel('Do not ask again in this schedule').check()
  await card.getByText('Calls like this').click()
  for (const name of [/^content/, /^name/]) await card.getByLabel(name).uncheck()
  await card.getByRole('button', { name: /^Approve/ }).click()
  await card.getByText('Tick at least one argument').waitFor()
  await card.getByLabel(/^name/).check()
  await card.getByRole('button', { name: /^Approve/ }).click()
  await page.getByRole('region', { name: 'Output' }).getByText('Wrote rain').waitFor()

  const second = await write('sun')
  const over = async () => (await run(second)).status !== 'queued' && (await run(second)).status !== 'running'
  await until(over, 'the second to end', 30_000)
  const it = await run(second)
  expect([it.status, it.output]).toEqual(['success', 'Wrote sun.'])
  expect(it.steps.map(({ text }) => text)).toContainEqual(
    expect.stringMatching(/^Remembered approval \d+ of .* is used$/),
  )

  await page.goto('/w/my-workspace/settings')
  const remembered = page.getByRole('listitem').filter({ hasText: 'write document, where name is "Diary"' })
  await remembered.getByText('9 of 10 uses left').waitFor()
  await remembered.getByRole('button', { name: /^Forget/ }).click()
  await page.getByRole('button', { name: 'Forget it' }).click()
  await remembered.waitFor({ state: 'detached' })
  const third = await write('fog')
  await until(async () => (await pending()).some((one) => one.executionId === third), 'it to ask', 30_000)
  await api('POST', `/executions/${third}/cancel`)
}, 90_000)

/** Three calls with an effect, then an end; each turn says how many have been said. */
const threeCalls = (name: string, given: (n: number) => unknown) => () => {
  const said = fake.asked.at(-1)?.messages.filter(({ role }) => role === 'assistant').length ?? 0
  return said < 3 ? { calls: [{ name, arguments: given(said + 1) }] } : { text: 'Through.' }
}

/** Kills the server at random moments of the run until it has ended, or `most` times. */
async function endedUnderKills(id: number, most: number): Promise<{ it: Run; kills: number }> {
  let kills = 0
  const isOver = async () => !['queued', 'running'].includes((await run(id)).status)
  while (kills < most && !(await isOver())) {
    // A moment of chance within the run; nothing is asserted of it.
    for (let looks = randomInt(0, 30); looks > 0 && !(await isOver()); looks--);
    await server.end('SIGKILL')
    kills++
    server = await again()
  }
  await until(isOver, 'the run to end', 60_000)
  return { it: await run(id), kills }
}

test(
  `killed ${KILLS} times in mid-run: nothing that has a key arrives twice under another, and nothing is lost`,
  async () => {
    const post = (n: number) => ({ url: `${origin}/hook/${n}`, method: 'POST', body: String(n) })
    const schedule = await planned('Poster', [
      { name: 'http_request', approval: 'allow', allowTainted: true },
    ])
    fake.next = []
    fake.always = threeCalls('http_request', post)
    for (let kills = 0; kills < KILLS; ) {
      received = []
      const id = await begin(schedule)
      const ended = await endedUnderKills(id, Math.min(4, KILLS - kills))
      kills += Math.max(1, ended.kills)
      expect([ended.it.status, ended.it.error]).toEqual(['success', null])
      const byKey = new Map(received.map((it) => [it.key, it.body]))
      expect([...byKey].sort()).toEqual([1, 2, 3].map((n) => [`carillon-${id}-${n}`, String(n)]))
      // A repeat has the key of the first, and its body.
      for (const it of received) expect(byKey.get(it.key)).toBe(it.body)
      expect(ended.it.effects.map(({ state }) => state)).toEqual(['done', 'done', 'done'])
    }
  },
  PATIENCE_MS,
)

test(
  'of a call that must not be repeated a kill is told: it is done once or unknown, never twice',
  async () => {
    const schedule = await planned('Runner', [{ name: 'run_agent', approval: 'allow', allowTainted: true }])
    const webhook = (n: number) => ({
      agentId: 'webhook-caller',
      context: { url: `${origin}/hook/${n}`, method: 'POST', body: { n } },
    })
    fake.always = threeCalls('run_agent', webhook)
    for (let kills = 0; kills < KILLS; ) {
      received = []
      const id = await begin(schedule)
      const ended = await endedUnderKills(id, Math.min(4, KILLS - kills))
      kills += Math.max(1, ended.kills)
      expect([ended.it.status, ended.it.error]).toEqual(['success', null])
      for (const { n, state } of ended.it.effects) {
        const arrived = received.filter(({ path }) => path === `/hook/${n}`).length
        expect([n, state, arrived <= 1, state === 'done' ? arrived : 'told']).toEqual([
          n,
          expect.stringMatching(/^(done|unknown)$/),
          true,
          state === 'done' ? 1 : 'told',
        ])
        if (state === 'unknown')
          expect(ended.it.steps.some(({ data }) => data?.state === 'unknown')).toBe(true)
      }
    }
  },
  PATIENCE_MS,
)
