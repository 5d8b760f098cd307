/** Whether the calendars that a trigger names can be read, with the remedy where they cannot. */
import * as rows from '#db/queries/calendars.ts'
import type { Store } from '#db/store.ts'
import type { ReadinessCheck } from '#lib/contract/readiness.ts'
import { calendarsNamedIn } from './using.ts'

const WHERE = 'in the settings, under Calendars'

/** As they were found when they were read last. */
export async function calendarChecks(
  store: Store,
  { triggerId, workspaceId }: { triggerId: number; workspaceId: number },
): Promise<ReadinessCheck[]> {
  const ids = calendarsNamedIn({ calendars: await rows.namesOf(store, triggerId) })
  const found = await rows.named(store, workspaceId, ids)
  return ids.map((id) => checkOf(id, found.find((it) => it.id === id) ?? null))
}

function checkOf(id: number, row: rows.CalendarRow | null): ReadinessCheck {
  const it = { kind: 'calendar', name: row?.name ?? `Calendar ${id}`, expiresAt: null } as const
  if (!row)
    return {
      ...{ ...it, state: 'failing', code: 'missing' },
      detail: `The calendar ${id} is not there any more: its days are days like others.`,
      remedy: 'Choose another in the trigger.',
    }
  if (row.status === 'ok')
    return { ...it, state: 'ok', code: null, detail: `The days of “${row.name}” are known.`, remedy: null }
  const known =
    row.dates === '[]' ? 'None of its days is known.' : 'The days that were read last go on counting.'
  return {
    ...{ ...it, state: 'failing', code: 'unreachable' },
    detail: `The calendar “${row.name}” cannot be read: ${row.lastError ?? 'it did not answer.'} ${known}`,
    remedy: `Mend it ${WHERE}.`,
  }
}
