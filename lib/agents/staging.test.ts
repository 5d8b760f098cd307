/** A staged run of an agent that comes with the product: nothing that has an effect is reached. */
import { upcoming } from '#db/queries/activity.ts'
import { byWords } from '../documents/testing/by-words.ts'
import pino from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ClaimedRow } from '#db/queries/claiming.ts'
import { catalogue } from './index.ts'
import { createAgentPort } from './performing.ts'
import { createScope } from './scope.ts'
import { noFiles, noServer, nothingDone, type Workbench, workbench } from './testing/task.ts'

let bench: Workbench
let asked: string[]
let said: { text: string; data: unknown }[]
beforeEach(async () => {
  bench = await workbench()
  asked = []
  said = []
})
afterEach(() => bench.store.close())

function staged(agentId: string, context: Record<string, unknown>) {
  const port = createAgentPort(catalogue, {
    store: bench.store,
    clock: bench.clock,
    search: byWords(bench.store),
    upcoming,
    sealing: {
      open: async (_, _agent, it) => it,
      secretsOf: async () => new Map(),
      confidentialIn: async () => [],
    },
    mail: { ...noServer, inForce: async () => ({ scope: 'environment', from: 'a@example.com', row: null }) },
    doingsOf: () => nothingDone,
    files: {
      ...noFiles.files,
      textOf: async () => ({ text: '# A page', mediaType: 'text/markdown', left: null }),
    },
    folders: noFiles.folders,
    mailboxOf: noFiles.mailboxOf,
    composing: () => async () => null,
    grant: async () => null,
    async fetch(url) {
      asked.push(String(url))
      if (!String(url).endsWith('/page')) throw new Error('no network here')
      const bytes = new TextEncoder().encode('# A page')
      const answer = { status: 200, headers: new Headers(), url: String(url), redirects: [], bytes }
      return { ...answer, truncated: false, text: () => '# A page' }
    },
  })
  const claimed = {
    ...{ id: 1, workspaceId: bench.workspaceId, workspaceName: 'Demo', workspaceSlug: 'demo', triggerId: 1 },
    ...{ triggerName: 'Test', agentId, agentType: 'system', kind: 'manual', fence: 1, attempt: 1 },
    ...{ scheduledFor: null, startedAt: bench.clock.now().getTime(), isCatchup: false, staged: true },
  } as ClaimedRow
  return port.perform(claimed, context, {
    signal: bench.controller.signal,
    say: (text, data) => said.push({ text, data }),
    decided: () => null,
    afford: async () => ({ warning: null }),
    write: () => {},
    step: bench.step,
    has: (key) => bench.kept.has(key),
    scope: createScope({ clock: bench.clock, log: pino({ level: 'silent' }), executionId: 1 }),
  })
}

test('what would be sent is said, without the secrets of its path, and is not sent', async () => {
  const url = 'https://hooks.example.com/services/very-secret'
  const it = await staged('webhook-caller', { url, method: 'POST', body: { a: 1 } })
  expect(it).toEqual({
    kind: 'done',
    result: { text: 'Nothing was done. It would have:\n\n- POST to hooks.example.com' },
  })
  expect(asked).toEqual([])
  const effects = said.flatMap(({ data }) => (data as { state?: string } | null)?.state ?? [])
  expect(effects).toEqual(['staged'])
  expect(JSON.stringify([it, said])).not.toContain('very-secret')
})

test('what only reads is done', async () => {
  await staged('webhook-caller', { url: 'https://example.com/', method: 'GET' })
  expect(asked).toEqual(['https://example.com/'])
})

test('documents that would be kept are said, and are not kept', async () => {
  const it = await staged('doc-processor', { sources: [{ url: 'https://example.com/page' }] })
  expect(it).toMatchObject({ kind: 'done', result: { outcome: { new: ['A page'] } } })
  expect(said.map(({ text }) => text)).toContain('Staged: keeps the document “A page”')
})

test('upkeep says what it would do away with, and keeps it', async () => {
  const { store, workspaceId } = bench
  await store.q.insert(store.t.messages).values({
    ...{ workspaceId, kind: 'person', prompt: 'x', text: 'x', authorName: 'Ada' },
    ...{ createdAt: 0, updatedAt: 0 },
  })
  const it = await staged('maintenance', {
    tasks: ['archive_old_chats', 'prune_executions'],
    retentionDays: 30,
  })
  expect(it.kind).toBe('done')
  const [message] = await store.q.select().from(store.t.messages)
  expect(message?.include).toBe(true)
  expect(said.map(({ text }) => text)).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^Staged: archives messages older than/),
      expect.stringMatching(/^Staged: deletes executions older than/),
    ]),
  )
})

test('mail is said, and is not sent', async () => {
  const context = { includeSections: ['agent_usage'], emailRecipients: ['ben@example.com'] }
  const it = await staged('summary-agent', context)
  expect(it.kind).toBe('done')
  expect(said.map(({ text }) => text)).toContain('Staged: mails “Summary: Demo” to ben@example.com')
})
