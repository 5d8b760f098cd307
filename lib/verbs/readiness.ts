/** Whether a trigger could run now, and what is missing. */
import * as triggers from '#db/queries/triggers.ts'
import { notFound } from '../contract/problem.ts'
import type { Readiness, ReadinessCheck } from '../contract/readiness.ts'
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
  const found = await engine.readiness.of(trigger, true)
  const checks = found.map((it) => holdsUntil(it, row.nextRunAt))
  return {
    ready: checks.every(({ state }) => state !== 'failing'),
    checkedAt: clock.now().toISOString(),
    checks,
  }
}

/** What is fine now and ends before the next run is to be looked at in time. */
const holdsUntil = (it: ReadinessCheck, nextRunAt: number | null): ReadinessCheck =>
  it.state === 'ok' && it.expiresAt !== null && nextRunAt !== null && Date.parse(it.expiresAt) < nextRunAt
    ? {
        ...it,
        state: 'warning',
        code: 'expires_before_next_run',
        detail: `What ${it.name} was signed in to with ends before the next run.`,
        remedy: 'Sign in again in time.',
      }
    : it
