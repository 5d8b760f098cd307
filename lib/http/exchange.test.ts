/** A workspace as a document, through the real routes, on both databases. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { type Opened, stores } from '#db/testing/stores.ts'
import type { ImportPlan, Imported } from '../contract/exchange.ts'
import { type World, world } from './testing/world.ts'

type Values = Record<string, unknown>
type Document = { version: 1 } & Record<string, Values[]>

describe.each(stores)('on $name', ({ open }) => {
  let it: World
  let opened: Opened
  beforeAll(async () => {
    opened = await open()
    it = await world({}, { ...opened.store, close: async () => {} })
  })
  afterAll(async () => {
    await it.close()
    await opened.close()
  })

  let spaces = 0
  /** A workspace of its own, of which Ada is no member, and root is the administrator. */
  async function space(): Promise<string> {
    const slug = `space-${++spaces}`
    await made('/workspaces', { name: slug, slug })
    return slug
  }
  const ask = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown, headers = {}) =>
    it.ask(method, path, { as: it.root, body, headers })
  async function made(path: string, body: unknown): Promise<Values> {
    const answer = await ask('POST', path, body)
    expect([path, answer.status, answer.text]).toEqual([path, 201, expect.anything()])
    return Object.values(answer.body)[0] as Values
  }
  async function exportOf(slug: string): Promise<Document> {
    const { text } = await ask('GET', `/workspace/${slug}/export`, undefined, { accept: 'application/json' })
    return JSON.parse(text) as Document
  }
  const planned = (slug: string, document: unknown, prune = false) =>
    ask('POST', `/workspace/${slug}/import`, { document, prune })
  async function plan(slug: string, document: unknown, prune = false): Promise<ImportPlan> {
    const answer = await planned(slug, document, prune)
    expect([answer.status, answer.text]).toEqual([200, expect.anything()])
    return answer.body as ImportPlan
  }
  const apply = (slug: string, { planId }: ImportPlan) =>
    ask('POST', `/workspace/${slug}/import/${planId}/apply`)
  async function applied(slug: string, document: unknown, prune = false): Promise<Imported> {
    const it = await plan(slug, document, prune)
    expect(it).toMatchObject({ problems: [], missing: [] })
    const answer = await apply(slug, it)
    expect([answer.status, answer.text]).toEqual([200, expect.anything()])
    return answer.body as Imported
  }
  const inKinds = (list: { kind: string; key: string }[]) =>
    list.map((one) => `${one.kind} ${one.key}`).sort()

  /** One of each kind, which name each other. */
  async function furnished(): Promise<string> {
    const slug = await space()
    const at = (path: string) => `/workspace/${slug}${path}`
    await ask('PUT', at('/secrets/HOOK_URL'), { value: 'https://hooks.slack.com/services/T/B/x' })
    const days = await made(at('/calendars'), { name: 'Days off', dates: ['2027-01-01', '2026-12-25'] })
    const feed = await made(at('/sources'), {
      ...{ name: 'News', kind: 'feed', everySeconds: 600, config: { url: 'https://example.com/feed.xml' } },
    })
    const channel = await made(at('/channels'), {
      ...{ key: 'ops', name: 'Operations', kind: 'slack', config: { url: { secret: 'HOOK_URL' } } },
    })
    await made(at('/agents'), { name: 'Reporter', instructions: 'Say what is new: {{context.topic}}.' })
    const report = await made(at('/triggers'), {
      ...{ name: 'Morning report', agentId: 'reporter', agentType: 'custom', cronExpression: '0 9 * * 1-5' },
      ...{ timezone: 'Europe/Berlin', context: { topic: 'no' }, calendars: [days.id] },
    })
    const heard = { types: ['feed.item'], sourceIds: [feed.id] }
    await made(at('/triggers'), { name: 'On news', agentId: 'test-agent', kind: 'event', event: heard })
    await made(at('/triggers'), {
      ...{ name: 'After it', agentId: 'test-agent', kind: 'event' },
      event: { types: ['execution.failed'], triggerIds: [report.id] },
    })
    await made(at('/triggers'), {
      ...{ name: 'Called', agentId: 'test-agent', kind: 'webhook', webhook: { scheme: 'token' } },
    })
    await made(at('/delivery-rules'), { channelId: channel.id, triggerIds: [report.id], on: ['failure'] })
    const budgets = [
      { scope: 'workspace', period: 'month', tokens: 1_000_000 },
      { scope: 'agent', scopeId: 'reporter', tokens: 5000 },
      { scope: 'trigger', scopeId: report.id, tokens: 100, over: 'ask' },
    ]
    expect((await ask('PUT', at('/budgets'), { budgets })).status).toBe(200)
    return slug
  }

  test('says everything by keys, sorted, without ids and secrets, and imports elsewhere to the same', async () => {
    const slug = await furnished()
    const yaml = await ask('GET', `/workspace/${slug}/export`)
    expect(yaml.headers.get('content-type')).toBe('application/yaml')
    expect(yaml.headers.get('content-disposition')).toContain(`${slug}.yaml`)
    expect(yaml.text).not.toContain('hooks.slack.com')
    const document = await exportOf(slug)
    expect(document).toMatchObject({
      version: 1,
      triggers: [
        { key: 'after-it', kind: 'event', event: { triggerIds: ['morning-report'] } },
        { key: 'called', kind: 'webhook', webhook: { scheme: 'token' } },
        { key: 'morning-report', calendars: ['days-off'], agentId: 'reporter', context: { topic: 'no' } },
        { key: 'on-news', event: { sourceIds: ['news'] } },
      ],
      agents: [{ key: 'reporter', name: 'Reporter' }],
      channels: [{ key: 'ops', config: { url: { secret: 'HOOK_URL' } } }],
      rules: [{ key: 'tell-operations', channelId: 'ops', triggerIds: ['morning-report'], on: ['failure'] }],
      calendars: [{ key: 'days-off', dates: ['2026-12-25', '2027-01-01'] }],
      sources: [{ key: 'news', kind: 'feed' }],
    })
    expect(document.budgets).toMatchObject([
      { key: 'morning-report-day', scopeId: 'morning-report' },
      { key: 'reporter-day', scopeId: 'reporter' },
      { key: 'workspace-month', scope: 'workspace' },
    ])
    expect(JSON.stringify(document)).not.toMatch(/"(id|workspaceId|createdAt|createdBy)":/)

    const there = await space()
    const first = await plan(there, yaml.text)
    expect(first).toMatchObject({
      problems: [],
      missing: [{ kind: 'secret', name: 'HOOK_URL', path: 'channels.0.config.url' }],
      ...{ change: [], delete: [], unchanged: [] },
    })
    expect(first.create).toHaveLength(12)
    expect((await apply(there, first)).body).toMatchObject({
      status: 422,
      errors: [{ path: 'channels.0.config.url', message: expect.stringContaining('HOOK_URL') }],
    })
    expect(await exportOf(there)).toEqual({ version: 1, ...NOTHING })

    await ask('PUT', `/workspace/${there}/secrets/HOOK_URL`, {
      value: 'https://hooks.slack.com/services/T/B/y',
    })
    const answer = await apply(there, first)
    expect([answer.status, answer.text]).toEqual([200, expect.anything()])
    expect(answer.body).toMatchObject({
      once: [{ kind: 'trigger', key: 'called', secret: expect.anything() }],
    })
    expect(await exportOf(there)).toEqual(document)
    expect((await ask('GET', `/workspace/${there}/triggers`)).body.triggers).toHaveLength(4)
  })
  const NOTHING = {
    ...{ triggers: [], agents: [], channels: [], rules: [], calendars: [], budgets: [], sources: [] },
  }

  test('makes, changes and deletes just what it said, with revisions, entries and an event', async () => {
    const slug = await furnished()
    const document = await exportOf(slug)
    const triggers = document.triggers?.map((one) =>
      one.key === 'morning-report'
        ? { ...one, cronExpression: '0 8 * * 1-5', calendars: ['days-off', 'more'] }
        : one,
    )
    const next = {
      ...document,
      triggers: [
        ...(triggers ?? []),
        { key: 'new', name: 'New', agentId: 'test-agent', cronExpression: '0 1 * * *' },
      ],
      calendars: [...(document.calendars ?? []), { key: 'more', name: 'More', dates: ['2027-05-01'] }],
      rules: [],
    }
    const it2 = await plan(slug, stringify(next), true)
    expect(it2).toMatchObject({
      problems: [],
      create: [
        { kind: 'trigger', key: 'new', name: 'New' },
        { kind: 'calendar', key: 'more' },
      ],
      change: [
        {
          ...{ kind: 'trigger', key: 'morning-report' },
          changes: [
            { path: 'cronExpression', from: '0 9 * * 1-5', to: '0 8 * * 1-5' },
            { path: 'calendars', from: ['days-off'], to: ['days-off', 'more'] },
          ],
        },
      ],
      delete: [{ kind: 'rule', key: 'tell-operations' }],
    })
    expect(it2.unchanged).toHaveLength(10)
    expect(await exportOf(slug)).toEqual(document)
    const answer = await apply(slug, it2)
    expect(answer.body).toMatchObject({
      changed: [{ kind: 'trigger', key: 'morning-report' }],
      deleted: [{ kind: 'rule', key: 'tell-operations' }],
    })
    const [changed] = (answer.body as unknown as Imported).changed
    const { revisions } = (await ask('GET', `/workspace/${slug}/triggers/${changed?.id}/revisions`)).body
    expect(revisions).toMatchObject([
      { revision: 2, changes: [{ path: 'cronExpression' }, { path: 'calendars' }] },
      {},
    ])
    const { entries } = (await ask('GET', `/workspace/${slug}/audit`)).body as { entries: Values[] }
    const since = entries.findIndex((one) => one.action === 'import.apply')
    expect(
      entries
        .slice(0, since + 1)
        .map((one) => one.action)
        .sort(),
    ).toEqual([...['calendar.create', 'import.apply', 'rule.delete', 'trigger.create', 'trigger.update']])
    const { events } = (await ask('GET', `/workspace/${slug}/events?since=0`)).body as { events: Values[] }
    expect(events.at(-1)).toMatchObject({
      type: 'import:applied',
      imported: { created: 2, changed: 1, deleted: 1 },
    })
    expect((await apply(slug, it2)).status).toBe(409)
    expect((await plan(slug, await exportOf(slug))).unchanged).toHaveLength(13)
  })

  test('a secret that a document says in plain words stands nowhere in plain words', async () => {
    const slug = await furnished()
    const { channels = [], agents = [] } = await exportOf(slug)
    const told = 'https://hooks.slack.com/services/T/B/plain'
    const [ops, reporter] = [channels[0] as Values, agents[0] as Values]
    const change = {
      channels: [{ ...ops, name: 'Ops', config: { url: told } }],
      agents: [{ ...reporter, name: 'Writer' }],
    }
    const planned = await plan(slug, { version: 1, ...change })
    const kept = await opened.store.q.select().from(opened.store.t.importPlans)
    expect(JSON.stringify(kept)).not.toContain('B/plain')
    expect((await apply(slug, planned)).status).toBe(200)
    const { text } = await ask('GET', `/workspace/${slug}/audit`)
    const { entries } = JSON.parse(text) as { entries: Values[] }
    expect(text).not.toContain('B/plain')
    expect(entries.find((one) => one.action === 'channel.update')).toMatchObject({
      changes: expect.arrayContaining([
        { path: 'name', from: 'Operations', to: 'Ops' },
        expect.objectContaining({ path: expect.stringContaining('config'), to: expect.anything() }),
      ]),
    })
    expect(entries.find((one) => one.action === 'agent.update')).toMatchObject({
      changes: [{ path: 'name', from: 'Reporter', to: 'Writer' }],
    })
  })

  test('refuses what was changed since, what is too old, and what is nobody’s', async () => {
    const slug = await space()
    const trigger = { key: 'a', name: 'A', agentId: 'test-agent', cronExpression: '0 9 * * *' }
    await applied(slug, { version: 1, triggers: [trigger] })
    const change = { version: 1, triggers: [{ ...trigger, name: 'B' }] }
    const stale = await plan(slug, change)
    const [one] = (await ask('GET', `/workspace/${slug}/triggers`)).body.triggers as {
      id: number
      key: string
    }[]
    await ask('PUT', `/workspace/${slug}/triggers/${one?.id}`, { description: 'by hand' })
    const refused = await apply(slug, stale)
    expect([refused.status, refused.body.detail]).toEqual([409, expect.stringContaining('trigger a')])
    const old = await plan(slug, change)
    // The clock of several servers is their database's.
    await opened.store.q.update(opened.store.t.importPlans).set({ expiresAt: 0 })
    expect((await apply(slug, old)).status).toBe(410)
    expect((await apply(slug, { planId: crypto.randomUUID() } as ImportPlan)).status).toBe(404)
    const other = await space()
    expect((await apply(other, await plan(slug, change))).status).toBe(404)
  })

  test('one thing that cannot be done leaves nothing done', async () => {
    const slug = await space()
    const document = {
      version: 1,
      calendars: [{ key: 'c', name: 'C', dates: [] }],
      triggers: [
        { key: 'often', name: 'Often', agentId: 'test-agent', kind: 'interval', everySeconds: 1 },
        { key: 'well', name: 'Well', agentId: 'test-agent', cronExpression: '0 9 * * *', calendars: ['c'] },
        { key: 'unheard', name: 'X', agentId: 'no-such', cronExpression: '0 9 * * *' },
        { key: 'well', name: 'Twice', agentId: 'test-agent', cronExpression: '0 9 * * *' },
        { key: 'No Slug', name: 'X', agentId: 'test-agent', cronExpression: '0 9 * * *' },
        { key: 'wrong', nam: 'X', agentId: 7 },
        { key: 'names', name: 'X', agentId: 'test-agent', cronExpression: '0 9 * * *', calendars: ['z'] },
      ],
      rules: [{ key: 'r', channelId: 'nowhere', on: ['failure'] }],
    }
    const it2 = await plan(slug, document)
    expect(it2.problems.map((one) => one.path).sort()).toEqual([
      ...[
        'rules.0.channelId',
        'triggers.0.everySeconds',
        'triggers.2.agentId',
        'triggers.3.key',
        'triggers.4.key',
      ],
      ...['triggers.5.agentId', 'triggers.5.nam', 'triggers.5.name', 'triggers.6.calendars.0'],
    ])
    expect((await apply(slug, it2)).status).toBe(422)
    expect(await exportOf(slug)).toEqual({ version: 1, ...NOTHING })
    expect((await ask('GET', `/workspace/${slug}/triggers`)).body.triggers).toEqual([])
  })

  test('what names each other in a circle is made all the same', async () => {
    const slug = await space()
    const hears = (key: string, of: string) => ({
      ...{ key, name: key, agentId: 'test-agent', kind: 'event' },
      event: { types: ['execution.completed'], triggerIds: [of] },
    })
    const document = { version: 1, triggers: [hears('a', 'c'), hears('b', 'a'), hears('c', 'b')] }
    const { created } = await applied(slug, document)
    expect(inKinds(created)).toEqual(['trigger a', 'trigger b', 'trigger c'])
    expect((await exportOf(slug)).triggers).toMatchObject(document.triggers)
  })

  test('keys are unique by kind, can be chosen, and stay when names change', async () => {
    const slug = await space()
    const at = (path: string) => `/workspace/${slug}${path}`
    const days = (name: string, key?: string) => ({ name, dates: [], ...(key && { key }) })
    const first = await made(at('/calendars'), days('Holidays'))
    const second = await made(at('/calendars'), days('Holidays'))
    expect([first.key, second.key]).toEqual(['holidays', 'holidays-2'])
    expect((await made(at('/calendars'), days('Ä', 'mine'))).key).toBe('mine')
    expect((await ask('POST', at('/calendars'), days('x', 'mine'))).body).toMatchObject({
      status: 422,
      errors: [{ path: 'key', message: expect.stringContaining('"mine"') }],
    })
    const change = (body: Values) => ask('PUT', at(`/calendars/${first.id}`), body)
    expect((await change({ name: 'Other' })).body).toMatchObject({ calendar: { key: 'holidays' } })
    expect((await change({ key: 'mine' })).status).toBe(422)
    expect((await change({ key: 'days' })).body).toMatchObject({ calendar: { key: 'days', name: 'Other' } })
    await ask('DELETE', at(`/calendars/${second.id}`))
    expect((await made(at('/calendars'), days('Holidays', 'holidays-2'))).key).toBe('holidays-2')
    expect(
      (await ask('POST', at('/agents'), { key: 'x', id: 'y', name: 'n', instructions: 'i' })).status,
    ).toBe(422)
  })

  const text = fc
    .string({ minLength: 1, maxLength: 20, unit: 'grapheme' })
    .map((one) => `n${one.replace(/\p{C}/gu, '')}`)
  const context = fc.dictionary(
    fc.constantFrom('a', 'no', '1', 'y'),
    fc.oneof(text, fc.integer(), fc.boolean()),
  )
  const generated = fc.record({
    calendars: fc.array(fc.record({ name: text }), { maxLength: 2 }),
    triggers: fc.array(
      fc.record({
        ...{ name: text, description: text, context, hour: fc.integer({ min: 0, max: 23 }) },
        ...{ enabled: fc.boolean(), onCalendar: fc.boolean(), retries: fc.integer({ min: 0, max: 5 }) },
      }),
      { maxLength: 4 },
    ),
  })
  test('an export of whatever there is, imported, changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(generated, async ({ calendars, triggers }) => {
        const slug = await space()
        const at = (path: string) => `/workspace/${slug}${path}`
        const ids: unknown[] = []
        await made(at('/agents'), { id: 'taker', name: 'Taker', instructions: 'Take it.' })
        for (const { name } of calendars) ids.push((await made(at('/calendars'), { name, dates: [] })).id)
        for (const { hour, onCalendar, ...one } of triggers)
          await made(at('/triggers'), {
            ...{ ...one, agentId: 'taker', agentType: 'custom', cronExpression: `5 ${hour} * * *` },
            calendars: onCalendar ? ids : [],
          })
        const { text: yaml } = await ask('GET', at('/export'))
        const it2 = await plan(slug, yaml, true)
        expect(it2).toMatchObject({ create: [], change: [], delete: [], missing: [], problems: [] })
        expect(it2.unchanged).toHaveLength(1 + calendars.length + triggers.length)
        const elsewhere = await space()
        await applied(elsewhere, yaml)
        expect((await ask('GET', `/workspace/${elsewhere}/export`)).text).toBe(yaml)
      }),
      { numRuns: 6, seed: 12 },
    )
  })
})
