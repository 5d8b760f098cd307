/** Skills over the API: what goes in, who accepts it, and what uses it. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { archive } from '../agents/imported/testing/archive.ts'
import { packed, packedText } from '../agents/imported/testing/packed.ts'
import type { Skill, SkillDetail } from '../contract/skill.ts'
import { type World, world } from '../http/testing/world.ts'

const SKILLS = '/workspace/demo/skills'
const KEYED = {
  setup_args: { API_KEY: { type: 'string', required: true }, UNITS: { input: { type: 'text' } } },
}
let it: World
let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'carillon-skills-'))
  it = await world({ DATA_DIR: folder })
})
afterAll(async () => {
  await it.close()
  rmSync(folder, { recursive: true })
})

const send = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown, as = it.ada) =>
  it.ask(method, path, { as, body })
const upload = (bytes: Buffer<ArrayBuffer>, as = it.ada, type = 'application/zip') =>
  it.ask('POST', SKILLS, { as, file: { type, bytes } })
async function add(bytes: Buffer<ArrayBuffer>): Promise<SkillDetail> {
  const { status, text, body } = await upload(bytes)
  expect([status, text]).toMatchObject([201, expect.any(String)])
  return body.skill as SkillDetail
}
const at = ({ id }: Pick<Skill, 'id'>, more = '') => `${SKILLS}/${id}${more}`
const accept = (skill: Pick<Skill, 'id'>, body: object = {}) => send('POST', at(skill, '/accept'), body)
const listed = async () => (await send('GET', SKILLS)).body as { skills: Skill[]; problems: unknown[] }
const faults = ({ body }: Awaited<ReturnType<typeof send>>) =>
  body.errors as { path: string; message: string }[]
const schedule = (agentId: string, more: object = {}) =>
  send('POST', '/workspace/demo/agent-schedules', {
    ...{ name: `Runs ${agentId}`, agentId, agentType: 'imported', cronExpression: '0 9 * * *' },
    ...{ timezone: 'UTC', ...more },
  })

test('a zip is looked at before anything of it runs, with its code and what it asks for', async () => {
  const skill = await add(
    packed('weather', { does: 'return fetch("https://api.example.com/v1")', manifest: KEYED }),
  )
  expect(skill).toMatchObject({
    ...{ hubId: 'weather', format: 'anythingllm', status: 'review', source: 'upload', version: 1 },
    ...{ acceptedSha256: null, grants: null, values: {}, usedBy: [] },
    setup: { required: ['API_KEY'], properties: { API_KEY: { writeOnly: true } } },
    asks: { network: ['api.example.com'], childProcess: false },
    containment: { level: expect.any(String), detail: expect.any(String) },
  })
  expect(skill.files.find(({ path }) => path === 'handler.js')?.text).toContain('api.example.com')
  const list = await send('GET', SKILLS, undefined, it.ben)
  expect(list.body).toMatchObject({ skills: [{ hubId: 'weather', status: 'review' }], nextCursor: null })
  expect((await send('GET', at(skill), undefined, it.ben)).status).toBe(403)
  expect((await schedule('weather')).body).toMatchObject({
    status: 409,
    detail: expect.stringContaining('has not been accepted yet'),
  })
  const { body } = await send('GET', '/workspace/demo/tools')
  expect(JSON.stringify(body.tools)).not.toContain('skill.weather')
})

test('what is required is asked for, what is confidential is sealed, and what it may reach is kept', async () => {
  const skill = await add(packed('keyed', { manifest: KEYED }))
  expect(faults(await accept(skill))).toMatchObject([{ path: 'setup.API_KEY' }])
  expect(faults(await accept(skill, { setup: { API_KEY: 'x', OTHER: 1 } }))).toMatchObject([
    { path: 'setup.OTHER', message: expect.stringContaining('API_KEY, UNITS') },
  ])
  expect(faults(await accept(skill, { setup: { API_KEY: { secret: 'ABSENT' } } }))).toMatchObject([
    { path: 'setup.API_KEY', message: expect.stringContaining('ABSENT') },
  ])
  const setup = { API_KEY: 'very-secret-value', UNITS: 'metric' }
  const grants = {
    network: ['api.example.com'],
    privateNetwork: false,
    read: [],
    write: [],
    childProcess: false,
  }
  const done = await accept(skill, { setup, grants, sha256: skill.sha256 })
  expect(done.body.skill).toMatchObject({
    ...{ status: 'accepted', acceptedSha256: skill.sha256, grants },
    values: { API_KEY: '•••', UNITS: 'metric' },
  })
  const rows = JSON.stringify(await it.carillon.store.q.all(sql`select * from skills`))
  for (const text of [rows, done.text, it.log.join('')]) expect(text).not.toContain('very-secret')
  // A mask stands for what is kept; where nothing is, it stands for nothing.
  expect((await accept(skill, { setup: { API_KEY: '•••' } })).status).toBe(200)
  expect(faults(await accept(skill, { setup: { API_KEY: '•••', UNITS: '•••' } }))).toMatchObject([
    { path: 'setup.UNITS' },
  ])
})

test('a secret is named in its setup, and stays while it is', async () => {
  await send('PUT', '/workspace/demo/secrets/WEATHER', { value: 'very-secret' })
  const skill = await add(packed('named', { manifest: KEYED }))
  const done = await accept(skill, { setup: { API_KEY: { secret: 'WEATHER' } } })
  expect(done.body.skill).toMatchObject({ values: { API_KEY: { secret: 'WEATHER' } } })
  const refused = await send('DELETE', '/workspace/demo/secrets/WEATHER')
  expect([refused.status, refused.body.detail]).toEqual([409, expect.stringContaining('“named” (skill')])
})

test('other files are under review again, under the same id, and what was accepted runs no more', async () => {
  const skill = await add(packed('moving'))
  await accept(skill)
  const planned = await schedule('moving')
  expect(planned.status).toBe(201)
  const again = await add(packed('moving', { does: 'return "Otherwise."' }))
  expect(again).toMatchObject({ id: skill.id, status: 'review', version: 2, acceptedSha256: skill.sha256 })
  const stale = await accept(again, { sha256: skill.sha256 })
  expect([stale.status, stale.body.detail]).toEqual([409, expect.stringContaining('version 2')])
  const { id } = planned.body.schedule as { id: number }
  const health = async () =>
    ((await send('GET', `/workspace/demo/agent-schedules/${id}`)).body.schedule as { health: string }).health
  await expect.poll(health).toBe('unready')
  const { body } = await send('GET', `/workspace/demo/triggers/${id}/readiness`)
  expect(body).toMatchObject({
    ready: false,
    checks: expect.arrayContaining([
      expect.objectContaining({ kind: 'skill', state: 'failing', code: 'changed' }),
    ]),
  })
  // It may be renamed all the same: nothing about its agent is changed.
  const at = `/workspace/demo/agent-schedules/${id}`
  expect((await send('PUT', at, { name: 'Renamed', agentId: 'moving', agentType: 'imported' })).status).toBe(
    200,
  )
  expect((await send('PUT', at, { context: { a: 1 } })).status).toBe(409)
  expect((await accept(again, { sha256: again.sha256 })).status).toBe(200)
  expect((await send('GET', `/workspace/demo/triggers/${id}/readiness`)).body.ready).toBe(true)
  await expect.poll(health).toBe('new')
})

test('its context is judged by what it declares; numbers and yes or no are taken as text', async () => {
  const params = { days: { type: 'number', required: true }, hourly: { type: 'boolean' } }
  await accept(await add(packed('judged', { manifest: { entrypoint: { params } } })))
  expect(faults(await schedule('judged', { context: { days: 'many', city: 'Rome' } }))).toMatchObject([
    { path: 'context.days' },
    { path: 'context.city' },
  ])
  expect((await schedule('judged', { context: { days: '3', hourly: 'true' } })).status).toBe(201)
  await accept(await add(packed('free')))
  expect((await schedule('free', { context: { anything: { goes: [1] } } })).status).toBe(201)
  const { body } = await send('GET', '/workspace/demo/agents')
  expect(body.agents).toContainEqual(
    expect.objectContaining({
      ...{ id: 'judged', agentType: 'imported', safeToRepeat: false },
      input: expect.objectContaining({ properties: expect.objectContaining({ days: { type: 'number' } }) }),
    }),
  )
})

test('where there is no skill of a name, the agent of the product is run by it', async () => {
  expect((await schedule('test-agent')).status).toBe(201)
  expect(faults(await schedule('nothing'))).toMatchObject([
    { path: 'agentId', message: expect.stringContaining('There is no skill "nothing"') },
  ])
})

test('what uses it is named, and keeps it', async () => {
  const skill = await add(packed('kept'))
  await accept(skill)
  const { body } = await schedule('kept')
  const agent = {
    ...{ id: 'keeper', name: 'Keeper', instructions: 'Keep.' },
    ...{ tools: [{ name: 'skill.kept' }], skillIds: [skill.id] },
  }
  const { skillIds: _, ...without } = agent
  expect(faults(await send('POST', '/workspace/demo/agents', without))).toMatchObject([
    { path: 'tools.0.name', message: expect.stringContaining('skillIds') },
  ])
  expect(
    faults(await send('POST', '/workspace/demo/agents', { ...agent, skillIds: [skill.id, 999] })),
  ).toMatchObject([{ path: 'skillIds.1' }])
  expect((await send('POST', '/workspace/demo/agents', agent)).body.agent).toMatchObject({
    skillIds: [skill.id],
  })
  const refused = await send('DELETE', at(skill))
  expect([refused.status, refused.body.detail]).toEqual([
    409,
    expect.stringMatching(/“Keeper” \(agent keeper\).*“Runs kept” \(schedule \d+\)/),
  ])
  const { id } = body.schedule as { id: number }
  await send('DELETE', `/workspace/demo/agent-schedules/${id}`)
  await send('DELETE', '/workspace/demo/agents/keeper')
  expect((await send('DELETE', at(skill))).status).toBe(200)
  expect((await send('GET', at(skill))).status).toBe(404)
})

test('an accepted one is offered as a tool; the text of an Agent Skill is told, and never run', async () => {
  const skill = await add(packed('offered', { manifest: { examples: [{ prompt: 'Go', call: '{}' }] } }))
  await accept(skill)
  const { body } = await send('GET', '/workspace/demo/tools', undefined, it.ben)
  expect(body.tools).toContainEqual(
    expect.objectContaining({
      ...{ name: 'skill.offered', source: 'skill', server: null, effect: 'outside', repeat: 'never' },
      ...{ untrusted: true, approval: 'ask', skill: { id: skill.id, name: 'offered' } },
      description: expect.stringContaining('Example: {"prompt":"Go"'),
    }),
  )
  const text = await add(packedText('greet', 'Say {{hello}} to all.'))
  expect((await schedule('greet')).body).toMatchObject({ status: 409 })
  const asked = { instructions: 'Look around.', skillIds: [text.id] }
  const preview = () => send('POST', '/workspace/demo/agents/preview', asked)
  expect((await preview()).status).toBe(422)
  await accept(text)
  expect((await preview()).body.instructions).toContain('# Skill: greet\n\nSay {{hello}} to all.')
})

test('what is no skill is told, and nothing of it is kept', async () => {
  const before = (await listed()).skills.length
  const bad: [string, Buffer<ArrayBuffer>][] = [
    ['no zip', Buffer.from('PK nothing')],
    ['no manifest', archive([{ name: 'readme.txt', content: 'x' }])],
    ['traversal', archive([{ name: '../plugin.json', content: '{}' }])],
    ['a link', archive([{ name: 'plugin.json', content: '/etc/passwd', mode: 0o120777 }])],
    ['a bomb', archive([{ name: 'plugin.json', content: Buffer.alloc(60 * 1024 ** 2) }])],
    ['no handler', archive([{ name: 'plugin.json', content: '{"hubId":"empty"}' }])],
  ]
  for (const [what, bytes] of bad) {
    const answer = await upload(bytes)
    expect([what, answer.status, faults(answer)]).toEqual([
      what,
      422,
      [{ path: 'body', message: expect.any(String) }],
    ])
  }
  expect((await upload(packed('big', { files: { a: 'x' } }), it.ben)).status).toBe(403)
  expect((await upload(packed('big'), it.ada, 'application/octet-stream')).status).toBe(415)
  expect((await upload(Buffer.alloc(10 * 1024 ** 2 + 1))).status).toBe(413)
  expect((await listed()).skills).toHaveLength(before)
})

test('a folder of the server is taken in under review; changed, it is under review again', async () => {
  const folders = join(folder, 'plugins', 'agent-skills')
  mkdirSync(join(folders, 'local'), { recursive: true })
  writeFileSync(join(folders, 'local', 'plugin.json'), '{"hubId":"local"}')
  writeFileSync(join(folders, 'local', 'handler.js'), 'module.exports.runtime = { handler: () => 1 }')
  cpSync(join(folders, 'local'), join(folders, 'otherwise'), { recursive: true })
  const { skills, problems } = await listed()
  expect(problems).toEqual([{ folder: 'otherwise', problem: expect.stringContaining('rename the folder') }])
  const skill = skills.find(({ hubId }) => hubId === 'local') as Skill
  expect(skill).toMatchObject({ status: 'review', source: 'folder' })
  expect((await accept(skill)).status).toBe(200)
  expect((await schedule('local')).status).toBe(201)
  writeFileSync(join(folders, 'local', 'handler.js'), 'module.exports.runtime = { handler: () => 2 }')
  // Nobody has looked at the list of skills since.
  const refused = await schedule('local')
  expect([refused.status, refused.body.detail]).toMatchObject([
    409,
    expect.stringContaining('others than were'),
  ])
  const changed = (await listed()).skills.find(({ hubId }) => hubId === 'local')
  expect(changed).toMatchObject({ id: skill.id, status: 'review', version: 2 })
  // Changed again after somebody has looked.
  writeFileSync(join(folders, 'local', 'handler.js'), 'module.exports.runtime = { handler: () => 3 }')
  expect(await accept(skill)).toMatchObject({ status: 409 })
  expect(await accept(skill)).toMatchObject({ status: 200 })
})

test('no skill is given the data of the installation, or the machine itself', async () => {
  const skill = await add(packed('greedy'))
  for (const path of [folder, join(folder, 'carillon.db'), '/', '/proc/1']) {
    const grants = { read: [path], write: [path] }
    expect(faults(await accept(skill, { grants })).map((one) => one.path)).toEqual([
      'grants.read.0',
      'grants.write.0',
    ])
  }
  expect(faults(await accept(skill, { grants: { network: ['https://example.com/x'] } }))).toMatchObject([
    { path: 'grants.network.0' },
  ])
})

test('what changes of skills is told live', async () => {
  const { body } = await send('GET', '/workspace/demo/events?since=0')
  const told = (body.events as { type: string; skillId?: number; status?: string }[]).filter(
    ({ type }) => type === 'skill:status',
  )
  expect(new Set(told.map(({ status }) => status))).toEqual(new Set(['review', 'accepted', 'removed']))
  expect(told.every(({ skillId }) => typeof skillId === 'number')).toBe(true)
})
