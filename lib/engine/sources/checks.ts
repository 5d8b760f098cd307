/** Whether the sources that a trigger names could be looked at, with the remedy where they could not. */
import * as rows from '#db/queries/sources.ts'
import type { Store } from '#db/store.ts'
import type { ReadinessCheck } from '#lib/contract/readiness.ts'
import { sourcesNamedIn } from './using.ts'

const WHERE = 'in the settings, under Sources'

/** As they were found at their last looks. */
export async function sourceChecks(
  store: Store,
  { triggerId, workspaceId }: { triggerId: number; workspaceId: number },
): Promise<ReadinessCheck[]> {
  const trigger = await rows.namesOf(store, triggerId)
  const ids = trigger ? sourcesNamedIn(trigger) : []
  const found = await rows.named(store, workspaceId, ids)
  return ids.map((id) => checkOf(id, found.find((it) => it.id === id) ?? null))
}

function checkOf(id: number, row: rows.SourceRow | null): ReadinessCheck {
  const it = { kind: 'source', name: row?.name ?? `Source ${id}`, expiresAt: null } as const
  if (!row)
    return {
      ...{ ...it, state: 'failing', code: 'missing' },
      detail: `The source ${id} is not there any more.`,
      remedy: 'Choose another in the trigger.',
    }
  if (row.status === 'ok')
    return { ...it, state: 'ok', code: null, detail: `“${row.name}” is looked at.`, remedy: null }
  return {
    ...{ ...it, state: 'failing' },
    code: row.status === 'auth_required' ? 'reauth_required' : 'unreachable',
    detail: `The source “${row.name}” cannot be looked at: ${row.lastError ?? 'it did not answer'}`,
    remedy: `Mend it ${WHERE}. What comes meanwhile is told once it answers again.`,
  }
}
