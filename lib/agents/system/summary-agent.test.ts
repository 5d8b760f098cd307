import { beforeEach, expect, test } from 'vitest'
import * as messages from '#db/queries/messages.ts'
import { pauseAll } from '#db/queries/upkeep.ts'
import { hours } from '#lib/clock.ts'
import { keepText } from '#db/testing/documents.ts'
import { mailThrough } from '#lib/mail/testing/post.ts'
import { type TestSmtp, testSmtp } from '#lib/mail/testing/smtp.ts'
import type { AgentTools, Composing } from '../agent.ts'
import { runMail } from '../mailing.ts'
import { type Workbench, workbench } from '../testing/task.ts'
import { summaryAgent } from './summary-agent.ts'

let bench: Workbench
beforeEach(async () => {
  bench = await workbench({ now: '2026-03-02T09:00:00Z' })
  return () => bench.store.close()
})

const ago = (h: number) => new Date(bench.clock.now().getTime() - hours(h))
const say = (author: string, at: Date) =>
  messages.post(
    bench.store,
    { workspaceId: bench.workspaceId, kind: 'person', text: 'hi', author: { id: null, name: author } },
    at,
  )
async function trigger(
  name: string,
  change: Partial<typeof bench.store.t.triggers.$inferInsert> = {},
): Promise<number> {
  const { store, workspaceId } = bench
  const [row] = await store.q
    .insert(store.t.triggers)
    .values({
      workspaceId,
      name,
      agentId: 'test-agent',
      createdAt: ago(999).getTime(),
      updatedAt: ago(999).getTime(),
      ...change,
    })
    .returning()
  return row?.id as number
}
let occurrences = 0
async function ran(
  triggerId: number,
  triggerName: string,
  change: Partial<typeof bench.store.t.executions.$inferInsert> = {},
): Promise<void> {
  const { store, workspaceId } = bench
  const at = change.queuedAt ?? ago(1).getTime()
  await store.q.insert(store.t.executions).values({
    workspaceId,
    triggerId,
    triggerName,
    triggerRevision: 1,
    agentId: 'test-agent',
    kind: 'schedule',
    occurrence: String(occurrences++),
    queuedAt: at,
    availableAt: at,
    completedAt: at,
    status: 'success',
    durationMs: 1500,
    ...change,
  })
}

test('it shows text from outside where what it quotes does', async () => {
  const marked = async () => (await bench.run(summaryAgent, {})).usage?.tainted
  const sync = await trigger('Sync', { consecutiveFailures: 1, nextRunAt: ago(-99).getTime() })
  await ran(sync, 'Sync', { status: 'failed', error: 'no route to host' })
  expect(await marked()).toBe(false)
  await ran(sync, 'Sync', { status: 'failed', error: 'answered: Ignore all', tainted: true })
  expect(await marked()).toBe(true)
  const { store, workspaceId } = bench
  await store.q.delete(store.t.executions)
  expect(await marked()).toBe(false)
  const document = { workspaceId, name: 'Ignore all', content: '', bytes: 0, createdAt: ago(3).getTime() }
  await store.q.insert(store.t.documents).values({ ...document, tainted: true })
  expect(await marked()).toBe(true)
})

test('a busy day is told in sections', async () => {
  const { store, workspaceId } = bench
  await trigger('This digest')
  await say('Ben', ago(2))
  await say('Ada *the* first', ago(2))
  await say('Ben', ago(1))
  const backup = await trigger('Backup', {
    dueAt: ago(-3).getTime(),
    nextRunAt: ago(-3).getTime(),
    timezone: 'Europe/Berlin',
  })
  const sync = await trigger('Sync | all', {
    consecutiveFailures: 3,
    dueAt: ago(-99).getTime(),
    nextRunAt: ago(-99).getTime(),
  })
  await ran(backup, 'Backup')
  await ran(backup, 'Backup')
  await ran(sync, 'Sync | all', { status: 'failed', error: 'no route\nto host' })
  await ran(sync, 'Sync | all', { status: 'skipped', durationMs: null })
  await ran(backup, 'Morning digest', { agentId: 'daily-summary' })
  await store.q
    .insert(store.t.documents)
    .values({ workspaceId, name: 'plan.md', content: '', bytes: 0, createdAt: ago(3).getTime() })
  const { text, notable } = await bench.run(summaryAgent, {
    reportType: 'daily_summary',
    includeMetrics: true,
  })
  expect(notable).toBe(true)
  expect(text).toBe(`## Daily summary: Demo

From 1 March at 09:00 to 2 March at 09:00 (UTC).

### Messages

3 messages by 2 people.

- Ben: 2
- Ada \\*the\\* first: 1

### Runs

4 runs: 2 succeeded, 1 failed and 1 was skipped. 67 % succeeded, 1.5 s on average.

- **Sync \\| all**: 1 failed and 1 was skipped. The last error was: no route to host
- **Backup**: 2 succeeded

### New documents

1 document was added.

- plan.md

### Schedules in trouble

- **Sync \\| all** failed the last 3 times

### In the next 24 hours

- **Backup**: Monday 13:00 (Europe/Berlin)`)
})

test('a quiet day is one sentence and not notable', async () => {
  expect(await bench.run(summaryAgent)).toMatchObject({
    text: '## Summary: Demo\n\nNothing happened in Demo since 1 March at 09:00 (UTC).',
    notable: false,
  })
})

test('its own runs and what a person paused are no news', async () => {
  const own = await trigger('Digest', {
    agentId: 'daily-summary',
    enabled: false,
    pausedAt: ago(1).getTime(),
    pausedReason: 'holiday',
    pausedUntil: ago(-48).getTime(),
  })
  await ran(own, 'Digest', { agentId: 'daily-summary' })
  const { text, notable } = await bench.run(summaryAgent)
  expect(notable).toBe(false)
  expect(text).toContain('Nothing happened')
  expect(text).toContain('- **Digest** is paused until 4 March at 09:00: holiday')
})

test('broken, switched off and globally paused is trouble worth telling', async () => {
  await trigger('Odd', { problem: 'Unknown time zone "Mars".' })
  await trigger('Tired', { enabled: false, disabledReason: 'Switched off after 5 failures in a row.' })
  await pauseAll(bench.store, 'upgrade', ago(1))
  const { text, notable } = await bench.run(summaryAgent)
  expect(notable).toBe(true)
  expect(text).toContain(
    '- The whole scheduler is paused since 2 March at 08:00: upgrade\n- **Odd** cannot be planned: Unknown time zone "Mars".\n- **Tired** is switched off: Switched off after 5 failures in a row.',
  )
})

test.each([
  [{}, 5, 1],
  [{}, null, 2],
  [{ lookbackHours: 30 }, null, 3],
  [{ lookbackHours: 30 }, 5, 3],
  [{ dateRange: 'last_24_hours' }, 5, 2],
  [{ dateRange: 'last_7_days' }, 5, 4],
  [{ dateRange: 'since_last_run' }, 5, 1],
])('%j, last success %j hours ago, looks as far back as it says', async (context, lastRun, expected) => {
  for (const h of [4, 20, 28, 100]) await say('Ada', ago(h))
  const triggerId = await trigger('Digest')
  const digest = (h: number, status: 'success' | 'failed') =>
    ran(triggerId, 'Digest', {
      agentId: 'summary-agent',
      status,
      queuedAt: ago(h).getTime(),
      startedAt: ago(h).getTime(),
    })
  if (lastRun !== null) await digest(lastRun, 'success')
  // What failed has told nothing.
  await digest(1, 'failed')
  const { text } = await bench.run(summaryAgent, context, { execution: { triggerId } })
  expect(text).toContain(`- Ada: ${expected}`)
})

test('only the sections asked for are told; what has no meaning yet is said in a step', async () => {
  await say('Ada', ago(1))
  await ran(await trigger('Backup'), 'Backup')
  const { text } = await bench.run(summaryAgent, {
    includeSections: ['agent_usage', 'weather'],
    notifyUsers: ['the team'],
    instructions: 'Be brief',
  })
  expect(text).toContain('### Runs\n\n1 run: 1 succeeded.')
  expect(text).not.toContain('### Messages')
  expect(bench.said).toEqual([
    'Not told by mail, as this is no address: the team.',
    'Left out, as there is no such section: weather. There are: chat_activity, agent_usage, new_documents, upcoming_runs, schedule_health.',
    'Reading what happened since 1 March at 09:00',
    'Instructions need a language model, and none could be asked: the digest has its usual form.',
  ])
})

test('where a model is set up, it writes what the digest begins with, as instructed; all else stays', async () => {
  await say('Ada', ago(1))
  const asked: Composing[] = []
  const compose: AgentTools['compose'] = async (it) => {
    asked.push(it)
    return { text: 'Ada was **busy**.', usage: { tokensUsed: 7, cost: 0.1 } }
  }
  const usual = await bench.run(summaryAgent, {}, { tools: { compose } })
  expect(asked).toEqual([])
  const context = { instructions: 'Praise people' }
  const { text, usage } = await bench.run(summaryAgent, context, { tools: { compose } })
  expect(text).toBe(usual.text.replace('\n\nFrom ', '\n\nAda was \\*\\*busy\\*\\*.\n\nFrom '))
  expect(text).toContain('busy')
  expect(usage).toMatchObject({ tokensUsed: 7, cost: 0.1 })
  expect(asked).toMatchObject([
    { instructions: expect.stringContaining('Praise people'), material: expect.stringContaining('Ada: 1') },
  ])
  expect(bench.said.join()).not.toContain('Instructions')
})

/** The original guide's, word for word. */
const GUIDE = {
  reportType: 'daily_summary',
  includeSections: ['new_documents', 'chat_activity', 'agent_usage'],
  emailRecipients: ['team@example.com'],
}

test('the guide’s daily summary says what its words promise, in the chat and by mail', async () => {
  await keepText(
    bench.store,
    { workspaceId: bench.workspaceId, name: 'Menu_for_*May*', content: 'Soup', by: 'ada' },
    ago(2),
  )
  await say('Ada <b>Lovelace</b>', ago(1))
  await ran(await trigger('Backup'), 'Backup')
  await testSmtpWhile(async (peer) => {
    const { text, outcome, notable } = await bench.run(summaryAgent, GUIDE, { tools: { mail: mailOf(peer) } })
    expect(text).toContain('## Daily summary: Demo')
    for (const heading of ['### Messages', '### Runs', '### New documents']) expect(text).toContain(heading)
    expect([notable, outcome]).toMatchObject([true, { mailed: ['team@example.com'] }])
    const [{ to, mail } = { to: null, mail: null }] = peer.taken
    expect([to, mail?.subject, mail?.html]).toEqual([['team@example.com'], 'Daily summary: Demo', undefined])
    // As it was written, and as text: neither markup nor what kept it from being markup.
    for (const words of ['- Menu_for_*May*', '- Ada <b>Lovelace</b>: 1', 'Backup: 1 succeeded'])
      expect(mail?.text).toContain(words)
    expect(bench.saidOf).toContainEqual(
      expect.objectContaining({
        tool: 'send_mail',
        effect: 'outside',
        state: 'done',
        key: 'carillon-1-1',
        n: 1,
      }),
    )
  })
})

test('a day without news is mailed, too: the report is a daily one', async () => {
  await testSmtpWhile(async (peer) => {
    const { notable } = await bench.run(summaryAgent, GUIDE, { tools: { mail: mailOf(peer) } })
    expect([notable, peer.taken[0]?.mail.text]).toEqual([false, expect.stringContaining('Nothing happened')])
  })
})

test('a digest that cannot be mailed is in the chat, and says what to do', async () => {
  const { text } = await bench.run(summaryAgent, GUIDE)
  expect(text).toContain(
    'Not mailed to 1 person: no mail server is set up. Enter one in the settings, under Mail.',
  )
  await testSmtpWhile(async (peer) => {
    peer.refuses.set('ben@example.com', 550)
    const context = { ...GUIDE, notifyUsers: ['ben@example.com', 'team@example.com'] }
    const partly = await bench.run(summaryAgent, context, { tools: { mail: mailOf(peer) } })
    expect(partly).toMatchObject({
      text: expect.stringMatching(/Not mailed to ben@example.com \(.*No such person here\)\.$/),
      outcome: { mailed: ['team@example.com'] },
    })
    bench.kept.clear()
    peer.refuses.set('', 451)
    const not = await bench.run(summaryAgent, GUIDE, { tools: { mail: mailOf(peer) } })
    expect(not.text).toMatch(/Not mailed to 1 person: .* did not take the mail/)
  })
})

/** As the run has it. */
const mailOf = (peer: TestSmtp) =>
  runMail(mailThrough(peer, bench), {
    workspace: { id: bench.workspaceId, name: 'Demo', slug: 'demo' },
    step: bench.step,
    has: () => false,
    signal: bench.controller.signal,
  })
async function testSmtpWhile(work: (peer: TestSmtp) => Promise<void>): Promise<void> {
  const peer = await testSmtp()
  await work(peer).finally(() => peer.close())
}

test('long lists are cut, and say by how much', async () => {
  for (let n = 0; n < 13; n++) await ran(await trigger(`T${n}`), `T${n}`)
  const { text } = await bench.run(summaryAgent)
  expect(text).toContain('13 runs: 13 succeeded.')
  expect(text).toContain('- and 3 more')
})

test.each([{ dateRange: 'yesterday-ish' }, { timezone: 'Mars/Olympus' }, { lookbackHours: 0 }])(
  '%j is refused',
  (context) => {
    expect(summaryAgent.input.safeParse(context).success).toBe(false)
  },
)

test('what the reader adds for themselves is kept out of the way', () => {
  expect(summaryAgent.input.safeParse({ myOwn: { field: 1 } }).success).toBe(true)
})
