import { expect, test } from 'vitest'
import { z } from 'zod'
import { Agent } from '../contract/agent.ts'
import { agent } from './agent.ts'
import { READ_SOURCES } from '../contract/readiness.ts'
import { catalogue } from './index.ts'
import { builtIn } from './providers.ts'
import { systemAgents } from './system/index.ts'
import { workbench } from './testing/task.ts'

const HOME = 1
const findAgent = (agentId: string, agentType = 'system') => catalogue.find(HOME, { agentId, agentType })
const unknownAgent = (agentId: string) => catalogue.unknown(HOME, { agentId, agentType: 'system' })
const judgeContext = (
  agentId: string,
  agentType: string,
  context: Record<string, unknown>,
  policy?: Parameters<typeof catalogue.judge>[3],
) => catalogue.judge(HOME, { agentId, agentType }, context, policy)

const named = (id: string, aliases: string[] = []) =>
  agent({
    id,
    aliases,
    name: id,
    description: '',
    input: z.object({}),
    safeToRepeat: true,
    perform: async () => ({ text: '' }),
  })

test('an agent is found by its id and by its alias', async () => {
  expect(await findAgent('daily-summary')).toBe(await findAgent('summary-agent'))
  expect((await findAgent('test-agent'))?.id).toBe('test-agent')
  expect(await findAgent('constructor')).toBeNull()
})

test('an id or alias that two agents share is refused', async () => {
  expect(() => builtIn([named('a'), named('b', ['a'])])).toThrow('Two agents are called "a": "a" and "b".')
  expect(() => builtIn([named('a'), named('a')])).toThrow('"a"')
})

test('an agent that is not there is answered with those that are', async () => {
  expect(await unknownAgent('nope')).toBe(
    'Unknown agent "nope". Known agents: summary-agent, daily-summary, doc-processor, calendar-agent, email-monitor, webhook-caller, batch-processor, maintenance, test-agent.',
  )
  expect(await judgeContext('nope', 'system', {})).toEqual({
    ok: false,
    errors: [{ path: 'agentId', message: await unknownAgent('nope') }],
  })
})

test('the guide’s context is taken word for word; what this version has none of is refused plainly', async () => {
  expect(
    await judgeContext('doc-processor', 'system', {
      action: 'sync_and_embed',
      sources: ['google-drive', 'sharepoint'],
      embedBatchSize: 100,
    }),
  ).toEqual({ ok: true })
  expect(await findAgent('my-skill', 'imported')).toBeNull()
  const verdict = await judgeContext('my-skill', 'imported', {})
  expect(verdict).toMatchObject({
    ok: false,
    errors: [
      {
        path: 'agentType',
        message: expect.stringMatching(
          /^This version runs system agents only, so the imported agent "my-skill" cannot run\. Known agents: /,
        ),
      },
    ],
  })
})

test('every agent is listed as the contract says, with an example that it accepts', async () => {
  for (const it of await catalogue.list(HOME)) {
    expect(Agent.parse(it)).toEqual(it)
    expect(it.input).toMatchObject({ type: 'object' })
    expect(await judgeContext(it.id, it.agentType, it.example)).toEqual({ ok: true })
  }
})

test('the contexts of the original guide are accepted', async () => {
  const guide: [string, Record<string, unknown>][] = [
    ['daily-summary', {}],
    [
      'summary-agent',
      {
        reportType: 'daily',
        includeMetrics: true,
        dateRange: 'last_24_hours',
        notifyUsers: ['user@example.com'],
        instructions: 'Focus on high-priority items',
      },
    ],
    [
      'summary-agent',
      {
        reportType: 'daily_summary',
        includeSections: ['new_documents', 'chat_activity', 'agent_usage'],
        emailRecipients: ['team@example.com'],
      },
    ],
    ['maintenance', { tasks: ['archive_old_chats', 'cleanup_temp_files', 'regenerate_summaries'] }],
    ['batch-processor', { taskIds: Array.from({ length: 100 }, (_, n) => n + 1) }],
    ['test-agent', {}],
    [
      'calendar-agent',
      {
        lookAhead: '1h',
        prepareFor: ['meetings', 'deadlines'],
        actions: ['fetch_context', 'create_summary'],
      },
    ],
    [
      'doc-processor',
      { action: 'sync_and_embed', sources: ['google-drive', 'sharepoint'], embedBatchSize: 100 },
    ],
  ]
  for (const [id, context] of guide)
    expect(await judgeContext(id, 'system', context), id).toEqual({ ok: true })
})

test('what is wrong with a context is said with its path', async () => {
  expect(await judgeContext('test-agent', 'system', { durationMs: -1 })).toMatchObject({
    ok: false,
    errors: [{ path: 'context.durationMs' }],
  })
  expect(await judgeContext('test-agent', 'system', { dos: 'fail' })).toMatchObject({
    ok: false,
    errors: [{ path: 'context.dos', message: 'is not a field here' }],
  })
})

const PRIVATE = [
  'http://127.0.0.1/',
  'http://127.1/',
  'http://2130706433/',
  'http://0x7f000001/',
  'http://0177.0.0.1/',
  'http://[::ffff:127.0.0.1]/',
  'http://[fc00::1]/',
  'http://localhost:3001/',
  'http://good@127.0.0.1/',
  'http://127.0.0.1\\@good/',
  'file:///etc/passwd',
  'nonsense',
]
const METADATA = [
  'http://169.254.169.254/',
  'http://metadata.google.internal/',
  'http://168.63.129.16/',
  'http://[fd00:ec2::254]/',
]

test.each([...PRIVATE, ...METADATA])(
  'a webhook to %s is refused when it is saved, inside a batch too',
  async (url) => {
    expect(await judgeContext('webhook-caller', 'system', { url })).toMatchObject({
      ok: false,
      errors: [{ path: 'context.url' }],
    })
    expect(
      await judgeContext('batch-processor', 'system', {
        tasks: [{ agentId: 'webhook-caller', context: { url } }],
      }),
    ).toMatchObject({ ok: false, errors: [{ path: 'context.tasks.0.context.url' }] })
  },
)

test('what the administrator allows may be saved; metadata services never', async () => {
  const allowed = { allowedPrivateNetworks: ['0.0.0.0/0', '::/0'] }
  expect(await judgeContext('webhook-caller', 'system', { url: 'http://127.0.0.1:8080/' }, allowed)).toEqual({
    ok: true,
  })
  for (const url of METADATA)
    expect(await judgeContext('webhook-caller', 'system', { url }, allowed), url).toMatchObject({ ok: false })
})

test('a batch names the task whose agent is not there', async () => {
  const verdict = await judgeContext('batch-processor', 'system', {
    tasks: [{ agentId: 'test-agent' }, { agentId: 'nope' }],
  })
  expect(verdict).toEqual({
    ok: false,
    errors: [{ path: 'context.tasks.1.agentId', message: await unknownAgent('nope') }],
  })
  expect(
    await judgeContext('batch-processor', 'system', { taskIds: [1], template: { agentId: 'test-agent' } }),
  ).toMatchObject({ ok: false, errors: [{ path: 'context.template.context.taskId' }] })
})

test('those agents of the product say what they lack whose runs are looked at for that', () => {
  expect(systemAgents.filter((it) => it.checks).map((it) => it.id)).toEqual(READ_SOURCES)
})

test.each([
  ['email-monitor', { sourceId: 'gmail' }, ['failing']],
  ['email-monitor', { mailbox: { password: { sealed: 'x' } } }, []],
  ['email-monitor', { sourceId: 7 }, ['failing']],
  ['calendar-agent', {}, ['failing']],
  ['calendar-agent', { calendars: [] }, ['failing']],
  ['calendar-agent', { calendars: [{ url: { secret: 'CALENDAR' } }] }, []],
  ['doc-processor', {}, []],
  ['doc-processor', { sources: ['google-drive', 'sharepoint'] }, ['failing', 'failing']],
  ['doc-processor', { sources: ['google-drive', 'uploads'] }, ['warning']],
  ['doc-processor', { sources: 'spoilt' }, []],
])('%s with %j lacks %j', async (id, context, states) => {
  const bench = await workbench()
  const checks = (await (await findAgent(id))?.checks?.(bench.workspaceId, false, bench.needs(context))) ?? []
  expect(checks).toMatchObject(states.map((state) => ({ kind: 'source', code: 'missing', state })))
  await bench.store.close()
})
