/** A text that a workspace keeps, for tests that are about something else. */
import { add, plain } from '../queries/documents.ts'
import type { Store } from '../store.ts'

export async function keepText(
  store: Store,
  it: { workspaceId: number; name: string; content: string; by: string; tainted?: boolean },
  now: Date,
): Promise<{ id: number }> {
  const content = { ...plain(it.name, it.content, { kind: 'text', ref: null }), tainted: it.tainted ?? false }
  return (
    await add(
      store,
      it.workspaceId,
      content,
      { kind: it.by.startsWith('agent:') ? 'agent' : 'person', id: it.by, name: it.by },
      now,
    )
  ).document
}
