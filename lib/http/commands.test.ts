/** Commands of the chat over HTTP: what they do, what they refuse to guess, and who may. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eq } from 'drizzle-orm'
import { days, minutes } from '../clock.ts'
import type { CommandAnswer, Completion } from '../contract/command.ts'
import { type World, world } from './testing/world.ts'

let it: World
const ids: Record<string, number> = {}
const schedule = { agentId: 'test-agent', cronExpression: '0 9 * * *', timezone: 'UTC' }
beforeAll(async () => {
  it = await world()
  for (const name of ['Daily Summary', 'Daily Check', 'Weekly', 'Twin', 'twin']) {
    const { body } = await it.ask('POST', '/workspace/demo/triggers', {
      as: it.ada,
      body: { ...schedule, name },
    })
    ids[name] = (body.trigger as { id: number }).id
  }
})
afterAll(() => it.close())

const say = (text: string, { as = it.ben, timezone }: { as?: string; timezone?: string } = {}) =>
  it.ask('POST', '/workspace/demo/commands', { as, body: { text, ...(timezone && { timezone }) } })
const answer = async (text: string, timezone?: string) => {
  const { status, body } = await say(text, timezone ? { timezone } : {})
  expect([text, status]).toEqual([text, 200])
  return body as unknown as CommandAnswer
}
const completions = async (prefix: string) => {
  const path = `/workspace/demo/commands?prefix=${encodeURIComponent(prefix)}`
  return (await it.ask('GET', path, { as: it.ben })).body.completions as Completion[]
}
async function made(body: object) {
  const answered = await it.ask('POST', '/workspace/demo/triggers', {
    as: it.ada,
    body: { ...schedule, ...body },
  })
  expect([answered.status, answered.text]).toEqual([201, expect.anything()])
  return answered.body.trigger as { id: number }
}
const remove = (id: number) => it.ask('DELETE', `/workspace/demo/triggers/${id}`, { as: it.ada })
const trigger = async (name: string) =>
  (await it.ask('GET', `/workspace/demo/triggers/${ids[name]}`, { as: it.ada })).body.trigger as Record<
    string,
    unknown
  >

test('a schedule is run, paused until a day of the person’s zone, and resumed, as by the API', async () => {
  const run = await answer('/run weekly')
  expect(run).toMatchObject({ done: { kind: 'execution' }, choices: [], problem: null })
  const path = `/workspace/demo/executions/${run.done?.id}`
  const made = (await it.ask('GET', path, { as: it.ada })).body.execution
  expect(made).toMatchObject({ kind: 'manual', triggerId: ids.Weekly, requestedBy: { name: 'Ben' } })

  const paused = await answer('/pause Daily Summary until monday because of the holidays', 'Europe/Berlin')
  expect(paused.done).toEqual({ kind: 'trigger', id: ids['Daily Summary'] })
  expect(paused.echo).toMatch(
    /Daily Summary\*\* is paused until Monday.* 00:00 \(Europe\/Berlin\): of the holidays/,
  )
  const resting = await trigger('Daily Summary')
  expect(resting).toMatchObject({ enabled: false, pausedReason: expect.stringContaining('of the holidays') })
  const until = new Date(String(resting.pausedUntil))
  const local = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone: 'Europe/Berlin', weekday: 'long', hour: '2-digit', minute: '2-digit' },
  }).format(until)
  expect(local).toBe('Monday 00:00')
  expect((await answer('/resume daily s')).echo).toContain('goes on. It runs next')
  expect(await trigger('Daily Summary')).toMatchObject({ enabled: true, pausedUntil: null })
})

test('the zone that a person has set stands above what the browser sends', async () => {
  expect((await it.ask('PUT', '/me', { as: it.ben, body: { timezone: 'Asia/Tokyo' } })).status).toBe(200)
  expect((await answer('/pause weekly until monday', 'Europe/Berlin')).echo).toContain('00:00 (Asia/Tokyo)')
  await it.ask('PUT', '/me', { as: it.ben, body: { timezone: null } })
  await answer('/resume weekly')
})

test('what is unknown or may mean several changes nothing, and is answered with what may be meant', async () => {
  const before = await trigger('Daily Check')
  const several = await answer('/pause daily until monday')
  expect(several).toMatchObject({ done: null, problem: expect.stringContaining('“daily” may mean several') })
  expect(several.choices).toEqual([
    { text: '/pause Daily Check until monday', label: 'Daily Check' },
    { text: '/pause Daily Summary until monday', label: 'Daily Summary' },
  ])
  const twins = await answer('/run twin')
  expect(twins.choices.map(({ text }) => text).sort()).toEqual(
    [`/run #${ids.Twin}`, `/run #${ids.twin}`].sort(),
  )
  expect((await answer(`/run #${ids.twin}`)).done).toMatchObject({ kind: 'execution' })
  const unknown = await answer('/run wekly')
  expect(unknown).toMatchObject({ done: null, problem: 'There is no schedule “wekly” here.' })
  expect(unknown.choices).toContainEqual({ text: '/run Weekly', label: 'Weekly' })
  expect((await answer('/rnu weekly')).problem).toContain('no command “/rnu”')
  expect((await answer('run weekly')).problem).toContain('begins with “/”')
  expect((await answer('/pause weekly until someday')).problem).toContain('no time that is known')
  expect(await trigger('Daily Check')).toEqual(before)
  expect(await trigger('Weekly')).toMatchObject({ enabled: true })
})

test('what was asked for is told, planned, cancelled and explained', async () => {
  expect((await answer('/schedules dai')).echo).toMatch(/Daily Summary.*next/)
  expect((await answer('/next')).echo).toContain('**Weekly**')
  expect((await answer('/next weekly')).echo).toContain('at 09:00 (UTC)')
  expect((await answer('/help')).echo).toContain('/approve')
  expect((await answer('/why weekly at tomorrow 09:00')).echo).toMatch(/^\*\*Weekly\*\*: .+/)
  const cancelled = await answer('/cancel weekly')
  expect(cancelled.done).toMatchObject({ kind: 'execution' })
  expect((await answer('/cancel weekly')).problem).toBe('Nothing of “Weekly” runs or waits.')
  expect((await answer('/cancel #999999')).problem).toContain('no such run')
})

test('what is asked in the person’s zone and answered in the schedule’s says so; without a time it is the newest', async () => {
  const one = await made({ name: 'Karachi', timezone: 'Asia/Karachi', cronExpression: '0 9 * * *' })
  const there = await answer('/why karachi at tomorrow at 9', 'Europe/Berlin')
  expect(there.echo).toMatch(/not planned.* Times are those of Asia\/Karachi\.$/)
  expect((await answer('/why karachi at tomorrow at 9', 'Asia/Karachi')).echo).not.toContain('Times are')
  // It has had none yet: the next, at 09:00 of its zone.
  expect((await answer('/why karachi', 'Asia/Karachi')).echo).toMatch(/^\*\*Karachi\*\*: [^,]+, 09:00 /)
  const { store, clock } = it.carillon
  const { triggers } = store.t
  const weekAgo = clock.now().getTime() - days(7)
  await store.q.update(triggers).set({ createdAt: weekAgo }).where(eq(triggers.id, one.id))
  const newest = (await answer('/why karachi', 'Asia/Karachi')).echo
  expect(newest).toMatch(/^\*\*Karachi\*\*: [^,]+, 09:00 /)
  await remove(one.id)
})

test('of one that is over it is said', async () => {
  const { clock } = it.carillon
  const at = new Date(clock.now().getTime() + minutes(5)).toISOString()
  const one = await made({ name: 'Soon over', kind: 'once', at, cronExpression: undefined })
  expect((await answer('/next soon over')).echo).toContain('runs next')
  const { store } = it.carillon
  const { triggers } = store.t
  const past = clock.now().getTime() - minutes(5)
  await store.q
    .update(triggers)
    .set({ at: past, nextRunAt: null, dueAt: null })
    .where(eq(triggers.id, one.id))
  const over = '**Soon over** is over: nothing more of it is planned.'
  expect((await answer('/next soon over')).echo).toBe(over)
  expect((await answer('/resume soon over')).echo).toBe(over)
  expect((await answer('/schedules soon')).echo).toBe('- **Soon over** – over')
  await remove(one.id)
})

test('times are said by the clock and in the language of the person', async () => {
  await it.ask('PUT', '/me', { as: it.ben, body: { clock: '12', language: 'de', timezone: 'UTC' } })
  expect((await answer('/pause weekly until tomorrow at 9pm')).echo).toMatch(/Weekly.* um 09:00 PM \(UTC\)/)
  await it.ask('PUT', '/me', { as: it.ben, body: { clock: null, language: null, timezone: null } })
  await answer('/resume weekly')
})

test('an approval is given by its number or its schedule, and never by guessing', async () => {
  expect((await answer('/approve')).problem).toBe('Nothing waits for a decision.')
  const { id: executionId } = (await answer('/run daily check')).done as { id: number }
  const { store, clock } = it.carillon
  const { approvals, executions } = store.t
  await store.q.update(executions).set({ status: 'waiting' })
  const now = clock.now().getTime()
  const [row] = await store.q
    .insert(approvals)
    .values({
      ...{ workspaceId: (await trigger('Weekly')).workspaceId as number, executionId },
      ...{ triggerId: ids['Daily Check'] as number, place: '1.1', kind: 'tool', tool: 'http_request' },
      ...{ arguments: '{}', argumentsHash: 'x', summary: 'GET example.com', why: 'rule' },
      ...{ requestedAt: now, expiresAt: now + minutes(1), onExpiry: 'fail' },
      ...{ requiredRole: 'editor', requireOther: false },
    })
    .returning()
  const asked = await answer('/approve')
  expect(asked).toMatchObject({ done: null, choices: [{ text: `/approve #${row?.id}` }] })
  const key = await it.key('editor', 'demo')
  expect((await say(`/approve #${row?.id}`, { as: key })).status).toBe(403)
  const found = await completions('/approve ')
  expect(found).toEqual([
    { text: `/approve #${row?.id} `, label: 'Daily Check', description: 'GET example.com' },
  ])
  expect(await completions('/approve dai')).toEqual(found)
  expect(await completions('/approve weekly')).toEqual([])
  expect((await answer('/approve daily')).done).toEqual({ kind: 'approval', id: row?.id })
})

test('a viewer commands nothing, but may look what there is', async () => {
  const viewer = await it.key('viewer', 'demo')
  expect((await say('/run Weekly', { as: viewer })).status).toBe(403)
  const complete = async (prefix: string) => {
    const path = `/workspace/demo/commands?prefix=${encodeURIComponent(prefix)}`
    return ((await it.ask('GET', path, { as: viewer })).body.completions as Completion[]).map(
      ({ text }) => text,
    )
  }
  expect(await complete('/r')).toEqual(['/run ', '/resume '])
  expect(await complete('/pause da')).toEqual(['/pause Daily Check ', '/pause Daily Summary '])
  expect(await complete('ask @test')).toEqual(['ask @test-agent '])
  expect(await complete('look at this, @AD')).toEqual(['look at this, @Ada '])
  expect(await complete('@b')).toContain('@Ben ')
  expect(await complete('hello')).toEqual([])
})

test('a completion means the schedule that it names', async () => {
  const odd = await made({ name: '#12' })
  const twins = (await completions('/run twin')).map(({ text }) => text).sort()
  expect(twins).toEqual([`/run #${ids.Twin} `, `/run #${ids.twin} `].sort())
  expect(await completions('/run #12')).toContainEqual(
    expect.objectContaining({ text: `/run #${odd.id} `, label: '#12' }),
  )
  // “#12” is a run there.
  const [cancel] = (await completions('/cancel #1')).filter(({ label }) => label === '#12')
  expect(cancel?.text).toBe(`/cancel schedule #${odd.id} `)
  expect((await answer(cancel?.text.trim() ?? '')).problem).toBe('Nothing of “#12” runs or waits.')
  expect((await completions('/run "dai')).map(({ text }) => text)).toEqual([
    '/run Daily Check ',
    '/run Daily Summary ',
  ])
  expect((await answer('/cancel twin')).choices.map(({ text }) => text).sort()).toEqual(
    [`/cancel schedule #${ids.Twin}`, `/cancel schedule #${ids.twin}`].sort(),
  )
  await remove(odd.id)
})

test('sixty a minute are enough for anybody', async () => {
  const cleo = () => it.ask('POST', '/workspace/other/commands', { as: it.cleo, body: { text: '/help' } })
  const statuses: number[] = []
  for (let n = 0; n < 61; n++) statuses.push((await cleo()).status)
  expect(statuses.slice(0, 60).every((status) => status === 200)).toBe(true)
  expect(statuses[60]).toBe(429)
})
