/** What watches, through the whole house: planned by API, run by the engine, remembered with its success. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSite, type Site } from '../agents/testing/site.ts'
import { type World, world } from './testing/world.ts'

let it: World
let site: Site
let folder: string
beforeAll(async () => {
  site = await openSite()
  folder = join(realpathSync(mkdtempSync(join(tmpdir(), 'carillon-watching-'))), 'open')
  mkdirSync(folder)
  it = await world({ ALLOWED_PRIVATE_NETWORKS: '127.0.0.1', DOCUMENT_FOLDERS: folder })
  await it.carillon.start()
}, 60_000)
afterAll(async () => {
  await it.close()
  await site.close()
  rmSync(join(folder, '..'), { recursive: true })
})

async function planned(agentId: string, agentType: string, context: object): Promise<number> {
  const body = {
    name: agentId,
    agentId,
    agentType,
    cronExpression: '0 * * * *',
    context,
    post: 'when_notable',
  }
  const { body: answer } = await it.ask('POST', '/workspace/demo/agent-schedules', { as: it.ben, body })
  expect(answer.errors).toBeUndefined()
  return (answer.schedule as { id: number }).id
}
interface Run {
  id: number
  status: string
  output: string
  error: string | null
  outcome: Record<string, unknown>
}
/** Runs it, and answers what came of it, whenever that is. */
async function run(id: number): Promise<Run> {
  const path = `/workspace/demo/agent-schedules/${id}`
  const { body } = await it.ask('POST', `${path}/run`, { as: it.ben, body: {} })
  const executionId = (body.execution as Run).id
  for (;;) {
    const got = await it.ask('GET', `/workspace/demo/executions/${executionId}`, { as: it.ben })
    const execution = got.body.execution as Run
    if (!['queued', 'running'].includes(execution.status)) return execution
    it.clock.advance(10)
    await new Promise((resolve) => setImmediate(resolve))
  }
}
const documentsOf = async () => {
  const { body } = await it.ask('GET', '/workspace/demo/documents', { as: it.ben })
  return (body.documents as { name: string; version: number }[]).map((one) => `${one.name} v${one.version}`)
}

test("the guide's document agent keeps what it reads, and tells each thing once", async () => {
  site.pages['/prices'] = { body: '# Prices\n\nSoup costs 3.', etag: '"1"' }
  writeFileSync(join(folder, 'menu.md'), 'Soup')
  const sources = [{ url: `${site.origin}/prices` }, { folder }]
  const id = await planned('doc-processor', 'imported', { action: 'sync_and_embed', sources })
  expect(await run(id)).toMatchObject({ status: 'success', outcome: { new: ['Prices', 'menu.md'] } })
  expect((await documentsOf()).sort()).toEqual(['Prices v1', 'menu.md v1'])
  expect(await run(id)).toMatchObject({ outcome: { new: [], changed: [], unchanged: ['Prices', 'menu.md'] } })

  site.pages['/prices'] = { body: '# Prices\n\nSoup costs 4.', etag: '"2"' }
  expect(await run(id)).toMatchObject({
    outcome: { changed: ['Prices'] },
    output: expect.stringContaining('Soup costs 4.'),
  })
  expect(await run(id)).toMatchObject({ outcome: { changed: [] } })
  expect(await documentsOf()).toContain('Prices v2')
})

test('a folder that is not open is refused when it is planned, and so is a private address', async () => {
  const context = { sources: [{ folder: '/etc' }, { folder }, { feed: 'http://10.0.0.1/feed' }] }
  const body = { name: 'x', agentId: 'doc-processor', cronExpression: '0 * * * *', context }
  const answer = await it.ask('POST', '/workspace/demo/agent-schedules', { as: it.ben, body })
  expect(answer).toMatchObject({
    status: 422,
    body: {
      errors: [
        { path: 'context.sources.0.folder', message: expect.stringContaining('not open to agents') },
        { path: 'context.sources.2.feed' },
      ],
    },
  })
})

test('a calendar behind a secret address reminds once; the address is nowhere to be read', async () => {
  const at = new Date(Math.ceil(it.clock.now().getTime() / 60_000) * 60_000 + 30 * 60_000)
  const start = `${at.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`
  const event = ['BEGIN:VEVENT', 'UID:1', `DTSTART:${start}`, 'SUMMARY:Menu planning', 'END:VEVENT']
  site.pages['/canary/basic.ics'] = {
    type: 'text/calendar',
    body: ['BEGIN:VCALENDAR', ...event, 'END:VCALENDAR', ''].join('\r\n'),
  }
  const calendars = [{ url: `${site.origin}/canary/basic.ics` }]
  const id = await planned('calendar-agent', 'system', { calendars, lookAhead: '1h' })
  const first = await run(id)
  expect(first.output).toContain('### Menu planning')
  expect(first.output).toContain('document “menu.md”')
  expect(await run(id)).toMatchObject({ status: 'success', output: 'Nothing new in the next 1h.' })
  delete site.pages['/canary/basic.ics']
  expect(await run(id)).toMatchObject({ status: 'failed', error: expect.stringContaining('answers 404') })
  for (const path of [`/agent-schedules/${id}`, '/executions?limit=50', '/messages', '/agent-schedules'])
    expect((await it.ask('GET', `/workspace/demo${path}`, { as: it.ben })).text, path).not.toContain('canary')
  expect(it.log.join('\n')).not.toContain('canary')
})

test.each([
  ['email-monitor', { sourceId: 'gmail', filters: { priority: 'high' } }, 'It has no mailbox to look into.'],
  ['doc-processor', { sources: ['google-drive', 'sharepoint'] }, 'Google Drive needs a link.'],
  ['calendar-agent', {}, 'There is no calendar to look at.'],
])('%s without anything to read is skipped with what to do, told once', async (agentId, context, words) => {
  const id = await planned(agentId, 'system', context)
  for (const _ of [1, 2]) expect(await run(id)).toMatchObject({ status: 'skipped', reasonCode: 'not_ready' })
  const { body: readiness } = await it.ask('GET', `/workspace/demo/triggers/${id}/readiness`, { as: it.ben })
  expect(readiness).toMatchObject({ ready: false })
  const { body } = await it.ask('GET', '/workspace/demo/messages', { as: it.ben })
  const told = (body.messages as { text: string }[]).filter(({ text }) => text.includes(words))
  expect(told).toHaveLength(1)
  expect(told[0]?.text).toContain('Its runs are skipped until then.')
})
