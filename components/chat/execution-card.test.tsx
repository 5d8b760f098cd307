import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { prerender } from 'react-dom/static'
import { expect, test } from 'vitest'
import type { Message } from '#lib/contract/message.ts'
import { ExecutionCard } from './execution-card.tsx'

const message = (more: Partial<Message>) =>
  ({
    ...{
      id: 1,
      kind: 'result',
      prompt: '[SCHEDULED] Nightly stock count',
      executionId: null,
      threadId: null,
    },
    ...{ createdAt: '2026-03-01T08:00:00.000Z', updatedAt: '2026-03-01T08:00:00.000Z', version: 1 },
    ...more,
  }) as Message

/** Once all of it is there. */
async function drawn(more: Partial<Message>): Promise<string> {
  const card = <ExecutionCard slug="demo" message={message(more)} />
  const { prelude } = await prerender(
    <QueryClientProvider client={new QueryClient()}>{card}</QueryClientProvider>,
  )
  return new Response(prelude).text()
}

test.each(['waiting', 'running', 'success'] as const)(
  'what a run says is formatted while it is %s',
  async (status) => {
    const html = await drawn({ status, text: '**Waiting.** Waits for somebody.' })
    expect(html).toContain('<strong>Waiting.</strong>')
    expect(html).not.toContain('**')
  },
)
