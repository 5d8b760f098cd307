/**
 * Thirty days of the demo's shop, lived through by the real program on a clock that is moved by hand.
 *
 * Promise: every row is written by the engine and the verbs, as those of any workspace are; nothing leaves the machine.
 */
import { nextDue } from '#db/queries/due.ts'
import { and, eq, isNotNull, lte, min, or, sql } from 'drizzle-orm'
import type { Store } from '#db/store.ts'
import { days, handClock, type HandClock, minutes, seconds } from '#lib/clock.ts'
import { createCarillon, type Carillon } from '#lib/composition.ts'
import { readEnv } from '#lib/env.ts'
import pino from 'pino'
import { demoModel, MODEL } from './model.ts'
import { AWAY, DEEDS, FREE, open, type Shop } from './story.ts'
import { saidBy } from './texts.ts'

export interface Wanted {
  /** Where its database is made. */
  folder: string
  now: string
  zone: string
  person: { id: string; name: string; email: string }
  slug: string
  /** Ids below these are taken elsewhere, by table. */
  taken: Record<string, number>
  /** How long its history is; thirty where it is not said. */
  days?: number
}

const LENGTH_DAYS = 30

/** Zones that change their clocks, at different times of the year. */
const CHANGING = [
  ...['Europe/Berlin', 'America/New_York', 'America/Santiago', 'Australia/Sydney', 'Pacific/Auckland'],
  ...['Africa/Cairo', 'Asia/Jerusalem', 'Asia/Beirut', 'Africa/Casablanca', 'America/Havana'],
]
/** A zone whose clocks were changed within the span; else the shop's own. */
export function zoneThatChanged(from: Date, to: Date, own: string): string {
  const changes = (zone: string) => {
    const start = Temporal.Instant.from(from.toISOString()).toZonedDateTimeISO(zone)
    const next = start.getTimeZoneTransition('next')
    return next !== null && next.epochMilliseconds < to.getTime()
  }
  return [own, ...CHANGING].find(changes) ?? own
}

/** The instant of a wall clock so many days before the end. */
function instantOf(now: Date, zone: string, day: number, at: string): Date {
  const today = Temporal.Instant.from(now.toISOString()).toZonedDateTimeISO(zone)
  return new Date(today.subtract({ days: day }).withPlainTime(at).epochMilliseconds)
}

export async function makeDemo(
  wanted: Wanted,
  told: (progress: number) => void,
): Promise<{ workspaceId: number }> {
  const end = new Date(wanted.now)
  const start = new Date(end.getTime() - days(wanted.days ?? LENGTH_DAYS))
  const clock = handClock(start)
  const model = await demoModel(
    (instructions) => saidBy(instructions, clock.now()),
    (ms) => clock.advance(ms),
  )
  const begin = () => started(wanted, clock, model.url)
  let carillon = await begin()
  try {
    const by = { kind: 'person' as const, id: wanted.person.id, name: wanted.person.name }
    const workspaceId = await found(carillon, wanted)
    const shop = await open({
      ...{ carillon, workspaceId, by, zone: wanted.zone },
      changed: zoneThatChanged(start, end, wanted.zone),
    })
    const [from, to] = [AWAY.from, AWAY.to].map((it) => instantOf(end, wanted.zone, AWAY.day, it))
    const deeds = DEEDS.map((it) => ({ ...it, when: instantOf(end, wanted.zone, it.day, it.at) }))
      .filter((it) => it.when > start && it.when < end)
      .sort((a, b) => a.when.getTime() - b.when.getTime())
    const until = async (to: Date) => {
      for (const deed of deeds.filter((it) => it.when >= clock.now() && it.when < to)) {
        await live(carillon, clock, deed.when)
        await deed.does({ ...shop, carillon })
        told(progressAt(clock, start, end))
      }
      for (let day = clock.now().getTime() + days(1); day < to.getTime(); day += days(1)) {
        await live(carillon, clock, new Date(day))
        told(progressAt(clock, start, end))
      }
      await live(carillon, clock, to)
    }
    await until(from as Date)
    await stop(carillon, clock)
    clock.set(to as Date)
    carillon = await begin()
    await until(end)
    await rest({ ...shop, carillon })
    await live(carillon, clock, new Date(end.getTime() + 1))
    return { workspaceId }
  } finally {
    await stop(carillon, clock)
    model.close()
  }
}

const progressAt = (clock: HandClock, start: Date, end: Date) =>
  Math.min(1, (clock.now().getTime() - start.getTime()) / (end.getTime() - start.getTime()))

async function started({ folder }: Wanted, clock: HandClock, url: string): Promise<Carillon> {
  const env = readEnv({
    ...{ DATA_DIR: folder, NODE_ENV: 'production', LOG_LEVEL: 'silent' },
    ...{ LLM_PROVIDER: 'openai-compatible', LLM_BASE_URL: url, LLM_API_KEY: 'demo', LLM_MODEL: MODEL },
    ...{ ALLOWED_PRIVATE_NETWORKS: '127.0.0.1/32', STOP_GRACE_SECONDS: '0' },
  })
  const carillon = await createCarillon({ env, clock, log: pino({ level: 'silent' }) })
  await carillon.start()
  return carillon
}

async function stop(carillon: Carillon, clock: HandClock): Promise<void> {
  const stopped = carillon.stop()
  // What waits for the clock waits no longer.
  const moving = setInterval(() => clock.advance(seconds(5)), 5)
  await stopped
  clearInterval(moving)
}

/** Whoever asked for it, and their workspace. */
async function found(carillon: Carillon, { person, slug }: Wanted): Promise<number> {
  const { q, t } = carillon.store
  const now = carillon.clock.now()
  await q.insert(t.user).values({ ...person, installationAdmin: true, createdAt: now, updatedAt: now })
  const actor = { kind: 'person' as const, ...person, installationAdmin: true, sessionId: 'demo' }
  const { id } = await carillon.auth.workspaces.create(actor, { name: 'Demo', slug })
  await carillon.models.changePrices(
    { asOf: '2026-01-01', prices: [{ model: MODEL, input: 0.4, cachedInput: 0.1, output: 1.6 }] },
    { kind: 'person', id: person.id, name: person.name },
  )
  return id
}

/** While it is brought over nothing runs; afterwards only what is free goes on, and the others say why. */
async function rest({ carillon, workspaceId, by, ids }: Shop): Promise<void> {
  for (const [name, id] of ids) {
    const { enabled } = await carillon.triggers.get(workspaceId, id)
    const reason = FREE.includes(name) ? GOES_ON : RESTS
    if (enabled) await carillon.triggers.toggle(workspaceId, id, { enabled: false, reason }, by)
  }
}
const RESTS = 'This is a demo: it would ask a model, which costs money.'
/** By this the server knows what to switch on. */
const GOES_ON = 'The demo is being made.'

const SPINS = 12
const LONGEST_STEP_MS = minutes(1)

/** Lives until an instant: fires what is due on the way, and lets each run take its time. */
async function live({ store }: Carillon, clock: HandClock, to: Date): Promise<void> {
  let spins = 0
  let stepMs = seconds(1)
  for (;;) {
    const now = clock.now()
    const [next, waiting] = await Promise.all([nextDue(store), liveOf(store, now)])
    const isDue = next !== null && next <= now
    if (isDue || waiting.busy) {
      await new Promise((resolve) => setTimeout(resolve, 1))
      if (++spins <= SPINS) continue
      // Somebody waits for the clock: a run that takes its time.
      const most = next !== null && next > now ? next.getTime() - now.getTime() : stepMs
      clock.advance(Math.max(1, Math.min(stepMs, most)))
      stepMs = Math.min(LONGEST_STEP_MS, stepMs * 2)
      spins = 0
      continue
    }
    spins = 0
    stepMs = seconds(1)
    if (now >= to) return
    const ahead = [to, next, waiting.next].filter((it) => it !== null).map((it) => it.getTime())
    clock.set(new Date(Math.min(...ahead)))
  }
}

/** Whether something runs or could, and when something that waits may begin. */
async function liveOf({ q, t: { executions: it } }: Store, now: Date) {
  const running = eq(it.status, 'running')
  const takeable = and(eq(it.status, 'queued'), lte(it.availableAt, now.getTime()))
  const busy = await q.$count(it, or(running, takeable))
  const [waiting] = await q
    .select({ next: min(it.availableAt) })
    .from(it)
    .where(and(eq(it.status, 'queued'), sql`${it.availableAt} > ${now.getTime()}`, isNotNull(it.availableAt)))
  return { busy: busy > 0, next: waiting?.next ? new Date(Number(waiting.next)) : null }
}
