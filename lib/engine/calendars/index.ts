/** The calendars of this installation that have an address, as this server reads them. */
import * as rows from '#db/queries/calendars.ts'
import { minutes } from '#lib/clock.ts'
import type { ReadinessLook } from '../readiness.ts'
import { holding, look, type LookingDeps, usersOf } from './looking.ts'

const EVERY_MS = minutes(1)
const AT_ONCE = 4

export interface CalendarsDeps extends LookingDeps {
  readiness: Pick<ReadinessLook, 'lasting'>
  /** Why this server may not ask an address; null where it may. */
  refusalOf(url: string): string | null
}
export type Calendars = ReturnType<typeof createCalendars>

export function createCalendars(deps: CalendarsDeps) {
  const { store, clock, log, readiness } = deps
  const stopped = new AbortController()
  /** What a server that died had to say to triggers is said by the next. */
  const toldHere = new Set<number>()
  let callOff: (() => void) | null = null
  let reading: Promise<void> = Promise.resolve()

  async function lookAt(row: rows.CalendarRow, holder: string): Promise<void> {
    const { isKept, isNews } = await look(deps, row, { holder }, stopped.signal)
    if (!isKept || (!isNews && toldHere.has(row.id))) return
    for (const it of await usersOf(store, row.workspaceId, row.id))
      await readiness.lasting({ ...it, triggerId: it.id, triggerName: it.name }, false)
    toldHere.add(row.id)
  }

  async function readDue(): Promise<void> {
    const held = holding(clock.now())
    const due = await rows.take(store, held, AT_ONCE)
    await Promise.all(
      due.map(async ({ workspaceId, id }) => {
        const row = await rows.get(store, workspaceId, id)
        if (row) await lookAt(row, held.holder)
      }),
    )
    if (due.length === AT_ONCE && !stopped.signal.aborted) await readDue()
  }

  function begin(): void {
    if (stopped.signal.aborted) return
    reading = readDue().catch((error) => {
      if (!stopped.signal.aborted) log.warn({ err: error }, 'Could not read calendars; later again.')
    })
    callOff = clock.after(EVERY_MS, () => void reading.then(begin))
  }

  return {
    refusalOf: deps.refusalOf,
    start: begin,
    /** Those that are due, now. */
    tick: readDue,
    async stop(): Promise<void> {
      callOff?.()
      stopped.abort(new Error('The server stops.'))
      await reading
    },
    /** Once, now, whoever reads it. */
    async check({ workspaceId, id }: Pick<rows.CalendarRow, 'workspaceId' | 'id'>): Promise<void> {
      const held = holding(clock.now())
      await rows.takeOver(store, held, id)
      const row = await rows.get(store, workspaceId, id)
      if (row?.icsUrl != null) await lookAt(row, held.holder)
    },
  }
}
