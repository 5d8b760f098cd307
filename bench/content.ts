/**
 * The fair limit: what a run leaves, written through the product's own tables, indexes and triggers by one
 * who knows the end from the start. Rows are bound to prepared statements, one transaction a page of 1,000,
 * each on disk; nothing is fired, claimed, guarded or read.
 */
import type Database from 'better-sqlite3'
import { openFresh, minuteWithRoom, seedSchedules } from './world.ts'

const PAGE = 1000
const HOUR_MS = 3_600_000

/**
 * One run's rows: the execution as it ends, its message, its trigger's next instant and counters, the
 * day's, three events.
 */
function writer(
  db: Database.Database,
  planned: Date,
  owner: string,
): (triggerId: number, seq: number) => void {
  const execution = db.prepare(
    `insert into executions
      (workspace_id, trigger_id, trigger_name, trigger_revision, agent_id, kind, occurrence, scheduled_for,
        queued_at, available_at, started_at, completed_at, duration_ms, lateness_ms, status, owner, fence, output)
    values (1, ?, ?, 1, 'test-agent', 'schedule', ?, ?, ?, ?, ?, ?, 0, ?, 'success', ?, 1, 'done')`,
  )
  const message = db.prepare(
    `insert into messages (workspace_id, kind, prompt, response, text, author_name, trigger_id, execution_id, created_at, updated_at) values (1, 'result', ?, ?, 'done', 'Carillon', ?, ?, ?, ?)`,
  )
  const trigger = db.prepare(
    `update triggers set next_run_at = ?, due_at = ?, planned_runs = planned_runs + 1, last_run_at = ?, last_status = 'success', last_execution_id = ?, total_runs = total_runs + 1, successful_runs = successful_runs + 1 where id = ?`,
  )
  const day = db.prepare(
    `insert into execution_days (workspace_id, day, trigger_id, total, success) values (1, ?, ?, 1, 1) on conflict (workspace_id, day, trigger_id) do update set total = total + 1, success = success + 1`,
  )
  const event = db.prepare(
    'insert into events (workspace_id, seq, at, type, trigger_id, execution_id, message_id) values (1, ?, ?, ?, ?, ?, ?)',
  )
  const occurrence = planned.toISOString()
  const plannedMs = planned.getTime()
  return (triggerId, seq) => {
    const now = Date.now()
    const name = `schedule ${triggerId - 1}`
    const executionId = Number(
      execution.run(triggerId, name, occurrence, plannedMs, now, plannedMs, now, now, now - plannedMs, owner)
        .lastInsertRowid,
    )
    const response = JSON.stringify({
      text: 'done',
      type: 'schedule_result',
      scheduleId: triggerId,
      executionId,
      timestamp: new Date(now).toISOString(),
    })
    const said = message.run(`[SCHEDULED] ${name}`, response, triggerId, executionId, now, now)
    trigger.run(plannedMs + HOUR_MS, plannedMs + HOUR_MS, now, executionId, triggerId)
    day.run(new Date(now).toISOString().slice(0, 10), triggerId)
    event.run(seq + 1, now, 'schedule:started', triggerId, executionId, null)
    event.run(seq + 2, now, 'schedule:completed', triggerId, executionId, null)
    event.run(seq + 3, now, 'chat:message', triggerId, executionId, Number(said.lastInsertRowid))
  }
}

/** Milliseconds until as many runs' rows are on disk. */
export async function sameContent(count: number): Promise<number> {
  const { store, db } = await openFresh('content')
  const planned = await minuteWithRoom()
  seedSchedules(db, count, planned, planned)
  await store.close()
  for (const it of ['synchronous = FULL', 'foreign_keys = ON', 'cache_size = -65536', 'temp_store = MEMORY'])
    db.pragma(it)
  const write = writer(db, planned, 'bench')
  const countSeq = db.prepare('update workspaces set last_seq = ? where id = 1')
  const page = db.transaction((from: number) => {
    const end = Math.min(count, from + PAGE)
    for (let i = from; i < end; i++) write(i + 1, i * 3)
    countSeq.run(end * 3)
  })
  const begun = performance.now()
  for (let from = 0; from < count; from += PAGE) page.immediate(from)
  const totalMs = performance.now() - begun
  db.close()
  return totalMs
}
