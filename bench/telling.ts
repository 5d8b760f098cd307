/**
 * A month of telling five people elsewhere what twenty schedules do, of which two fail each day for some hours and one
 * fails every other hour: through the real rows and rules, on a clock that is moved by hand.
 *
 * How many messages a person has to read, beside one for each failure and one for each recovery; and how many
 * incidents somebody was to hear of and did not.
 */
import { openSqlite } from '../db/sqlite/index.ts'
import { NOTHING_USED, type Settlement } from '../db/queries/entries.ts'
import { write } from '../db/queries/settling.ts'
import type { Store } from '../db/store.ts'
import { days, type HandClock, handClock, hours } from '../lib/clock.ts'
import { receiver, type Receiver } from '../lib/delivery/testing/receiver.ts'
import { telling } from '../lib/delivery/testing/telling.ts'
import type { Figure } from './figures.ts'

const SCHEDULES = 20
const QUIET = JSON.stringify({ from: '20:00', to: '07:00', timezone: 'Europe/Berlin' })
/** Whether a schedule fails in an hour of a day: always the same. */
function fails(schedule: number, hour: number): boolean {
  if (schedule === 0) return hour % 24 >= 9 && hour % 24 < 13
  if (schedule === 1) return hour % 24 >= 2 && hour % 24 < 5
  return schedule === 2 && hour % 2 === 0
}

/** What each of the five has set: of which schedules they hear, and how. */
const READERS = [
  { rule: {} },
  { rule: { recoverAfter: 3 } },
  { rule: { recoverAfter: 3 }, channel: { quietHours: QUIET } },
  { rule: {}, channel: { digestAt: '08:00' } },
  { rule: { recoverAfter: 2 }, of: [0, 7, 8] },
] as const

async function month(store: Store, clock: HandClock, peer: Receiver, length: number) {
  const now = () => clock.now().getTime()
  const [home] = await store.q
    .insert(store.t.workspaces)
    .values({ name: 'home', slug: 'home', createdAt: now() })
    .returning()
  const workspaceId = home?.id as number
  const made = Array.from({ length: SCHEDULES }, (_, n) => ({
    ...{ workspaceId, name: `Schedule ${n}`, agentId: 'test-agent', createdAt: now(), updatedAt: now() },
  }))
  const triggers = await store.q.insert(store.t.triggers).values(made).returning()
  const tell = telling({ store, clock, workspaceId })
  const channels: { id: number; of: readonly number[] | null }[] = []
  for (const [n, { rule, ...it }] of READERS.entries()) {
    const of = 'of' in it ? it.of : null
    const change = 'channel' in it ? it.channel : {}
    const id = await tell.channel('ntfy', { server: peer.origin, topic: `reader-${n}` }, change)
    const triggerIds = of?.map((one) => triggers[one]?.id)
    await tell.rule(id, ['failure', 'recovery'], { ...rule, triggerIds })
    channels.push({ id, of })
  }
  let plain = 0
  const failing = new Set<number>()
  for (let hour = 0; hour < length; hour++) {
    const ended = await settle(store, { workspaceId, triggers, hour, now: clock.now() })
    for (const [n, failed] of ended.entries()) {
      const readers = channels.filter(({ of }) => of === null || of.includes(n)).length
      if (failed || failing.has(n)) plain += readers
      failing[failed ? 'add' : 'delete'](n)
    }
    await tell.deliveries.look()
    clock.advance(hours(1))
    await tell.deliveries.look()
  }
  clock.advance(days(1))
  await tell.deliveries.look()
  return { plain, unheard: await unheardIn(store, channels, triggers) }
}

/** An hour's runs, each settled as the engine does it; answers which failed. */
async function settle(
  store: Store,
  it: { workspaceId: number; triggers: { id: number }[]; hour: number; now: Date },
): Promise<boolean[]> {
  const { workspaceId, triggers, hour, now } = it
  const at = now.getTime()
  const run = {
    workspaceId,
    triggerRevision: 1,
    agentId: 'test-agent',
    kind: 'schedule',
    owner: 'bench',
    fence: 1,
  }
  const rows = triggers.map(({ id }, n) => ({
    ...run,
    ...{
      triggerId: id,
      triggerName: `Schedule ${n}`,
      occurrence: now.toISOString(),
      status: 'running' as const,
    },
    ...{ queuedAt: at, availableAt: at, startedAt: at },
  }))
  const made = await store.q.insert(store.t.executions).values(rows).returning()
  const failed = triggers.map((_, n) => fails(n, hour))
  const entries = made.map(
    ({ id, triggerId }, n): Settlement => ({
      ...NOTHING_USED,
      ...{
        kind: 'settle',
        executionId: id,
        workspaceId,
        triggerId,
        from: 'running',
        owner: 'bench',
        fence: 1,
      },
      ...{ attempt: 1, message: null, events: [], steps: [], outcome: null, notes: null, memory: null },
      ...{ durationMs: 1, countsAsFailure: failed[n] ?? false, reasonCode: failed[n] ? 'agent_error' : null },
      ...{ status: failed[n] ? 'failed' : 'success', output: failed[n] ? null : 'done' },
      ...{ error: failed[n] ? `No answer for ${hour} s` : null, reason: failed[n] ? 'No answer' : null },
    }),
  )
  await write(store, entries, now)
  return failed
}

/** Incidents of which somebody was to hear and did not. */
async function unheardIn(
  { q, t }: Store,
  channels: { id: number; of: readonly number[] | null }[],
  triggers: { id: number }[],
): Promise<number> {
  const [incidents, sent] = await Promise.all([q.select().from(t.incidents), q.select().from(t.deliveries)])
  const told = new Set(
    sent
      .filter((it) => it.facts === ',failure,' && it.status === 'sent')
      .map((it) => `${it.incidentId} ${it.channelId}`),
  )
  return channels.flatMap(({ id, of }) =>
    incidents.filter(
      (it) =>
        (of === null || of.some((n) => triggers[n]?.id === it.triggerId)) && !told.has(`${it.id} ${id}`),
    ),
  ).length
}

export async function tellingPeople({ quick }: { quick: boolean }): Promise<Figure[]> {
  const length = quick ? 24 * 3 : 24 * 30
  const store = await openSqlite({ file: ':memory:' })
  const peer = await receiver()
  try {
    const { plain, unheard } = await month(store, handClock('2026-03-01T00:00:00Z'), peer, length)
    const read = READERS.map((_, n) => peer.taken.filter((it) => it.body.includes(`"reader-${n}"`)).length)
    const span = `${length / 24} days of telling 5 people of 20 schedules`
    return [
      {
        ...{ name: `${span}: messages that one has to read`, unit: 'messages', ours: [mean(read)] },
        ...{ peer: 'one each time it fails or recovers', theirs: [plain / READERS.length], goal: 0.5 },
      },
      { name: `${span}: each of the five`, unit: '', note: read.join(' / ') },
      { name: `${span}: incidents unheard`, unit: 'incidents', ours: [unheard], goalAbsolute: 0 },
    ]
  } finally {
    await peer.close()
    await store.close()
  }
}
const mean = (values: number[]) => values.reduce((sum, it) => sum + it, 0) / values.length
