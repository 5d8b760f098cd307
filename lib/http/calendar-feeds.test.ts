/** What comes, followed by a calendar program: the address is the key, and one person's. */
import ical, { type VEvent } from 'node-ical'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type World, world } from './testing/world.ts'

let it: World
beforeAll(async () => {
  it = await world({ BASE_URL: 'http://localhost:3001' })
})
afterAll(() => it.close())

const FEEDS = '/me/calendar-feeds'
async function address(as: string): Promise<string> {
  const { status, body } = await it.ask('POST', FEEDS, { as, body: { slug: 'demo' } })
  expect(status).toBe(201)
  return new URL(body.url as string).pathname.slice('/api'.length)
}
/** As a program reads it: without a session. */
const read = (path: string) => it.ask('GET', path)
async function events(path: string): Promise<VEvent[]> {
  const { status, text, headers } = await read(path)
  expect([status, headers.get('content-type')]).toEqual([200, 'text/calendar; charset=utf-8'])
  return Object.values(ical.sync.parseICS(text)).filter((one): one is VEvent => one?.type === 'VEVENT')
}
const plan = async (body: object) => {
  const { body: made } = await it.ask('POST', '/workspace/demo/triggers', {
    as: it.ada,
    body: { agentId: 'test-agent', ...body },
  })
  return (made.trigger as { id: number }).id
}

test('a calendar has each run to come once, under a name that stays, and leads back', async () => {
  it.clock.set('2026-03-01T08:00:00Z')
  const daily = await plan({
    name: 'Müll; raus, bitte',
    cronExpression: '0 9 * * *',
    timezone: 'Europe/Berlin',
  })
  const often = await plan({ name: 'Every minute', cronExpression: '* * * * *' })
  await plan({ name: 'Waits', kind: 'event', event: { types: ['document.uploaded'] } })
  const path = await address(it.ben)
  expect(path).toMatch(/^\/calendar\/[\w-]{43}\.ics$/)
  const found = await events(path)
  expect(found.length).toBe(30)
  expect(found[0]).toMatchObject({
    summary: 'Müll; raus, bitte',
    uid: `${daily}-2026-03-02T08:00:00.000Z@localhost:3001`,
  })
  expect(found[0]?.start.toISOString()).toBe('2026-03-02T08:00:00.000Z')
  // The clock in Berlin goes forward on the 29th: at 09:00 there it is an hour earlier.
  expect(found.at(-1)?.start.toISOString()).toBe('2026-03-31T07:00:00.000Z')
  const { text } = await read(path)
  const unfolded = text.replaceAll('\r\n ', '')
  expect(unfolded).toContain(
    `URL;VALUE=URI:http://localhost:3001/w/demo/timeline?schedule=${daily}&at=2026-03-02T08`,
  )
  expect(text.split('\r\n').every((line) => Buffer.byteLength(line) <= 75)).toBe(true)
  expect(unfolded).toContain('run too often: Every minute.')
  it.clock.set('2026-03-01T09:30:00Z')
  expect((await events(path)).map((one) => one.uid).slice(0, 3)).toEqual(
    found.map((one) => one.uid).slice(0, 3),
  )
  expect((await events(`${path}?schedule=${often}`)).length).toBe(1000)
  expect((await read(`${path}?schedule=x`)).status).toBe(422)
  expect((await it.ask('GET', FEEDS, { as: it.ben })).body.feeds).toMatchObject([
    { workspace: { slug: 'demo' }, lastReadAt: '2026-03-01T09:30:00.000Z' },
  ])
})

test('an address ends when it is replaced, taken back, or when its person may not look any more', async () => {
  const none = await read(`/calendar/${'x'.repeat(43)}.ics`)
  expect([none.status, none.text]).toEqual([404, (await read('/calendar/none')).text])
  const ofAda = await address(it.ada)
  const first = await address(it.ben)
  const second = await address(it.ben)
  const statuses = (...paths: string[]) => Promise.all(paths.map(async (path) => (await read(path)).status))
  expect(await statuses(first, second, ofAda)).toEqual([404, 200, 200])
  const list = async (as: string) => (await it.ask('GET', FEEDS, { as })).body.feeds as { id: number }[]
  const [own] = await list(it.ada)
  expect((await it.ask('DELETE', `${FEEDS}/${own?.id}`, { as: it.ben })).status).toBe(404)
  expect((await it.ask('DELETE', `${FEEDS}/${own?.id}`, { as: it.ada })).status).toBe(200)
  expect(await statuses(second, ofAda)).toEqual([200, 404])
  expect((await it.ask('POST', FEEDS, { as: it.cleo, body: { slug: 'demo' } })).status).toBe(404)
  const { body: me } = await it.ask('GET', '/me', { as: it.ben })
  await it.ask('DELETE', `/workspace/demo/members/${me.id}`, { as: it.ada })
  expect(await statuses(second)).toEqual([404])
  expect(await list(it.ben)).toEqual([])
})
