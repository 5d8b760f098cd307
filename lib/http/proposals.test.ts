/** Schedules in words over HTTP: what they come to, that nothing is planned before, and that one is made once. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSqlite } from '#db/sqlite/index.ts'
import type { Store } from '#db/store.ts'
import { type FakeModel, fakeModel } from '../agents/testing/fake-model.ts'
import { hours } from '../clock.ts'
import type { LiveEvent } from '../contract/event.ts'
import type { Message } from '../contract/message.ts'
import type { Now } from '../contract/overview.ts'
import type { Proposal } from '../contract/proposal.ts'
import type { Trigger } from '../contract/trigger.ts'
import { type World, world } from './testing/world.ts'

/** Done once rows were read, and before their reader has them. */
let onRead: (rows: readonly unknown[]) => Promise<void> = async () => {}
let it: World
let fake: FakeModel
beforeAll(async () => {
  const inner = await openSqlite({ file: ':memory:' })
  const all = (async (statement) => {
    const rows = await inner.all(statement)
    await onRead(rows)
    return rows
  }) as Store['all']
  it = await world({ ALLOWED_PRIVATE_NETWORKS: '127.0.0.1' }, { ...inner, all })
  fake = await fakeModel()
})
afterAll(async () => {
  await it.close()
  await fake.close()
})

const DEMO = '/workspace/demo'
const say = (text: string, more: object = {}, as = it.ben) =>
  it.ask('POST', `${DEMO}/proposals`, { as, body: { text, ...more } })
async function proposed(text: string, more: object = {}): Promise<Proposal> {
  const { status, body } = await say(text, more)
  expect([text, status, body]).toEqual([text, 201, expect.anything()])
  return body.proposal as Proposal
}
async function refused(text: string): Promise<string> {
  const { status, body } = await say(text)
  expect([text, status]).toEqual([text, 422])
  return ((body.errors ?? []) as { path: string; message: string }[]).map(({ message }) => message).join(' ')
}
const confirm = (id: number, body: object = {}, as = it.ada) =>
  it.ask('POST', `${DEMO}/proposals/${id}/confirm`, { as, body })
const schedules = async () =>
  (await it.ask('GET', `${DEMO}/triggers`, { as: it.ada })).body.triggers as Trigger[]
const events = async () =>
  ((await it.ask('GET', `${DEMO}/events?limit=500`, { as: it.ada })).body.events as LiveEvent[]).filter(
    ({ type }) => type.startsWith('proposal:'),
  )

const OVERNIGHT = 'every weekday at 9 summarise what came in overnight'

test('words become a proposal with its next runs, and nothing is planned by it', async () => {
  const it = await proposed(OVERNIGHT, { timezone: 'Europe/Berlin' })
  expect(it).toMatchObject({
    text: OVERNIGHT,
    source: 'grammar',
    trigger: {
      ...{ name: 'Summarise what came in overnight', kind: 'schedule', cronExpression: '0 9 * * 1-5' },
      ...{ agentId: 'summary-agent', agentType: 'system', timezone: 'Europe/Berlin', description: OVERNIGHT },
    },
    humanReadable: 'At 09:00, Monday through Friday (Europe/Berlin)',
    forecast: { runsPerMonth: expect.any(Number), basis: 'none' },
    proposedBy: { name: 'Ben' },
    ...{ confirmedBy: null, triggerId: null },
  })
  expect(it.next).toHaveLength(5)
  expect(it.instants[0]?.local).toMatch(/09:00$/)
  expect(Date.parse(it.expiresAt) - Date.parse(it.createdAt)).toBe(hours(24))
  expect(await schedules()).toEqual([])
})

test('it is confirmed once, by whoever answers for it, and told live', async () => {
  const { id } = await proposed('every 2 hours summarise the week')
  const both = await Promise.all([confirm(id), confirm(id, {}, it.ben)])
  expect(both.map(({ status }) => status).sort()).toEqual([201, 409])
  const made = both.find(({ status }) => status === 201)?.body.trigger as Trigger
  expect(made).toMatchObject({ name: 'Summarise the week', cronExpression: '0 */2 * * *', enabled: true })
  const late = await confirm(id)
  expect([late.status, late.body.detail]).toEqual([409, expect.stringMatching(/(Ada|Ben) has confirmed/)])
  const again = await it.ask('GET', `${DEMO}/proposals/${id}`, { as: it.ada })
  expect(again.body.proposal).toMatchObject({ triggerId: made.id, confirmedBy: { name: expect.any(String) } })
  expect((await schedules()).map((one) => one.id)).toEqual([made.id])
  const told = (await events()).filter(({ proposalId }) => proposalId === id)
  expect(told.map(({ type, scheduleId }) => [type, scheduleId])).toEqual([
    ['proposal:created', undefined],
    ['proposal:confirmed', made.id],
  ])
  const audit = await it.ask('GET', `${DEMO}/audit?action=proposal.confirm`, { as: it.ada })
  expect(audit.body.entries).toHaveLength(1)
})

test('what is changed takes the place of what was proposed, and is judged', async () => {
  const { id } = await proposed('tomorrow at 8 summarise the news', { timezone: 'UTC' })
  const bad = await confirm(id, { changes: { name: '' } })
  expect([bad.status, bad.body.errors]).toEqual([422, [expect.objectContaining({ path: 'changes.name' })]])
  const good = await confirm(id, {
    changes: { name: 'News', kind: 'schedule', cronExpression: '0 8 * * *', timezone: 'UTC' },
  })
  expect(good.body.trigger).toMatchObject({ name: 'News', kind: 'schedule', cronExpression: '0 8 * * *' })
})

test('after a day it cannot be confirmed any more', async () => {
  const { id } = await proposed(OVERNIGHT)
  it.clock.advance(hours(24))
  const { status, body } = await confirm(id)
  expect([status, body.detail]).toEqual([410, 'This proposal has expired, or was put away: say it again.'])
})

test('it is put away by an editor, once, and not where it is confirmed', async () => {
  const { id } = await proposed(OVERNIGHT)
  const put = (one: number, as = it.ada) => it.ask('DELETE', `${DEMO}/proposals/${one}`, { as })
  const first = await put(id)
  expect([first.status, first.body.proposal]).toEqual([200, expect.objectContaining({ confirmedBy: null })])
  expect((first.body.proposal as Proposal).expiresAt).toBe(it.clock.now().toISOString())
  expect((await put(id, it.ben)).status).toBe(200)
  expect((await confirm(id)).status).toBe(410)
  const told = (await events()).filter(({ proposalId }) => proposalId === id)
  expect(told.map(({ type }) => type)).toEqual(['proposal:created', 'proposal:dismissed'])
  const { id: taken } = await proposed(OVERNIGHT)
  expect((await confirm(taken)).status).toBe(201)
  expect((await put(taken)).status).toBe(409)
  expect((await put(9_999)).status).toBe(404)
})

test('one that is put away while somebody confirms it makes nothing', async () => {
  const { id } = await proposed(OVERNIGHT)
  const before = (await schedules()).length
  onRead = async (rows) => {
    if (!rows.some((row) => (row as { confirmedByName?: unknown }).confirmedByName !== undefined)) return
    onRead = async () => {}
    expect((await it.ask('DELETE', `${DEMO}/proposals/${id}`, { as: it.ben })).status).toBe(200)
  }
  const { status, body } = await confirm(id)
  expect([status, body.detail]).toEqual([410, 'This proposal has expired, or was put away: say it again.'])
  expect(await schedules()).toHaveLength(before)
})

test('what a preview says of it anyway stands apart from what only the words leave open', async () => {
  const { warnings, notes } = await proposed('every day at 2:30 summarise the week', {
    timezone: 'Europe/Berlin',
  })
  expect(warnings.slice(0, notes.length)).toEqual(notes)
  expect(notes.join(' ')).not.toContain('Europe/Berlin')
  expect(warnings.slice(notes.length).join(' ')).toContain('does not exist in Europe/Berlin')
})

test('a time zone that is said stands above the one of whoever says it', async () => {
  const there = await proposed('every day at 9 in New York summarise the chat', { timezone: 'Europe/Berlin' })
  expect(there.trigger).toMatchObject({ name: 'Summarise the chat', timezone: 'America/New_York' })
  expect(there.instants[0]?.local).toMatch(/09:00$/)
  expect(there.notes).toEqual(['“in New York” is taken as the time zone America/New_York.'])
  expect(await refused('every day at 9 CET summarise the chat')).toContain('such as Europe/Berlin')
})

test('an event of the workspace is waited for, by name where one is said', async () => {
  const { trigger, next, forecast } = await proposed(
    'when a document called menu is uploaded, sync it as a document',
  )
  expect(trigger).toMatchObject({
    kind: 'event',
    event: {
      types: ['document.uploaded'],
      filter: { path: 'data.documentName', op: 'contains', value: 'menu' },
    },
    agentId: 'doc-processor',
  })
  expect([next, forecast]).toEqual([[], null])
})

test('what an agent still needs is said beside it, and refused until it is there', async () => {
  expect((await proposed('every hour look for urgent mails in the inbox')).trigger.agentId).toBe(
    'email-monitor',
  )
  const web = await proposed('every hour call https://example.com/hook')
  expect(web.trigger).toMatchObject({
    agentId: 'webhook-caller',
    context: { url: 'https://example.com/hook' },
  })
  const place = { type: 'object', properties: { place: { type: 'string' } }, required: ['place'] }
  const gardener = { name: 'Gardener', instructions: 'Look at {{context.place}}.', input: place }
  const agent = await it.ask('POST', `${DEMO}/agents`, { as: it.ada, body: gardener })
  expect([agent.status, agent.text]).toEqual([201, expect.anything()])
  const { id, trigger, notes } = await proposed('every day at 7 ask Gardener to look around')
  expect(trigger).toMatchObject({ agentId: 'gardener', agentType: 'custom' })
  expect(notes.join(' ')).toContain('To be filled in: place')
  expect((await confirm(id)).status).toBe(422)
  expect((await confirm(id, { changes: { context: { place: 'the pond' } } })).status).toBe(201)
})

test('what is not understood is refused with what was, and with examples', async () => {
  expect(await refused('summarise the mail')).toMatch(/No words in it say when.*every weekday at 9/)
  expect(await refused('every weekday at 9 except on holidays summarise')).toMatch(
    /Understood: “every weekday at 9”.*except on holidays/,
  )
  expect(await refused('every day at 9 bake a cake')).toMatch(
    /No agent here fits “bake a cake”.*set up a model/,
  )
  expect(await refused('every day at 9')).toContain('does not say what is to be done')
  expect(await refused('when a document is uploaded summarise it every day at 9')).toContain(
    'a schedule for each',
  )
  expect(await refused('when a document is uploaded every weekday except on mondays summarise it')).toContain(
    'a schedule for each',
  )
  // Fields are none of theirs who said a sentence.
  const often = await say('every 2 seconds summarise the week')
  expect(often.body).toMatchObject({
    detail: expect.stringMatching(/^The interval is 2, less than the minimum interval/),
    errors: [{ path: 'text' }],
  })
  expect((await say('every 30 february summarise the week')).body.detail).toMatch(
    /^Understood: “every 30 february”\. There is no day 30 in February\./,
  )
  expect((await say('x'.repeat(501))).status).toBe(422)
  expect((await say(OVERNIGHT, { timezone: 'CET' })).status).toBe(422)
})

test('a workspace of others has none of it', async () => {
  const { id } = await proposed(OVERNIGHT)
  const other = await it.ask('GET', `/workspace/other/proposals/${id}`, { as: it.cleo })
  expect(other.status).toBe(404)
})

test('a command answers with a proposal, and a palette finds it', async () => {
  const { body } = await it.ask('POST', `${DEMO}/commands`, {
    as: it.ben,
    body: { text: `/plan ${OVERNIGHT}` },
  })
  expect(body).toMatchObject({
    done: { kind: 'proposal' },
    echo: expect.stringContaining('when you confirm it'),
  })
  const empty = await it.ask('POST', `${DEMO}/commands`, { as: it.ben, body: { text: '/plan' } })
  expect(empty.body).toMatchObject({ done: null, problem: expect.stringContaining('/plan every weekday') })
  const bad = await it.ask('POST', `${DEMO}/commands`, { as: it.ben, body: { text: '/plan the garden' } })
  expect(bad.body.problem).toMatch(/^No words in it say when/)
})

test('a model reads what the grammar does not: it gives the parts, the pattern is made here', async () => {
  const provider = { name: 'Fake', kind: 'openai-compatible', baseUrl: fake.url, defaultModel: 'small' }
  const root = await it.ask('POST', `${DEMO}/model-providers`, { as: it.ada, body: provider })
  expect([root.status, root.text]).toEqual([201, expect.anything()])
  const answer = (parts: object) => ({ calls: [{ name: 'plan', arguments: parts }] })

  fake.next = [
    answer({
      how: 'on_days',
      times: ['07:30', '19:30'],
      weekdays: ['Monday'],
      agentId: 'summary-agent',
      task: 'sum it all up',
    }),
  ]
  const read = await proposed('around seven thirty whenever a week begins: sum it all up', {
    timezone: 'Asia/Tokyo',
  })
  expect(read).toMatchObject({
    source: 'model',
    trigger: {
      cronExpression: '30 7,19 * * 1',
      timezone: 'Asia/Tokyo',
      agentId: 'summary-agent',
      name: 'Sum it all up',
    },
  })
  expect(read.warnings[0]).toContain('A model has read this')
  const told = JSON.stringify(fake.asked.at(-1)?.messages)
  expect(told).toContain('Never convert time zones and never write cron patterns')

  const parts = { how: 'on_days', times: ['09:00'], agentId: 'summary-agent', task: 'sum it up' }
  fake.next = [answer({ ...parts, timezone: 'europe/berlin' })]
  expect((await proposed('nine o’clock CET, whatever the day')).trigger.timezone).toBe('Europe/Berlin')
  fake.next = [answer({ ...parts, timezone: 'CET' })]
  expect(await refused('nine o’clock CET, whatever the day')).toContain('Unknown time zone "CET"')

  fake.next = [answer({ how: 'unclear', agentId: 'summary-agent' })]
  expect((await proposed('every day at 9 bake a cake')).trigger).toMatchObject({
    cronExpression: '0 9 * * *',
    agentId: 'summary-agent',
  })
  fake.next = [answer({ how: 'on_days', cron: '* * * * *', times: ['99:00'] })]
  expect(await refused('whenever you like it')).toContain('No words in it say when')
  fake.next = [{ text: 'I would rather talk.' }]
  expect(await refused('whenever you like it')).toContain('No words in it say when')
})

test('what an agent proposes stands in the chat, once, and is nobody’s before it is confirmed', async () => {
  const before = (await schedules()).length
  const { workspaces } = (await it.ask('GET', '/workspaces', { as: it.ada })).body as {
    workspaces: { id: number; slug: string }[]
  }
  const id = workspaces.find(({ slug }) => slug === 'demo')?.id as number
  const doings = it.carillon.doingsOf(id, 1)
  const wanted = {
    schedule: { name: 'Look again', agentId: 'test-agent', cronExpression: '0 9 * * *', timezone: 'UTC' },
    agent: { id: 'scout', name: 'Scout' },
    key: 'carillon-1-1',
  }
  const [one, two] = [await doings.proposeSchedule(wanted), await doings.proposeSchedule(wanted)]
  expect(one).toEqual(two)
  const feed = (await it.ask('GET', `${DEMO}/messages`, { as: it.ada })).body.messages as Message[]
  const said = feed.filter((one) => one.kind === 'notice' && one.text.includes('Look again'))
  expect(said).toHaveLength(1)
  expect(JSON.parse(said[0]?.response ?? '')).toMatchObject({ type: 'proposal', proposalId: one.proposalId })
  expect(await schedules()).toHaveLength(before)
  const waiting = async () => {
    const { now } = (await it.ask('GET', `${DEMO}/now`, { as: it.ada })).body as { now: Now }
    return now.proposals.map(({ id, name, proposedBy }) => [id, name, proposedBy])
  }
  // What a person has said and left is nobody's to decide.
  expect(await waiting()).toEqual([[one.proposalId, 'Look again', 'Scout']])
  const { body } = await confirm(one.proposalId)
  expect(await waiting()).toEqual([])
  expect(body.trigger).toMatchObject({ name: 'Look again', createdBy: expect.not.stringContaining('agent') })
  await expect(
    doings.proposeSchedule({ ...wanted, key: 'other', schedule: { ...wanted.schedule, agentId: 'nobody' } }),
  ).rejects.toThrow(/nobody/)
})
