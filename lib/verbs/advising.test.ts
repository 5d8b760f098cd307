/** What somebody who plans should know, before it is saved and when it is. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Advice, DraftPreview } from '../contract/advice.ts'
import { type World, world } from '../http/testing/world.ts'

let it: World
beforeAll(async () => {
  it = await world()
})
afterAll(() => it.close())

const DEMO = '/workspace/demo'
const draft = { name: 'draft', agentId: 'test-agent', cronExpression: '0 9 * * *', timezone: 'Europe/Berlin' }
const preview = async (change: object = {}, more: object = {}) => {
  const body = { trigger: { ...draft, ...change }, ...more }
  const { status, body: answer } = await it.ask('POST', `${DEMO}/triggers/preview`, { as: it.ben, body })
  expect([status, answer]).toEqual([200, expect.anything()])
  return answer.preview as DraftPreview
}
const kinds = (all: Advice[]) => all.map(({ kind }) => kind)
const plan = (name: string, change: object = {}) =>
  it.ask('POST', `${DEMO}/triggers`, { as: it.ben, body: { ...draft, name, ...change } })

test('the next runs, the days of a year and the changes of the clock', async () => {
  const all = await preview({}, { viewerTimezone: 'America/New_York' })
  expect(all.instants).toHaveLength(10)
  expect(all.instants[0]).toMatchObject({
    local: expect.stringMatching(/09:00$/),
    viewerLocal: expect.any(String),
  })
  expect(all.days.length).toBeGreaterThan(364)
  expect(all.days.every(({ runs }) => runs === 1)).toBe(true)
  expect(all.clockChanges.map(({ forward }) => forward).sort()).toEqual([false, true])
  expect(all.clockChanges.map(({ date }) => date)).toEqual(all.clockChanges.map(({ at }) => at.slice(0, 10)))
  expect((await preview({ cronExpression: '*/10 * * * *' })).days[3]?.runs).toBe(144)
  expect(
    (await preview({ kind: 'interval', cronExpression: undefined, everySeconds: 7 * 86_400 })).days.length,
  ).toBe(52)
  const at = new Date(it.clock.now().getTime() + 3 * 86_400_000).toISOString()
  expect((await preview({ kind: 'once', cronExpression: undefined, at })).days).toHaveLength(1)
  const endsAt = new Date(it.clock.now().getTime() + 10 * 86_400_000).toISOString()
  expect((await preview({ endsAt })).days.length).toBeLessThan(12)
})

test('days that are left out are marked', async () => {
  const day = new Date(it.clock.now().getTime() + 5 * 86_400_000).toISOString().slice(0, 10)
  const calendars = await it.ask('POST', `${DEMO}/calendars`, {
    as: it.ben,
    body: { name: 'Off', dates: [day] },
  })
  const { id } = calendars.body.calendar as { id: number }
  const { days } = await preview({ calendars: [id], timezone: 'UTC' })
  expect(days.filter(({ skipped }) => skipped).map(({ date }) => date)).toEqual([day])
})

test('day of month and day of week, and what never runs', async () => {
  expect(kinds((await preview({ cronExpression: '0 9 1 * 1', timezone: 'UTC' })).advice)).toEqual([
    'either_day',
  ])
  const endsAt = new Date(it.clock.now().getTime() + 60_000).toISOString()
  const { advice, instants } = await preview({ cronExpression: '0 9 1 1 *', endsAt })
  expect([kinds(advice), instants]).toEqual([['never'], []])
})

test('a crowd is told with how to spread it, and no longer once it is spread', async () => {
  for (const name of ['a', 'b', 'c', 'd', 'e']) await plan(name, { cronExpression: '17 4 * * *' })
  const { advice } = await preview({ cronExpression: '17 4 * * *' })
  const crowd = advice.find(({ kind }) => kind === 'crowd')
  expect(crowd?.text).toMatch(/^5 others run at the same moment/)
  expect(crowd?.fix).toEqual({ field: 'jitterSeconds', value: 300, label: 'Spread over 5 minutes' })
  expect(kinds((await preview({ cronExpression: '17 4 * * *', jitterSeconds: 300 })).advice)).not.toContain(
    'crowd',
  )
  expect(kinds((await preview({ cronExpression: '18 4 * * *' })).advice)).not.toContain('crowd')
  const saved = await plan('f', { cronExpression: '17 4 * * *' })
  expect((saved.body.warnings as string[]).join(' ')).toContain('5 others run at the same moment')
})

test('what is due more often than it takes is told with what becomes of it', async () => {
  const { store } = it.carillon
  const made = await plan('Slow', { cronExpression: '*/2 * * * *' })
  const { id: triggerId, workspaceId } = made.body.trigger as { id: number; workspaceId: number }
  const run = {
    triggerId,
    workspaceId,
    triggerName: 'Slow',
    agentId: 'test-agent',
    kind: 'schedule',
    status: 'success',
    triggerRevision: 1,
  }
  const at = it.clock.now().getTime()
  await store.q.insert(store.t.executions).values({
    ...run,
    occurrence: 'x',
    queuedAt: at,
    availableAt: at,
    startedAt: at,
    completedAt: at + 240_000,
    durationMs: 240_000,
  } as never)
  const { advice } = await preview({ cronExpression: '*/2 * * * *' }, { id: triggerId })
  expect(advice.find(({ kind }) => kind === 'busy')?.text).toBe(
    'A run of it takes up to 4 min (95 of 100), and it is due every 2 min. What is due meanwhile is skipped.',
  )
})

test('a draft is tried without effect, and refused as it would be saved', async () => {
  const body = { name: 'Draft', agentId: 'test-agent', context: { text: 'tried' } }
  const { status, body: answer } = await it.ask('POST', `${DEMO}/triggers/try`, { as: it.ben, body })
  expect([status, answer.execution]).toEqual([202, expect.objectContaining({ kind: 'try', staged: true })])
  const bad = await it.ask('POST', `${DEMO}/triggers/try`, {
    as: it.ben,
    body: { ...body, context: { does: 'x' } },
  })
  expect([bad.status, bad.body.errors]).toEqual([422, [expect.objectContaining({ path: 'context.does' })]])
  const wrong = await it.ask('POST', `${DEMO}/triggers/preview`, {
    as: it.ben,
    body: { trigger: { ...draft, cronExpression: '22-2 * * * *' } },
  })
  expect([wrong.status, wrong.body.errors]).toEqual([
    422,
    [expect.objectContaining({ path: 'trigger.cronExpression' })],
  ])
})

test('tags are kept each once, and found by', async () => {
  await plan('Tagged', { tags: ['Finance', 'finance', 'week "one"'] })
  const list = async (query: string) =>
    (
      (await it.ask('GET', `${DEMO}/triggers?${query}`, { as: it.ada })).body.triggers as {
        name: string
        tags: string[]
      }[]
    ).map(({ name, tags }) => [name, tags])
  expect(await list('tag=FINANCE')).toEqual([['Tagged', ['finance', 'week "one"']]])
  expect(await list(`tag=${encodeURIComponent('week "one"')}`)).toHaveLength(1)
  expect(await list('tag=fin')).toEqual([])
  expect((await plan('Bad', { tags: ['a,b'] })).status).toBe(422)
})
