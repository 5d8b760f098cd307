/** Whether a trigger could run now, and what is missing. */
import * as triggers from '#db/queries/triggers.ts'
import { notFound } from '../contract/problem.ts'
import type { Readiness } from '../contract/readiness.ts'
import type { Deps } from './deps.ts'

/** Asks what is elsewhere, now; the light of the trigger stays the engine's to set. */
export async function of(
  { store, clock, engine }: Pick<Deps, 'store' | 'clock' | 'engine'>,
  workspaceId: number,
  id: number,
): Promise<Readiness> {
  const row = await triggers.get(store, workspaceId, id)
  if (!row) throw notFound('schedule')
  const trigger = { ...row, triggerId: id, triggerName: row.name }
  const checks = await engine.readiness.of(trigger, true)
  return {
    ready: checks.every(({ state }) => state !== 'failing'),
    checkedAt: clock.now().toISOString(),
    checks,
  }
}
