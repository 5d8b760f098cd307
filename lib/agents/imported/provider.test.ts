/** Skills as a schedule runs them: the real files, in the real sandbox. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type AgentDefinition, type AgentTools, AgentFailure, type Decided } from '../agent.ts'
import { builtIn } from '../providers.ts'
import { systemAgents } from '../system/index.ts'
import { type Workbench, workbench } from '../testing/task.ts'
import { importedAgents } from './provider.ts'
import { packed, packedText } from './testing/packed.ts'
import { skillsOn } from './testing/world.ts'

const KEYED = { setup_args: { API_KEY: { type: 'string', required: true } } }
let it: Workbench
let world: ReturnType<typeof skillsOn>
beforeAll(async () => {
  it = await workbench()
  world = skillsOn(it)
})
afterEach(() => {
  it.kept.clear()
  it.decisions.clear()
  it.said.length = 0
  it.saidOf.length = 0
})
afterAll(async () => {
  await world.end()
  await it.store.close()
})

async function agentOf(hubId: string): Promise<AgentDefinition> {
  const found = await importedAgents(world.skills, builtIn(systemAgents)).find(it.workspaceId, hubId)
  if (!found) throw new Error(`There is no ${hubId}.`)
  return found
}
const run = async (
  hubId: string,
  context: Record<string, unknown> = {},
  { tools, staged = false }: { tools?: Partial<AgentTools>; staged?: boolean } = {},
) => it.run(await agentOf(hubId), context, { execution: { staged }, ...(tools && { tools }) })
const failureOf = async (running: Promise<unknown>) => {
  const error = await running.then(
    () => null,
    (one) => one,
  )
  expect(error).toBeInstanceOf(AgentFailure)
  return error as AgentFailure
}

test.each([
  ['text', 'return "**Rain**"', '**Rain**', undefined],
  ['a number', 'return 3', '3', 3],
  ['nothing', '', 'It has ended, and answers nothing.', undefined],
  ['an object', 'return { rain: true }', '```json\n{\n  "rain": true\n}\n```', { rain: true }],
])('it may answer %s, which counts as text from outside', async (what, does, text, outcome) => {
  await world.accepted(packed('answers', { does, manifest: { version: what } }))
  expect(await run('answers')).toEqual({
    text,
    ...(outcome !== undefined && { outcome }),
    usage: { tainted: true },
  })
})

test('it is given its parameters and its setup, and says what it does; what is confidential is in nothing of it', async () => {
  const does =
    'this.introspect("asks with " + this.runtimeArgs.API_KEY + " for " + (params.days + 1)); return { key: this.runtimeArgs.API_KEY, n: params.days }'
  const params = { days: { type: 'number' } }
  const zip = packed('keyed', { does, manifest: { ...KEYED, entrypoint: { params } } })
  await world.accepted(zip, { API_KEY: 'very-secret-value' })
  expect((await run('keyed', { days: '2' })).outcome).toEqual({ key: '•••', n: 2 })
  expect(it.said).toEqual(['asks with ••• for 3'])
  await world.accepted(
    packed('throws', { does: 'throw new Error("refused " + this.runtimeArgs.API_KEY)', manifest: KEYED }),
    { API_KEY: 'very-secret-value' },
  )
  const { message, partial } = await failureOf(run('throws'))
  expect(message).toContain('refused •••')
  expect(partial).toEqual({ text: '', usage: { tainted: true } })
})

test('one under review, or without what it needs, does not begin', async () => {
  await world.brought(packed('fresh', { does: 'throw new Error("It ran.")' }))
  expect((await failureOf(run('fresh'))).message).toContain('has not been accepted yet')
  expect((await agentOf('fresh')).unavailable).toContain('has not been accepted yet')
  await world.accepted(packed('bare', { does: 'throw new Error("It ran.")', manifest: KEYED }))
  expect((await failureOf(run('bare'))).message).toContain('API_KEY is not set')
  const checks = async (hubId: string) => (await agentOf(hubId)).checks?.(it.workspaceId, true, it.needs())
  expect(await checks('fresh')).toMatchObject([{ kind: 'skill', state: 'failing', code: 'changed' }])
  expect(await checks('bare')).toMatchObject([{ kind: 'skill', state: 'failing', code: 'missing' }])
  await world.accepted(packedText('texts', 'Be kind.'))
  expect((await failureOf(run('texts'))).message).toContain('is an Agent Skill')
})

test('a folder that changes between acceptance and run does not run', async () => {
  const folder = join(world.root, 'folders', 'local')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'plugin.json'), '{"hubId":"local"}')
  const write = (does: string) =>
    writeFileSync(join(folder, 'handler.js'), `module.exports.runtime = { handler: async () => { ${does} } }`)
  write('return 1')
  await world.skills.takeIn(it.workspaceId)
  const row = (await world.skills.list(it.workspaceId)).find(({ hubId }) => hubId === 'local')
  expect(row).toMatchObject({ status: 'review', source: 'folder' })
  await world.accept(row as NonNullable<typeof row>)
  expect((await run('local')).text).toBe('1')
  const found = await agentOf('local')
  expect(found.unavailable).toBeNull()
  write('return 2')
  expect((await failureOf(it.run(found, {}))).message).toContain('others than were accepted')
  expect(await world.found(row?.id as number)).toMatchObject({ status: 'review', version: 2 })
  await world.accept(await world.found(row?.id as number))
  write('return 3')
  expect((await agentOf('local')).unavailable).toContain('others than were accepted')
  writeFileSync(join(folder, 'plugin.json'), '{"hubId":"another"}')
  expect((await agentOf('local')).unavailable).toContain('rename the folder')
})

test('what runs are the files that were accepted, unpacked once and looked at', async () => {
  const { sha256 } = await world.accepted(packed('once', { does: 'return 1' }))
  await run('once')
  expect(readdirSync(join(world.root, 'skills'))).toContain(sha256)
  await world.skills.sweep()
  expect(readdirSync(join(world.root, 'skills'))).toContain(sha256)
  await world.accepted(packed('once', { does: 'return 2' }))
  await world.skills.sweep()
  expect(readdirSync(join(world.root, 'skills'))).not.toContain(sha256)
  // What was swept away is unpacked again.
  await world.accepted(packed('once', { does: 'return 1' }))
  expect((await run('once')).text).toBe('1')
})

test('staged, it says what would be run and runs nothing', async () => {
  await world.accepted(packed('staged', { does: 'throw new Error("It ran.")' }))
  const { text } = await run('staged', { city: 'Rome' }, { staged: true })
  expect(text).toContain('It would have run the skill “staged”, version 1, with:')
  expect(text).toContain('"city": "Rome"')
  expect(it.saidOf).toMatchObject([{ tool: 'skill.staged', effect: 'outside', state: 'staged', n: 1 }])
})

test('where there is no skill of that name, the agent of the product is found', async () => {
  expect(await agentOf('maintenance')).toMatchObject({ id: 'maintenance', name: 'Maintenance' })
})

const ASKS =
  'const { approved, message } = await this.requestToolApproval({ payload: { to: params.to }, description: "Sends it" }); return { approved, message }'
const decided = (status: Decided['status'], more: Partial<Decided> = {}): Decided => ({
  ...{ approvalId: 1, status, arguments: null, answer: null, note: null },
  ...{ by: { id: 'ada', name: 'Ada' }, ...more },
})
/** Runs until it waits; answers where. */
async function placeAsked(to: string): Promise<string> {
  await expect(run('asks', { to })).rejects.toThrow('It waits for approval: Sends it')
  const [ask] = it.waited?.asks ?? []
  expect(ask).toMatchObject({
    ...{ kind: 'tool', tool: 'skill.asks: approval', effect: 'outside', why: 'rule', summary: 'Sends it' },
    arguments: { to },
  })
  return ask?.place ?? ''
}

test('what it asks a person for parks the run, which begins again with the answer', async () => {
  await world.accepted(packed('asks', { does: ASKS }))
  const place = await placeAsked('Ben')
  expect(place).toMatch(/^1 [0-9a-f]{32}$/)
  it.decisions.set(place, decided('approved'))
  expect((await run('asks', { to: 'Ben' })).outcome).toEqual({ approved: true, message: 'Approved by Ada.' })
  it.decisions.set(place, decided('rejected', { note: 'Not now' }))
  expect((await run('asks', { to: 'Ben' })).outcome).toEqual({
    approved: false,
    message: 'Ada did not allow it. They say: “Not now”.',
  })
  it.decisions.set(place, decided('approved', { arguments: { to: 'Cleo' } }))
  expect((await run('asks', { to: 'Ben' })).outcome).toMatchObject({ approved: false })
  // Of something else nobody has said anything.
  expect(await placeAsked('Dora')).not.toBe(place)
})

test('what was remembered of exactly this is used once; what differs each time is not asked for ever', async () => {
  await world.accepted(packed('asks', { does: ASKS }))
  const uses: unknown[] = []
  const grant: AgentTools['grant'] = async (call) => {
    uses.push(call)
    return { id: 7, by: 'Ada' }
  }
  for (let n = 0; n < 2; n++)
    expect((await run('asks', { to: 'Ben' }, { tools: { grant } })).outcome).toMatchObject({ approved: true })
  expect(uses).toMatchObject([{ tool: 'skill.asks: approval', arguments: { to: 'Ben' }, exactly: true }])
  for (let n = 1; n <= 20; n++) it.kept.set(`asked ${n}`, true)
  expect((await failureOf(run('asks', { to: 'Eve' }))).message).toContain('It has asked 20 times')
})

test('what stops the run stops the skill', async () => {
  await world.accepted(packed('endless', { does: 'this.introspect("on"); for (;;);' }))
  const running = run('endless')
  // As soon as it has said that it runs.
  const watch = setInterval(() => it.said.includes('on') && it.controller.abort(new Error('It is late.')), 10)
  await expect(running).rejects.toThrow('It is late.')
  clearInterval(watch)
})
