/** Templates as programs and pages use them. */
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Template, TemplateUpdate, UsedTemplate } from '../contract/template.ts'
import type { Trigger } from '../contract/trigger.ts'
import { type World, world } from './testing/world.ts'

let it: World
beforeAll(async () => {
  it = await world()
})
afterAll(() => it.close())

const DEMO = '/workspace/demo'
const use = (id: string, input: object, more: object = {}) =>
  it.ask('POST', `${DEMO}/templates/${id}/use`, { as: it.ben, body: { input, ...more } })
const schedules = async () =>
  (await it.ask('GET', `${DEMO}/agent-schedules`, { as: it.ada })).body.schedules as Trigger[]
const triggerAt = async (id: number) =>
  (await it.ask('GET', `${DEMO}/triggers/${id}`, { as: it.ada })).body.trigger as Trigger
async function made(id: string, input: object): Promise<Trigger> {
  const { status, body } = await use(id, input)
  expect(status).toBe(201)
  return triggerAt((body as UsedTemplate).created[0]?.id as number)
}

const SUNDAY = { time: '03:30', days: ['sunday'], timezone: 'Europe/Berlin' }

test('the gallery says of each template what it does, what it needs and when it runs', async () => {
  const { body } = await it.ask('GET', '/templates', { as: it.cleo })
  const templates = body.templates as Template[]
  expect(templates.length).toBeGreaterThan(3)
  const one = await it.ask('GET', '/templates/daily-summary', { as: it.cleo })
  expect(one.body.template).toEqual(templates.find(({ id }) => id === 'daily-summary'))
  expect(one.body.template).toMatchObject({
    version: 1,
    needs: [],
    input: { properties: { when: { title: 'When' } } },
    makes: { agentId: 'summary-agent', cronExpression: '0 9 * * 1-5' },
  })
  expect((await it.ask('GET', '/templates/none', { as: it.cleo })).status).toBe(404)
})

test('what is filled in becomes a schedule, which says what it was made from', async () => {
  const trigger = await made('weekly-cleanup', { tasks: ['vacuum'], when: SUNDAY })
  expect(trigger).toMatchObject({
    name: 'Weekly cleanup',
    agentId: 'maintenance',
    cronExpression: '30 3 * * 0',
    timezone: 'Europe/Berlin',
    context: { tasks: ['vacuum'], archiveAfterDays: 90 },
    enabled: true,
    origin: { template: 'weekly-cleanup', version: 1 },
    createdBy: expect.any(String),
  })
})

test('a dry run says what would be made, and makes nothing', async () => {
  const before = (await schedules()).length
  const { status, body } = await use('website-health', { url: 'https://example.com/' }, { dryRun: true })
  const { would, ...rest } = body as UsedTemplate
  expect([status, rest]).toEqual([200, { created: [], missing: [] }])
  expect(would).toMatchObject({
    name: 'Health of example.com',
    agentId: 'webhook-caller',
    humanReadable: 'Every 15 minutes (UTC)',
    context: { url: 'https://example.com/', method: 'GET' },
  })
  expect(would?.preview.next).toHaveLength(5)
  expect(await schedules()).toHaveLength(before)
})

test.each<[string, string, object, string]>([
  ['an answer of another form', 'daily-summary', { when: { time: '9 am' } }, 'input.when.time'],
  ['a question left open', 'website-health', {}, 'input.url'],
  ['what the template does not ask', 'daily-summary', { url: 'x' }, 'input.url'],
  ['what the agent refuses', 'website-health', { url: 'http://127.0.0.1/' }, 'input.url'],
])('%s is refused at its field, tried or saved', async (_name, id, input, path) => {
  const tried = await it.ask('POST', `${DEMO}/templates/${id}/try`, { as: it.ben, body: { input } })
  for (const { status, body } of [tried, await use(id, input), await use(id, input, { dryRun: true })])
    expect([status, body.errors]).toMatchObject([422, [{ path }]])
})

test('a trial is a staged run of the agent that no list of schedules shows, once for one request', async () => {
  const before = (await schedules()).length
  const ask = () =>
    it.ask('POST', `${DEMO}/templates/daily-summary/try`, {
      as: it.ben,
      body: { input: { when: SUNDAY } },
      headers: { 'idempotency-key': 'once' },
    })
  const [first, again] = [await ask(), await ask()]
  expect([first.status, first.body.execution]).toMatchObject([202, { kind: 'try', staged: true }])
  expect(again.body).toEqual(first.body)
  expect(await schedules()).toHaveLength(before)
  const { id } = first.body.execution as { id: number }
  const detail = await it.ask('GET', `${DEMO}/executions/${id}`, { as: it.ada })
  expect(detail.body.execution).toMatchObject({
    config: { context: { timezone: 'Europe/Berlin', reportType: 'daily_summary' } },
  })
})

const updateAt = (id: number) => `${DEMO}/triggers/${id}/template-update`
const updateOf = async (id: number) =>
  (await it.ask('GET', updateAt(id), { as: it.ada })).body.update as TemplateUpdate | null

/** As an older version would have made it. */
async function madeOfOld(change: object): Promise<number> {
  const { id } = await made('daily-summary', {})
  const { store } = it.carillon
  const { triggers } = store.t
  const [row] = await store.q.select({ origin: triggers.origin }).from(triggers).where(eq(triggers.id, id))
  const origin = JSON.parse(row?.origin ?? '{}')
  const old = { ...origin.made, ...change }
  await it.ask('PUT', `${DEMO}/triggers/${id}`, { as: it.ada, body: change })
  await store.q
    .update(triggers)
    .set({ origin: JSON.stringify({ ...origin, version: 0, made: old }) })
    .where(eq(triggers.id, id))
  return id
}

test('a newer version of the template is followed where nobody has changed anything', async () => {
  const id = await madeOfOld({ cronExpression: '0 8 * * *', context: { reportType: 'daily_summary' } })
  await it.ask('PUT', `${DEMO}/triggers/${id}`, { as: it.ada, body: { cronExpression: '0 7 * * *' } })
  expect(await updateOf(id)).toMatchObject({
    template: 'daily-summary',
    from: 0,
    to: 1,
    changes: [
      { path: 'context.includeSections', from: null },
      { path: 'context.includeMetrics', from: null, to: true },
    ],
    kept: [{ path: 'cronExpression', from: '0 7 * * *', to: '0 9 * * 1-5' }],
  })
  const applied = await it.ask('POST', updateAt(id), { as: it.ben })
  expect([applied.status, applied.body.trigger]).toMatchObject([
    200,
    {
      cronExpression: '0 7 * * *',
      context: { reportType: 'daily_summary', includeMetrics: true },
      origin: { version: 1 },
    },
  ])
  expect(await updateOf(id)).toBeNull()
  expect((await it.ask('POST', updateAt(id), { as: it.ben })).status).toBe(409)
})

test('what was made by hand, or of the newest version, has no update', async () => {
  const body = { name: 'By hand', agentId: 'test-agent', cronExpression: '0 9 * * *' }
  const { trigger } = (await it.ask('POST', `${DEMO}/triggers`, { as: it.ben, body })).body as {
    trigger: Trigger
  }
  expect(trigger.origin).toBeNull()
  expect(await updateOf(trigger.id)).toBeNull()
  expect(await updateOf((await made('weekly-report', {})).id)).toBeNull()
})
