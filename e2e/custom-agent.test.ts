/**
 * An agent that somebody wrote, through the API alone: it is given a model and tools, planned, run, and its server is
 * killed in the middle of it again and again. Each turn of the model that was kept is asked for once.
 */
import { randomInt } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { begin, type FakeModel, fakeModel, piece } from '#lib/agents/testing/fake-model.ts'
import { apiKey, call, type Served, serve, until } from './fixtures/serve.ts'

/** More of them with KILLS=100. */
const KILLS = Number(process.env.KILLS ?? 12)
const HOME = '/workspace/my-workspace'
let fake: FakeModel
let server: Served
let key: string

interface Run {
  execution: {
    status: string
    output: string
    error: string | null
    reasonCode: string | null
    attempt: number
    tokensIn: number
    tokensOut: number
    tokensUsed: number
    model: string
    agentRevision: number
    steps: { kind: string; text: string; data: Record<string, unknown> | null }[]
  }
}

const env = () => ({
  LLM_PROVIDER: 'openai-compatible',
  LLM_BASE_URL: fake.url,
  LLM_MODEL: 'small',
})
beforeAll(async () => {
  fake = await fakeModel()
  server = await serve(env())
  key = (await apiKey(server, '--role', 'admin')).trim()
})
afterAll(async () => {
  await server.end('SIGKILL')
  server.remove()
  await fake.close()
})

const api = <Answer>(method: string, path: string, body?: unknown) =>
  call<Answer>(server, key, method, `${HOME}${path}`, body)
const isLive = ({ status }: Run['execution']) => ['queued', 'running'].includes(status)
const run = async (id: number) => (await api<Run>('GET', `/executions/${id}`)).body.execution
async function ended(id: number) {
  await until(async () => !isLive(await run(id)), 'the run to end', 60_000)
  return run(id)
}

test('it is written, planned and run, and its page tells each turn, each call and what they cost', async () => {
  const agent = {
    name: 'Kitchen scout',
    instructions: 'Say what is for lunch in {{context.city}}.',
    tools: [{ name: 'search_documents' }, { name: 'calculate' }],
    input: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  }
  const made = await api<{ agent: { id: string; revision: number } }>('POST', '/agents', agent)
  expect([made.status, made.body.agent]).toMatchObject([201, { id: 'kitchen-scout', revision: 1 }])
  expect((await api('POST', '/agents', agent)).status).toBe(409)
  expect(
    await api('POST', '/agents', {
      ...agent,
      id: 'x',
      instructions: 'In {{context.town}}.',
      tools: [{ name: 'nope' }],
    }),
  ).toMatchObject({
    status: 422,
    body: { errors: [{ path: 'instructions' }, { path: 'tools.0.name' }] },
  })
  await api('POST', '/documents', { name: 'Menu', text: 'Monday: soup for 3.50' })

  const schedule = {
    name: 'Lunch',
    agentType: 'custom',
    agentId: 'kitchen-scout',
    cronExpression: '0 11 * * *',
    context: { city: 'Berlin' },
  }
  expect((await api('POST', '/agent-schedules', { ...schedule, context: {} })).status).toBe(422)
  expect((await api('POST', '/agent-schedules', schedule)).status).toBe(201)
  expect((await api('DELETE', '/agents/kitchen-scout')).status).toBe(409)

  fake.next = [
    {
      text: 'I look.',
      calls: [{ name: 'search_documents', arguments: { query: 'soup' } }],
      usage: { in: 100, out: 10 },
    },
    {
      calls: [{ name: 'calculate', arguments: { expression: '3.50 * 4' } }],
      usage: { in: 150, out: 10, cached: 100 },
    },
    { text: '**Soup** in Berlin: 14 for four.', usage: { in: 200, out: 20, cached: 150 } },
  ]
  const { body } = await api<{ execution: { id: number } }>('POST', '/agent-schedules/1/run')
  const it = await ended(body.execution.id)
  expect(it).toMatchObject({
    status: 'success',
    output: '**Soup** in Berlin: 14 for four.',
    tokensIn: 450,
    tokensOut: 40,
    tokensUsed: 490,
    model: 'small',
    agentRevision: 1,
  })
  expect(it.steps.map(({ kind }) => kind)).toEqual(['model', 'tool', 'model', 'tool', 'model'])
  expect(it.steps[1]?.data).toMatchObject({ tool: 'search_documents', state: 'done', effect: 'read' })
  expect(it.steps.flatMap(({ data }) => (data?.tokensIn as number | undefined) ?? [])).toEqual([
    100, 150, 200,
  ])
})

test('its text streams to the chat while it is written', async () => {
  let end = () => {}
  fake.next = [
    (response) => {
      begin(response)
      response.write(piece({ delta: { content: 'Half a sentence' } }))
      end = () => {
        response.write(piece({ delta: { content: ', and the rest.' } }))
        response.write(piece({ delta: {}, finish_reason: 'stop' }))
        response.end('data: [DONE]\n\n')
      }
    },
  ]
  const { body } = await api<{ execution: { id: number } }>('POST', '/agent-schedules/1/run')
  const card = async () => {
    const { messages } = (
      await api<{ messages: { executionId: number; text: string; status: string }[] }>('GET', '/messages')
    ).body
    return messages.find((it) => it.executionId === body.execution.id)
  }
  await until(async () => (await card())?.text === 'Half a sentence', 'the half of it', 30_000)
  expect(await card()).toMatchObject({ status: 'running' })
  end()
  expect((await ended(body.execution.id)).output).toBe('Half a sentence, and the rest.')
  expect(await card()).toMatchObject({ status: 'success', text: 'Half a sentence, and the rest.' })
})

test(`${KILLS} times SIGKILL in the middle: the run goes on, and asks for nothing twice that was kept`, async () => {
  let turns = 0
  const words = () => fake.asked.at(-1)?.messages.filter((it) => it.role === 'assistant').length ?? 0
  // A conversation of six turns; each names how many have been said.
  fake.always = () => {
    turns++
    const said = words()
    return said < 5
      ? {
          text: `Turn ${said + 1}.`,
          calls: [{ name: 'calculate', arguments: { expression: `${said} + 1` } }],
        }
      : { text: 'Through.' }
  }
  let kills = 0
  for (let n = 0; kills < KILLS; n++) {
    fake.asked = []
    turns = 0
    const { body } = await api<{ execution: { id: number } }>('POST', '/agent-schedules/1/run')
    const { id } = body.execution
    let here = 0
    for (const most = randomInt(1, 4); here < most && kills < KILLS; here++) {
      const enough = turns + randomInt(0, 3)
      await until(
        async () => turns >= enough || (await run(id)).status === 'success',
        'the model to be asked',
      )
      if ((await run(id)).status === 'success') break
      await server.end('SIGKILL')
      kills++
      server = await serve(env(), server.dataDir)
    }
    const it = await ended(id)
    expect([n, it.status, it.error, it.output]).toEqual([n, 'success', null, 'Through.'])
    expect(it.attempt).toBeLessThanOrEqual(here + 1)
    // What a kill cut off is asked again, and that alone.
    expect(turns).toBeLessThanOrEqual(6 + here)
    expect(it.steps.filter(({ kind }) => kind === 'model').length).toBeLessThanOrEqual(6)
    expect(it.tokensUsed).toBe(6 * 15)
  }
})
