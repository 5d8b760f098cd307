/** What people set for themselves, and their own sessions, as they see them. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readAs } from '../reading.ts'
import { PASSWORD, type World, world } from './testing/world.ts'

let it: World
beforeAll(async () => {
  it = await world()
})
afterAll(() => it.close())

const meOf = async (as: string) => (await it.ask('GET', '/me', { as })).body
interface Listed {
  id: string
  current: boolean
}
const sessionsOf = async (as: string) =>
  (await it.ask('GET', '/me/sessions', { as })).body.sessions as Listed[]

test('a page that was made for somebody else does nothing in the name of who is signed in now', async () => {
  const { id } = await meOf(it.ada)
  const say = (as: string, person: unknown) =>
    it.ask('POST', '/workspace/demo/messages', {
      as,
      body: { text: 'from an old tab' },
      headers: { 'carillon-person': String(person) },
    })
  const refused = await say(it.ben, id)
  expect(refused.status).toBe(409)
  expect(refused.body.detail).toMatch(/is signed in by now, and this page was made for somebody else/)
  expect((await say(it.ada, id)).status).toBe(201)
  expect((await say(await it.key('editor', 'demo'), id)).status).toBe(201)
})

test('a name and a way of reading are kept, and what is not said stays', async () => {
  const nothing = { timezone: null, clock: null, language: null, shortcuts: true }
  expect(await meOf(it.ben)).toMatchObject({ name: 'Ben', preferences: nothing })
  const wanted = { timezone: 'Asia/Tokyo', clock: '12', language: 'ja' }
  const { status, body } = await it.ask('PUT', '/me', { as: it.ben, body: wanted })
  expect([status, body.preferences]).toEqual([200, { ...wanted, shortcuts: true }])
  await it.ask('PUT', '/me', { as: it.ben, body: { name: 'Benedict', shortcuts: false, clock: null } })
  expect(await meOf(it.ben)).toMatchObject({
    name: 'Benedict',
    preferences: { ...wanted, clock: null, shortcuts: false },
  })
  expect(await meOf(it.ada)).toMatchObject({ name: 'Ada', preferences: nothing })
})

test('a zone is kept as it is written everywhere, whoever types it', async () => {
  const own = await it.ask('PUT', '/me', { as: it.cleo, body: { timezone: 'america/new_york' } })
  expect(own.body.preferences).toMatchObject({ timezone: 'America/New_York' })
  const shared = await it.ask('PUT', '/workspace/other', { as: it.cleo, body: { timezone: 'europe/berlin' } })
  expect(shared.body.workspace).toMatchObject({ timezone: 'Europe/Berlin' })
})

test.each([
  [{ timezone: 'Nowhere/City' }, 'timezone'],
  [{ clock: '13' }, 'clock'],
  [{ language: 'tlh' }, 'language'],
  [{ name: ' ' }, 'name'],
])('what is none is refused: %j', async (body, path) => {
  const answer = await it.ask('PUT', '/me', { as: it.ben, body })
  expect([answer.status, answer.body.errors]).toMatchObject([422, [{ path }]])
})

test('a person sees and ends their own sessions, and nobody else’s', async () => {
  const elsewhere = await it.signIn('ben@example.com')
  const known = await sessionsOf(it.ben)
  expect(known.map((one) => one.current).filter(Boolean)).toEqual([true])
  const other = (await sessionsOf(elsewhere)).find((one) => one.current) as Listed
  expect(known.map((one) => one.id)).toContain(other.id)

  expect((await it.ask('DELETE', `/me/sessions/${other.id}`, { as: it.ada })).status).toBe(404)
  expect((await it.ask('GET', '/me', { as: elsewhere })).status).toBe(200)
  expect((await it.ask('DELETE', `/me/sessions/${other.id}`, { as: it.ben })).status).toBe(200)
  expect((await it.ask('GET', '/me', { as: elsewhere })).status).toBe(401)
  expect((await it.ask('GET', '/me', { as: it.ben })).status).toBe(200)
})

test('signing out everywhere leaves nobody signed in, here neither', async () => {
  const here = await it.signIn('cleo@example.com')
  const before = await it.carillon.auth.accessVersion()
  const { body } = await it.ask('DELETE', '/me/sessions', { as: here })
  expect(body.ended).toBe(2)
  for (const as of [here, it.cleo]) expect((await it.ask('GET', '/me', { as })).status).toBe(401)
  // Whatever is open asks again whether it may.
  expect(await it.carillon.auth.accessVersion()).toBeGreaterThan(before)
  it.cleo = await it.signIn('cleo@example.com')
})

test('a new password takes the present one, and says so beside the field', async () => {
  const body = { currentPassword: 'a wrong one', newPassword: 'a sentence is better' }
  const wrong = await it.ask('POST', '/auth/change-password', { as: it.ada, body })
  const message = 'this is not your current password'
  expect([wrong.status, wrong.body.errors]).toMatchObject([422, [{ path: 'currentPassword', message }]])
  const right = { currentPassword: PASSWORD, newPassword: 'a sentence is better' }
  expect((await it.ask('POST', '/auth/change-password', { as: it.ada, body: right })).status).toBe(200)
})

test('patterns are said in the language and by the clock of whoever asks', async () => {
  const body = { name: 'Digest', agentId: 'test-agent', cronExpression: '30 21 * * 1-5', timezone: 'UTC' }
  const made = await it.ask('POST', '/workspace/demo/agent-schedules', { as: it.root, body })
  const { id } = made.body.schedule as { id: number }
  const said = async (language: 'de' | null, clock: '12' | null) => {
    const ask = () => it.ask('GET', `/workspace/demo/agent-schedules/${id}`, { as: it.root })
    const { schedule } = (await readAs({ timezone: null, language, clock }, ask)).body
    return (schedule as { humanReadable: string }).humanReadable
  }
  expect(await said(null, null)).toBe('At 21:30, Monday through Friday (UTC)')
  expect(await said('de', null)).toBe('Um 21:30, Montag bis Freitag (UTC)')
  expect(await said(null, '12')).toBe('At 09:30 PM, Monday through Friday (UTC)')
  expect(await said(null, null)).toBe('At 21:30, Monday through Friday (UTC)')
})
