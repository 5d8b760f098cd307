/** What is shown of an agent before it runs is what its run reads, to the letter. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { write } from '#db/queries/agents.ts'
import { createModels } from '../agents/custom/model-client.ts'
import { SHIPPED } from '../agents/custom/prices.ts'
import { customAgents } from '../agents/custom/provider.ts'
import { fakeModel } from '../agents/testing/fake-model.ts'
import { workbench } from '../agents/testing/task.ts'
import { NewAgent } from '../contract/custom-agent.ts'
import { type World, world } from '../http/testing/world.ts'
import { prompt } from './previewing.ts'

const SCOUT = {
  instructions: 'Look around in {{context.city}} with {{context.key}} for {{workspace.name}}. It is {{now}}.',
  input: {
    type: 'object',
    properties: {
      city: { type: 'string' },
      days: { type: 'integer', default: 7 },
      key: { type: 'string', writeOnly: true },
    },
    required: ['city'],
  },
}

test('variables that would make it longer than any model reads are refused', async () => {
  const { clock, store } = await workbench()
  const given = {
    instructions: '{{context.a}}'.repeat(2500),
    input: {},
    memory: 'none' as const,
    skillIds: [],
  }
  const context = { a: 'x'.repeat(60_000) }
  await expect(
    prompt({ clock, sources: [] }, { id: 1, name: 'Demo', timezone: 'UTC' }, { ...given, context }),
  ).rejects.toMatchObject({
    problem: { status: 422 },
  })
  await store.close()
})

test('it is what the model of a run is told', async () => {
  const [it, fake] = await Promise.all([workbench(), fakeModel()])
  const env = {
    ...{ ALLOWED_PRIVATE_NETWORKS: [], LLM_PROVIDER: 'openai-compatible' as const },
    ...{ LLM_BASE_URL: fake.url, LLM_MODEL: 'small' },
  }
  const box = { close: (text: string) => text, open: (text: string) => text }
  const models = createModels({ store: it.store, box, env })
  try {
    const config = JSON.stringify(NewAgent.parse({ name: 'Scout', ...SCOUT }))
    const { workspaceId, clock, store } = it
    await write(store, 'made', { workspaceId, id: 'scout', revision: 1, config, by: 'ada', now: clock.now() })
    const scout = await customAgents(store, { models, tools: [], prices: async () => SHIPPED }).find(
      workspaceId,
      'scout',
    )
    if (!scout) throw new Error('The agent that was just written is not there.')
    const context = { city: 'Berlin', key: 'very-secret' }
    const execution = { triggerName: 'Example schedule', scheduledFor: clock.now() }
    fake.next = [{ text: 'Done.' }]
    await it.run(scout, context, { execution })
    const workspace = { id: workspaceId, name: 'Demo', timezone: 'UTC' }
    const shown = await prompt({ clock, sources: [] }, workspace, {
      ...SCOUT,
      memory: 'none',
      skillIds: [],
      context,
    })
    const [system, first] = fake.asked[0]?.messages ?? []
    expect(shown).toEqual({ instructions: system?.content, message: first?.content })
    expect(shown.instructions).toContain(
      'Look around in Berlin with ••• for Demo. It is Monday, 2 March 2026',
    )
    expect(shown.message).toContain('"days": 7')
  } finally {
    await Promise.all([models.close(), fake.close()])
    await it.store.close()
  }
})

describe('by API', () => {
  let it: World
  beforeAll(async () => {
    it = await world()
    await it.ask('PUT', '/workspace/demo', { as: it.ada, body: { timezone: 'Asia/Tokyo' } })
  })
  afterAll(() => it.close())
  const ask = (body: unknown) => it.ask('POST', '/workspace/demo/agents/preview', { as: it.ben, body })

  test('an example stands in for the context, in the zone and the name of the workspace', async () => {
    const { status, body } = await ask({ ...SCOUT, memory: 'notes' })
    expect(status).toBe(200)
    expect(body.instructions).toMatch(
      /^Look around in <city> with ••• for demo\. It is .+ \(Asia\/Tokyo\)\.\n/,
    )
    expect(body.message).toMatch(
      /^Schedule: Example schedule, in the workspace demo\.\nPlanned for .+Tokyo\)\.\n/,
    )
    expect(body.message).toContain('"""\n<what earlier runs have noted>\n"""')
    expect((await ask({ ...SCOUT, memory: 'last_result' })).body.message).toContain(
      '<what the last run said>',
    )
  })

  test('what is wrong is said as it is when the agent is saved, or planned', async () => {
    const config = { instructions: 'Look at {{nowhere}}.', input: { $ref: '#' } }
    const saved = await it.ask('POST', '/workspace/demo/agents', {
      as: it.ben,
      body: { name: 'Scout', ...config },
    })
    const shown = await ask(config)
    expect([shown.status, shown.body.errors]).toEqual([422, saved.body.errors])
    expect((await ask({ ...SCOUT, context: { city: 5 } })).body.errors).toEqual([
      { path: 'context.city', message: 'expects a text, not 5' },
    ])
  })

  test('an agent is given no id whose address is that of something else', async () => {
    const make = async (body: object) =>
      (await it.ask('POST', '/workspace/demo/agents', { as: it.ben, body: { ...body, instructions: 'x' } }))
        .body.errors
    const message = 'would make the id "preview", whose address is taken. Choose another name, or send an id'
    expect(await make({ name: 'Preview' })).toEqual([{ path: 'name', message }])
    expect(await make({ name: 'Scout', id: 'preview' })).toEqual([{ path: 'id', message }])
  })
})
