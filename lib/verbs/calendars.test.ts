/** Calendars as people enter, change and delete them, through the real routes. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openSite, type Site } from '../agents/testing/site.ts'
import { type World, world } from '../http/testing/world.ts'

let it: World
let site: Site
beforeAll(async () => {
  it = await world({ ALLOWED_PRIVATE_NETWORKS: '127.0.0.1' })
  site = await openSite()
})
afterAll(async () => {
  await it.close()
  await site.close()
})

const ask = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown, as = it.ben) =>
  it.ask(method, `/workspace/demo/calendars${path}`, { as, body })
type Made = Record<string, unknown> & { id: number; revision: number }
async function made(body: Record<string, unknown>): Promise<Made> {
  const answer = await ask('POST', '', body)
  expect([answer.status, answer.text]).toEqual([201, expect.anything()])
  return answer.body.calendar as Made
}
const schedule = (calendars: number[], change: Record<string, unknown> = {}) => ({
  ...{ name: 'Report', agentId: 'test-agent', cronExpression: '0 9 * * *', calendars, ...change },
})
const plan = (body: Record<string, unknown>) =>
  it.ask('POST', '/workspace/demo/triggers', { as: it.ben, body })

const ics = (...events: string[][]) => ({
  type: 'text/calendar',
  body: [
    ...['BEGIN:VCALENDAR', 'VERSION:2.0'],
    ...events.flatMap((lines, n) => ['BEGIN:VEVENT', `UID:${n}`, 'SUMMARY:x', ...lines, 'END:VEVENT']),
    ...['END:VCALENDAR', ''],
  ].join('\r\n'),
})
const dayFromNow = (n: number) =>
  new Date(it.clock.now().getTime() + n * 86_400_000).toISOString().slice(0, 10)
const allDay = (day: string) => [`DTSTART;VALUE=DATE:${day.replaceAll('-', '')}`]
beforeEach(() => {
  site.pages['/off.ics'] = ics(allDay(dayFromNow(20)), allDay(dayFromNow(1000)))
})

test('days are kept in their order, each once', async () => {
  const calendar = await made({ name: ' Holidays ', dates: ['2027-01-01', '2026-12-25', '2027-01-01'] })
  expect(calendar).toMatchObject({
    ...{ name: 'Holidays', dates: ['2026-12-25', '2027-01-01'], icsUrl: null, host: null, status: 'ok' },
    ...{ lastCheckedAt: null, nextCheckAt: null, lastError: null, usedBy: [], revision: 1 },
  })
  expect((await ask('GET', '')).body).toMatchObject({ calendars: [{ id: calendar.id }], nextCursor: null })
  expect((await ask('POST', `/${calendar.id}/check`)).status).toBe(409)
  expect((await ask('DELETE', `/${calendar.id}`)).status).toBe(200)
  expect((await ask('GET', `/${calendar.id}`)).status).toBe(404)
})

test('what runs next is named without the instants that a calendar holds back', async () => {
  const calendar = await made({ name: 'Away', dates: [dayFromNow(1), dayFromNow(2)] })
  const cronExpression = `${new Date(it.clock.now().getTime() - 60_000).getUTCMinutes()} ${it.clock.now().getUTCHours()} * * *`
  const { body } = await plan(schedule([calendar.id], { name: 'Daily', cronExpression, timezone: 'UTC' }))
  const trigger = body.trigger as { id: number; nextRunAt: string }
  const expected = dayFromNow(3)
  expect(trigger.nextRunAt.slice(0, 10)).toBe(expected)
  const { body: listed } = await it.ask('GET', '/workspace/demo/triggers', { as: it.ben })
  const [found] = (listed.triggers as { id: number; nextRunAt: string }[]).filter(
    ({ id }) => id === trigger.id,
  )
  expect(found?.nextRunAt.slice(0, 10)).toBe(expected)
  const { body: now } = await it.ask('GET', '/workspace/demo/now', { as: it.ben })
  expect(
    (now.now as { upcoming: { triggerId: number }[] }).upcoming.filter((one) => one.triggerId === trigger.id),
  ).toEqual([])
  const { body: said } = await it.ask('POST', '/workspace/demo/commands', {
    as: it.ben,
    body: { text: '/next' },
  })
  expect(said.echo).toContain('Daily')
  await it.ask('DELETE', `/workspace/demo/triggers/${trigger.id}`, { as: it.ben })
})

const DAYS = Array.from({ length: 2001 }, (_, n) => new Date(n * 86_400_000).toISOString().slice(0, 10))
test.each([
  [{ name: 'x' }, 'dates', /is needed, or an address/],
  [{ name: 'x', dates: ['2026-12-25'], icsUrl: 'https://a.com/b.ics' }, 'icsUrl', /does not go with dates/],
  [{ name: 'x', dates: ['25.12.2026'] }, 'dates.0', /a day such as 2026-12-25/],
  [{ name: 'x', dates: ['2026-02-30'] }, 'dates.0', /a day such as/],
  [{ name: 'x', dates: ['1066-10-14'] }, 'dates.0', /from 1970 to 2199/],
  [{ name: 'x', dates: DAYS }, 'dates', /has 2,001 days: at most 2,000/],
  [{ name: '', dates: [] }, 'name', /must not be empty/],
  [{ name: 'x', icsUrl: 'ftp://a.com/b.ics' }, 'icsUrl', /an address such as/],
  [{ name: 'x', icsUrl: 'http://10.0.0.1/b.ics' }, 'icsUrl', /./],
  [{ name: 'x', icsUrl: '•••' }, 'icsUrl', /enter it/],
])('%j is refused at its field', async (body, path, message) => {
  const { status, body: said } = await ask('POST', '', body)
  expect([status, said.errors]).toEqual([422, [{ path, message: expect.stringMatching(message) }]])
})

test('an address is read at once, within its horizon, and never comes out again', async () => {
  const url = `${site.origin}/off.ics?token=swordfish`
  site.pages['/off.ics?token=swordfish'] = site.pages['/off.ics'] as (typeof site.pages)[string]
  const calendar = await made({ name: 'From the web', icsUrl: url })
  expect(calendar).toMatchObject({
    ...{ dates: [dayFromNow(20)], icsUrl: '•••', host: new URL(site.origin).host, status: 'ok' },
    ...{ lastCheckedAt: it.clock.now().toISOString(), nextCheckAt: expect.any(String) },
  })
  const { store } = it.carillon
  expect(JSON.stringify(await store.q.select().from(store.t.calendars))).not.toContain('swordfish')
  expect(it.log.join('')).not.toContain('swordfish')
  const renamed = await ask('PUT', `/${calendar.id}`, { name: 'Web', icsUrl: '•••', revision: 1 })
  expect(renamed.body.calendar).toMatchObject({ name: 'Web', dates: [dayFromNow(20)], revision: 2 })
  // Days take its place.
  const entered = await ask('PUT', `/${calendar.id}`, { dates: ['2026-12-25'] })
  expect(entered.body.calendar).toMatchObject({ dates: ['2026-12-25'], icsUrl: null, nextCheckAt: null })
})

test('one that cannot be read is kept, says why, and makes its triggers unready until it can', async () => {
  const calendar = await made({ name: 'Nowhere', icsUrl: `${site.origin}/none.ics` })
  expect(calendar).toMatchObject({ status: 'failing', dates: [], lastError: expect.stringContaining('404') })
  const { body } = await plan(schedule([calendar.id]))
  const id = (body.trigger as { id: number }).id
  const path = `/workspace/demo/triggers/${id}/readiness`
  const checks = async () => (await it.ask('GET', path, { as: it.ben })).body
  expect(await checks()).toMatchObject({
    ready: false,
    checks: expect.arrayContaining([
      expect.objectContaining({ kind: 'calendar', name: 'Nowhere', state: 'failing', code: 'unreachable' }),
    ]),
  })
  site.pages['/none.ics'] = ics(allDay(dayFromNow(5)))
  const mended = await ask('POST', `/${calendar.id}/check`)
  expect(mended.body.calendar).toMatchObject({ status: 'ok', dates: [dayFromNow(5)], lastError: null })
  expect(await checks()).toMatchObject({ ready: true })
  // Another address: until it was read, the days that are known go on counting.
  const moved = await ask('PUT', `/${calendar.id}`, { icsUrl: `${site.origin}/moved.ics` })
  expect(moved.body.calendar).toMatchObject({ status: 'failing', dates: [dayFromNow(5)] })
  expect(await checks()).toMatchObject({ ready: false })
})

test('a trigger that lets go of a calendar that fails is ready', async () => {
  const calendar = await made({ name: 'Gone', icsUrl: `${site.origin}/gone.ics` })
  const { body } = await plan(schedule([calendar.id]))
  const path = `/workspace/demo/triggers/${(body.trigger as { id: number }).id}`
  const unready = async () =>
    ((await it.ask('GET', path, { as: it.ben })).body.trigger as { unready: string | null }).unready
  while ((await unready()) === null) await new Promise((resolve) => setImmediate(resolve))
  await it.ask('PUT', path, { as: it.ben, body: { calendars: [] } })
  while ((await unready()) !== null) await new Promise((resolve) => setImmediate(resolve))
})

test('what a trigger names is answered, shown, and not deleted', async () => {
  const calendar = await made({ name: 'Used', dates: ['2026-12-25'] })
  const { body } = await plan(schedule([calendar.id, calendar.id]))
  const { id, calendars } = body.trigger as { id: number; calendars: number[] }
  expect(calendars).toEqual([calendar.id])
  expect((await ask('GET', `/${calendar.id}`)).body.calendar).toMatchObject({
    usedBy: [{ id, name: 'Report' }],
  })
  const refused = await ask('DELETE', `/${calendar.id}`)
  expect([refused.status, refused.text]).toEqual([409, expect.stringContaining(`“Report” (${id})`)])
  const path = `/workspace/demo/triggers/${id}`
  const kept = await it.ask('PUT', path, { as: it.ben, body: { name: 'Still' } })
  expect(kept.body.trigger).toMatchObject({ calendars: [calendar.id] })
  const event = { kind: 'event', event: { types: ['custom.x'] } }
  const moved = await it.ask('PUT', path, { as: it.ben, body: event })
  expect(moved.body.trigger).toMatchObject({ kind: 'event', calendars: [] })
  expect((await ask('DELETE', `/${calendar.id}`)).status).toBe(200)
})

test('those of nobody, or of another workspace, are refused by their ids; other kinds have none', async () => {
  const { id } = await made({ name: 'Ours', dates: [] })
  const theirs = await it.ask('POST', '/workspace/other/calendars', {
    as: it.cleo,
    body: { name: 'Theirs', dates: [] },
  })
  const other = (theirs.body.calendar as Made).id
  const message = `names ${other}, 999: there is no such calendar in this workspace`
  expect((await plan(schedule([id, other, 999]))).body.errors).toEqual([{ path: 'calendars', message }])
  const { body } = await plan(schedule([id]))
  const path = `/workspace/demo/triggers/${(body.trigger as { id: number }).id}`
  const changed = await it.ask('PUT', path, { as: it.ben, body: { calendars: [other, 999] } })
  expect(changed.body.errors).toEqual([{ path: 'calendars', message }])
  expect((await it.ask('GET', `/workspace/other/calendars/${id}`, { as: it.cleo })).status).toBe(404)
  const event = { kind: 'event', cronExpression: undefined, event: { types: ['custom.x'] } }
  expect((await plan(schedule([id], event))).body.errors).toEqual([
    { path: 'calendars', message: 'does not go with the kind "event"' },
  ])
  const simulated = await it.ask('POST', '/workspace/demo/triggers/simulate', {
    as: it.ben,
    body: { trigger: schedule([999]), from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' },
  })
  expect(simulated.body.errors).toMatchObject([{ path: 'trigger.calendars' }])
})

test('what was changed meanwhile is not written over', async () => {
  const { id } = await made({ name: 'Shared', dates: [] })
  expect((await ask('PUT', `/${id}`, { dates: ['2026-12-25'], revision: 1 })).status).toBe(200)
  const late = await ask('PUT', `/${id}`, { dates: [], revision: 1 })
  expect([late.status, late.text]).toEqual([409, expect.stringContaining('it is at revision 2')])
  expect(late.body).toMatchObject({ meanwhile: { what: 'this calendar', by: null, revision: 2 } })
  expect((await ask('GET', `/${id}`)).body.calendar).toMatchObject({ dates: ['2026-12-25'], name: 'Shared' })
})

test('fifty calendars are enough for a workspace', async () => {
  const { store } = it.carillon
  const [some] = await store.q.select().from(store.t.calendars)
  if (!some) throw new Error('There is no calendar.')
  const { id: _, ...row } = some
  await store.q.insert(store.t.calendars).values(Array.from({ length: 50 }, () => row))
  const { status, text } = await ask('POST', '', { name: 'x', dates: [] })
  expect([status, text]).toEqual([422, expect.stringContaining('at most 50 calendars')])
})
