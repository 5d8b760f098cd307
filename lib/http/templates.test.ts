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
  expect(templates.length).toBeGreaterThan(8)
  const one = await it.ask('GET', '/templates/daily-summary', { as: it.cleo })
  expect(one.body.template).toEqual(templates.find(({ id }) => id === 'daily-summary'))
  expect(one.body.template).toMatchObject({
    version: 1,
    needs: [{ kind: 'channel', optional: true }],
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
  ['what is no address', 'website-health', { url: 'example' }, 'input.url'],
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
      { path: 'context.emailRecipients', from: null, to: [] },
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

const MAILBOX = { host: 'imap.example.com', user: 'ada@example.com', password: 'very-secret' }

test.each<[string, string, object, string, RegExp]>([
  ['without a mailbox', 'urgent-mail', {}, 'secret', /^Fill in its mailbox .*resume it\.$/],
  ['without a calendar', 'meeting-preparation', {}, 'source', /address of its calendar/],
  ['without a page', 'page-change-watch', {}, 'source', /^Fill in the pages .*resume it\.$/],
  ['without a feed', 'feed-digest', {}, 'source', /^Fill in the feeds .*resume it\.$/],
  ['without an address', 'website-health', {}, 'source', /^Fill in the address .*resume it\.$/],
  ['without anything to read', 'nightly-document-sync', { uploads: false }, 'source', /what it reads/],
])('%s it is made, and paused with what to do as its reason', async (_name, id, input, kind, remedy) => {
  const { body } = await use(id, input)
  const { created, missing } = body as UsedTemplate
  expect(missing).toMatchObject([{ kind, optional: false, remedy: expect.stringMatching(remedy) }])
  const trigger = await triggerAt(created[0]?.id as number)
  expect(trigger).toMatchObject({ enabled: false, health: 'paused', nextRunAt: null })
  expect(trigger.pausedReason).toMatch(remedy)
})

test('what was missing is filled in as in any schedule, which is then resumed', async () => {
  const { id, context } = await made('urgent-mail', {})
  const full = { ...context, mailbox: MAILBOX }
  const at = `${DEMO}/triggers/${id}`
  expect((await it.ask('PUT', at, { as: it.ben, body: { context: full } })).status).toBe(200)
  const { body } = await it.ask('POST', `${at}/toggle`, { as: it.ben, body: { enabled: true } })
  expect(body.trigger).toMatchObject({ enabled: true, pausedReason: null, nextRunAt: expect.any(String) })
})

test('without a server for its mail it is told in the chat: what is missing is said, and nothing is paused', async () => {
  const { body } = await use('daily-summary', { emailRecipients: ['team@example.com'] })
  const { created, missing } = body as UsedTemplate
  expect(missing).toMatchObject([
    {
      kind: 'channel',
      name: 'a mail server',
      optional: true,
      remedy: expect.stringMatching(/in the chat only/),
    },
  ])
  const trigger = await triggerAt(created[0]?.id as number)
  expect(trigger).toMatchObject({ enabled: true, pausedReason: null, nextRunAt: expect.any(String) })
})

test('with a mail server nothing is missing', async () => {
  const settings = { host: 'mail.example.com', from: 'carillon@example.com' }
  const path = `${DEMO}/mail-settings`
  await it.ask('PUT', path, { as: it.ada, body: settings })
  const { body } = await use('weekly-report', { emailRecipients: ['team@example.com'] })
  await it.ask('DELETE', path, { as: it.ada })
  expect((body as UsedTemplate).missing).toEqual([])
})

test('half of a mailbox is refused at the field that is not filled in', async () => {
  const { status, body } = await use('urgent-mail', { mailbox: { host: 'imap.example.com', user: 'ada' } })
  expect([status, body.errors]).toEqual([422, [{ path: 'input.mailbox.password', message: 'is needed too' }]])
})

test('a secret that is filled in is in no answer, no row and no log, and an update leaves it as it is', async () => {
  const dry = await use('urgent-mail', { mailbox: MAILBOX }, { dryRun: true })
  const tried = await it.ask('POST', `${DEMO}/templates/urgent-mail/try`, {
    as: it.ben,
    body: { input: { mailbox: MAILBOX } },
  })
  expect([dry.status, tried.status]).toEqual([200, 202])
  const { id } = await made('urgent-mail', { mailbox: MAILBOX })
  const { store } = it.carillon
  const { triggers } = store.t
  const before = await store.q.select().from(triggers).where(eq(triggers.id, id))
  await store.q
    .update(triggers)
    .set({ origin: (before[0]?.origin ?? '').replace('"version":1', '"version":0').replace('"24h"', '"1h"') })
    .where(eq(triggers.id, id))
  expect((await it.ask('POST', updateAt(id), { as: it.ben })).status).toBe(200)
  const after = await store.q.select().from(triggers).where(eq(triggers.id, id))
  const passwordIn = (rows: typeof after) => JSON.parse(rows[0]?.context ?? '{}').mailbox.password
  expect(passwordIn(after)).toBe(passwordIn(before))
  const executions = await store.q.select().from(store.t.executions)
  const told = [dry.text, tried.text, JSON.stringify([before, after, executions]), it.log.join('')]
  for (const text of told) expect(text).not.toContain('very-secret')
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
