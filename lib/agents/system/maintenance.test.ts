import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { openSqlite } from '#db/sqlite/index.ts'
import { days } from '#lib/clock.ts'
import type { AgentTools } from '../agent.ts'
import { type Workbench, workbench } from '../testing/task.ts'
import { maintenance } from './maintenance.ts'

let bench: Workbench
beforeEach(async () => {
  bench = await workbench()
  return () => bench.store.close()
})

const ago = (n: number) => bench.clock.now().getTime() - days(n)
async function history(ages: number[], { store, workspaceId } = bench): Promise<void> {
  const [trigger] = await store.q
    .insert(store.t.triggers)
    .values({ workspaceId, name: 'A', agentId: 'a', createdAt: ago(999), updatedAt: ago(999) })
    .returning()
  await store.q.insert(store.t.executions).values(
    ages.map((age, index) => ({
      workspaceId,
      triggerId: trigger?.id as number,
      triggerName: 'A',
      triggerRevision: 1,
      agentId: 'a',
      kind: 'schedule',
      occurrence: String(index),
      queuedAt: ago(age),
      availableAt: ago(age),
      status: 'success' as const,
      output: 'x'.repeat(2048),
    })),
  )
  await store.q.insert(store.t.messages).values(
    ages.map((age) => ({
      workspaceId,
      kind: 'person' as const,
      prompt: 'hi',
      text: 'hi',
      authorName: 'Ada',
      createdAt: ago(age),
      updatedAt: ago(age),
    })),
  )
}

test('it says what it did and how much that freed', async () => {
  await history([200, 100, 50, 1])
  const result = await bench.run(maintenance, {
    tasks: ['archive_old_chats', 'prune_executions'],
    archiveAfterDays: 150,
    retentionDays: 30,
  })
  expect(result.text).toBe(
    [
      '- **Old chats**: Archived 1 message older than 150 days.',
      '- **Executions**: Deleted 3 executions older than 30 days, with about 6.0 KiB of output and steps.',
      '',
      'Freed about 6.0 KiB.',
    ].join('\n'),
  )
  expect(result).toMatchObject({
    notable: true,
    outcome: {
      freedBytes: 6144,
      tasks: { archive_old_chats: { changed: 1 }, prune_executions: { changed: 3 } },
    },
  })
})

test("the workspace's retention counts when the task names none; without either all is kept", async () => {
  await history([100, 1])
  expect((await bench.run(maintenance, { tasks: ['prune_executions'] })).text).toContain(
    'All are kept: neither this task nor the workspace sets retentionDays.',
  )
  await bench.store.q.update(bench.store.t.workspaces).set({ retentionDays: 60 })
  expect((await bench.run(maintenance, { tasks: ['prune_executions'] })).text).toContain(
    'Deleted 1 execution older than 60 days',
  )
})

test('with nothing to do it says so and is not notable', async () => {
  const { text, notable } = await bench.run(maintenance)
  expect(notable).toBe(false)
  expect(text).toContain('- **Old chats**: No message is older than 90 days.')
  expect(text).toContain('- **Orphans**: There are none.')
  expect(text).toContain('Nothing was freed.')
})

test("the guide's tasks do what their words promise", async () => {
  await history([200, 100])
  const { store } = bench
  const ids = (await store.q.select().from(store.t.executions)).map((it) => it.id)
  await store.q.update(store.t.executions).set({ completedAt: ago(50) })
  await store.q
    .insert(store.t.executionCheckpoints)
    .values(ids.map((executionId) => ({ executionId, key: 'a', value: 'x'.repeat(1024), at: ago(50) })))
  const context = { tasks: ['archive_old_chats', 'cleanup_temp_files', 'regenerate_summaries'] }
  const perform: AgentTools['perform'] = async (agent) => {
    expect(agent).toBe('summary-agent')
    return { text: '## What happened\n\n2 messages.', usage: { tainted: true } }
  }
  const result = await bench.run(maintenance, context, { tools: { perform } })
  expect(result.text).toBe(
    [
      '- **Old chats**: Archived 2 messages older than 90 days.',
      '- **Temporary files**: Removed what 2 ended runs had kept to go on after a crash, about 2.0 KiB.',
      '- **Summaries**: The digest since the last run was written anew; it stands below.',
      '',
      'Freed about 2.0 KiB.',
      '',
      '## What happened',
      '',
      '2 messages.',
    ].join('\n'),
  )
  expect(result).toMatchObject({ notable: true, usage: { tainted: true } })
  const nothing: AgentTools['perform'] = async () => ({ text: 'Nothing happened.', notable: false })
  expect(await bench.run(maintenance, context, { tools: { perform: nothing } })).toMatchObject({
    notable: false,
    text: expect.stringMatching(
      /Temporary files\*\*: There are none: no run[\s\S]*Summaries\*\*: Nothing has happened since the last run/,
    ),
  })
})

test('orphans are removed', async () => {
  const { store, workspaceId } = bench
  await store.q.insert(store.t.triggers).values({
    workspaceId,
    name: 'Gone',
    agentId: 'a',
    createdAt: ago(99),
    updatedAt: ago(99),
    deletedAt: ago(40),
  })
  await store.q.insert(store.t.invitations).values({
    workspaceId,
    email: 'e',
    role: 'editor',
    tokenHash: 'h',
    createdAt: ago(99),
    expiresAt: ago(90),
  })
  expect((await bench.run(maintenance, { tasks: ['cleanup_orphans'] })).text).toContain(
    'Removed 1 deleted schedule without history and 1 expired invitation.',
  )
})

test('a small database file gets smaller', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'carillon-test-'))
  const store = await openSqlite({ file: join(folder, 'carillon.db') })
  const [row] = await store.q
    .insert(store.t.workspaces)
    .values({ name: 'Demo', slug: 'demo', createdAt: ago(999) })
    .returning()
  await history(
    Array.from({ length: 300 }, () => 100),
    { ...bench, store, workspaceId: row?.id as number },
  )
  const onFile = { store }
  await bench.run(maintenance, { tasks: ['prune_executions'], retentionDays: 30 }, onFile)
  const { text, outcome } = await bench.run(maintenance, { tasks: ['vacuum'] }, onFile)
  expect(text).toMatch(/- \*\*Space\*\*: The database went from [12]\.\d MiB to [\d.]+ KiB\./)
  expect((outcome as { freedBytes: number }).freedBytes).toBeGreaterThan(100_000)
  expect((await bench.run(maintenance, { tasks: ['vacuum'] }, onFile)).text).toContain('none of it unused')
  await store.close()
  rmSync(folder, { recursive: true })
})

test('on PostgreSQL the space is left to autovacuum', async () => {
  const store = { ...bench.store, dialect: 'postgres' as const }
  expect((await bench.run(maintenance, { tasks: ['vacuum'] }, { store })).text).toContain(
    'PostgreSQL does this by itself (autovacuum).',
  )
})

test('a stop ends it between two pages', async () => {
  await history([100])
  bench.controller.abort(new Error('stopped'))
  await expect(bench.run(maintenance, { tasks: ['prune_executions'], retentionDays: 30 })).rejects.toThrow(
    'stopped',
  )
  expect(await bench.store.q.select().from(bench.store.t.executions)).toHaveLength(1)
})

test.each([{ tasks: [] }, { tasks: ['drop_everything'] }, { retentionDays: 0 }, { archiveAfterDays: 1.5 }])(
  '%j is refused',
  (context) => {
    expect(maintenance.input.safeParse(context).success).toBe(false)
  },
)
