/** Why it ran, or did not: the answers, and a fortnight of them against another way to know. */
import { sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import * as upkeep from '#db/queries/upkeep.ts'
import { raw } from '#db/testing/raw.ts'
import { stores } from '#db/testing/stores.ts'
import { hours, minutes } from '../clock.ts'
import { isEnded } from '../contract/states.ts'
import { ADA, type World } from '../engine/testing/world.ts'
import { worlds } from '../engine/testing/worlds.ts'

const STEP_MS = minutes(10)
const ZONE = 'Europe/Berlin'
const PATTERNS = ['0 * * * *', '30 2 * * *', '*/20 * * * *'] as const
const wall = new Intl.DateTimeFormat('en-GB', { timeZone: ZONE, hour: '2-digit', minute: '2-digit' })
/** Another way to know what a pattern says: the wall clock of the place. */
function isOn(pattern: number, moment: number): boolean {
  const at = (ms: number) => wall.format(ms)
  const minute = Number(at(moment).slice(3))
  if (pattern === 0) return minute === 0
  if (pattern === 2) return minute % 20 === 0
  // Where 02:30 does not exist it is 03:00, and where it comes twice it is the first.
  const isTheFirst = at(moment) === '02:30' && at(moment - hours(1)) !== '02:30'
  return isTheFirst || (at(moment) === '03:00' && at(moment - minutes(1)) === '01:59')
}
/** From one moment of the wall clock to another, which a clock that is set back may come by twice. */
interface State {
  from: number
  to: number
  pattern: number
  off: boolean
  paused: boolean
  /** Nothing could fire, or the clock had just been set. */
  down: boolean
}
function verdictsOf(then: State, moment: number): string[] {
  if (!isOn(then.pattern, moment)) return ['not_planned']
  if (then.off || then.paused) return ['paused']
  // The newest that was missed is caught up, late or hardly so; the others are missed.
  return then.down ? ['missed', 'late', 'ran'] : ['ran']
}

describe.each(stores)('on $name', ({ open }) => {
  const on = worlds(open)
  let it: World

  async function begin(now = '2026-03-01T08:00:00Z'): Promise<void> {
    it = await on.begin({ now })
  }
  const at = (id: number, time: string) => it.why.at(it.workspaceId, id, new Date(`2026-03-0${time}:00Z`))
  const toggle = (id: number, body: object) => it.triggers.toggle(it.workspaceId, id, body, ADA)
  const change = (id: number, body: object) => it.triggers.change(it.workspaceId, id, body, ADA)

  test('what it decided at its instants is listed: neighbours that were left out for one reason are one', async () => {
    await begin()
    const { id } = await it.schedule({ cronExpression: '0 * * * *', timezone: 'UTC', misfire: 'skip' })
    await it.at('2026-03-01T09:00:00Z')
    await it.settled(1)
    await toggle(id, { enabled: false, reason: 'Holidays' })
    for (const hour of ['10', '11', '12']) await it.at(`2026-03-01T${hour}:00:00Z`)
    it.clock.set('2026-03-01T12:30:00Z')
    await toggle(id, { enabled: true })
    await it.at('2026-03-01T13:00:00Z')
    await it.settled(3, id)
    // Nobody looked at what was asked for by hand.
    await it.triggers.runNow(it.workspaceId, id, {}, ADA)
    await it.settled(4, id)
    const all = await it.why.evaluations(it.workspaceId, id)
    expect(
      all.map(({ verdict, firstAt, lastAt, count }) => [
        verdict,
        firstAt.slice(11, 16),
        lastAt.slice(11, 16),
        count,
      ]),
    ).toEqual([
      ['fired', '13:00', '13:00', 1],
      ['paused', '10:00', '12:00', 3],
      ['fired', '09:00', '09:00', 1],
    ])
    expect(all[1]?.reason).toContain('Holidays')
    const paused = await it.why.evaluations(it.workspaceId, id, { verdict: 'paused' })
    expect(paused).toHaveLength(1)
    const early = await it.why.evaluations(it.workspaceId, id, { to: '2026-03-01T09:30:00Z' })
    expect(early.map((one) => one.verdict)).toEqual(['fired'])
    await expect(it.why.evaluations(it.workspaceId, 999_999)).rejects.toMatchObject({
      problem: { status: 404 },
    })
  })

  test('each verdict is one sentence, with what it rests on', async () => {
    await begin()
    const { id } = await it.schedule({ cronExpression: '0 * * * *', timezone: 'UTC', misfire: 'skip' })
    await it.at('2026-03-01T09:00:00Z')
    await it.settled(1)
    expect(await at(id, '1T09:00')).toMatchObject({
      verdict: 'ran',
      answer: '1 Mar 2026, 09:00 ran, and succeeded after 0 s.',
      executionId: expect.any(Number),
      evidence: expect.arrayContaining([
        expect.objectContaining({ kind: 'execution' }),
        expect.objectContaining({ kind: 'revision', ref: '1' }),
      ]),
    })
    expect(await at(id, '1T07:00')).toMatchObject({
      verdict: 'not_planned',
      answer: '1 Mar 2026, 07:00 was not planned: the schedule was made at 08:00.',
    })
    await it.at('2026-03-01T09:10:00Z')
    await change(id, { cronExpression: '30 * * * *' })
    expect(await at(id, '1T09:05')).toMatchObject({
      verdict: 'not_planned',
      answer: '1 Mar 2026, 09:05 was not planned: until 09:10 the schedule was 0 * * * * (UTC).',
    })
    expect(await at(id, '1T10:00')).toMatchObject({
      verdict: 'not_planned',
      answer: '1 Mar 2026, 10:00 is not planned: the schedule is 30 * * * * (UTC).',
    })
    expect(await at(id, '1T10:30')).toMatchObject({
      verdict: 'future',
      answer: '1 Mar 2026, 10:30 is still to come: the schedule is 30 * * * * (UTC).',
    })
    await toggle(id, { enabled: false, reason: 'Holiday', until: '2026-03-01T12:00:00Z' })
    expect(await at(id, '1T10:30')).toMatchObject({
      verdict: 'paused',
      answer: '1 Mar 2026, 10:30 will not run: the schedule is paused until 12:00 (Holiday).',
    })
    expect(await at(id, '1T12:30')).toMatchObject({ verdict: 'future' })
    await it.at('2026-03-01T12:10:00Z')
    expect(await at(id, '1T10:30')).toMatchObject({
      verdict: 'paused',
      answer: expect.stringMatching(/did not run\. Skipped .*the schedule was paused \(Holiday\)\.$/),
    })
    await it.at('2026-03-01T15:00:00Z')
    expect(await at(id, '1T13:30')).toMatchObject({ verdict: 'missed', executionId: expect.any(Number) })
    await it.triggers.remove(it.workspaceId, id, ADA)
    await it.at('2026-03-01T16:00:00Z')
    expect(await at(id, '1T15:30')).toMatchObject({
      verdict: 'deleted',
      answer: '1 Mar 2026, 15:30 was not planned any more: the schedule was deleted at 15:00.',
    })
    expect(await at(id, '1T09:00')).toMatchObject({ verdict: 'ran' })
  })

  test('what is off, broken or over says so for what is to come', async () => {
    await begin()
    const { id } = await it.schedule({ cronExpression: '0 * * * *', maxExecutions: 2 })
    expect(await at(id, '1T10:00')).toMatchObject({ verdict: 'future' })
    expect(await at(id, '1T11:00')).toMatchObject({
      verdict: 'not_planned',
      answer: expect.stringContaining('reached its maximum of 2 runs'),
    })
    await toggle(id, { enabled: false })
    expect(await at(id, '1T10:00')).toMatchObject({ verdict: 'paused' })
    const off = await it.schedule({ enabled: false })
    expect(await at(off.id, '2T09:00')).toMatchObject({ verdict: 'disabled' })
  })

  test('"until" names the edit that changed the pattern, and none that changed something else', async () => {
    await begin()
    const { id } = await it.schedule({ cronExpression: '0 * * * *', timezone: 'UTC' })
    await it.at('2026-03-01T08:10:00Z')
    await change(id, { description: 'Another text' })
    await it.at('2026-03-01T08:20:00Z')
    await toggle(id, { enabled: false })
    await it.at('2026-03-01T08:25:00Z')
    await toggle(id, { enabled: true })
    const answer = async () => (await at(id, '1T08:05')).answer
    expect(await answer()).toBe('1 Mar 2026, 08:05 was not planned: the schedule is 0 * * * * (UTC).')
    await it.at('2026-03-01T08:30:00Z')
    await change(id, { cronExpression: '15 * * * *' })
    expect(await answer()).toBe(
      '1 Mar 2026, 08:05 was not planned: until 08:30 the schedule was 0 * * * * (UTC).',
    )
  })

  test('while everything is paused nothing is said to come', async () => {
    await begin()
    const { id } = await it.schedule({ cronExpression: '0 * * * *', timezone: 'UTC' })
    const heard = await it.schedule({
      ...{ kind: 'event', cronExpression: undefined, event: { types: ['custom.order'] } },
    })
    await upkeep.pauseAll(on.store, 'upgrade', it.clock.now())
    for (const [of, what] of [
      [id, '1 Mar 2026, 10:00'],
      [heard.id, '1 Mar 2026, 10:00'],
    ] as const)
      expect(await at(of, '1T10:00')).toMatchObject({
        verdict: 'paused',
        answer: `${what} will not run while everything is paused (upgrade).`,
        evidence: expect.arrayContaining([expect.objectContaining({ kind: 'paused' })]),
      })
    await upkeep.resumeAll(on.store, it.clock.now())
    expect((await at(id, '1T10:00')).verdict).toBe('future')
  })

  test('of what is no longer kept it says so; what is due is in the queue', async () => {
    await begin()
    const { id } = await it.schedule({ cronExpression: '0 * * * *', timezone: 'UTC' })
    for (const hour of ['09', '10']) await it.at(`2026-03-01T${hour}:00:00Z`)
    await it.settled(2)
    await it.at('2026-03-01T10:05:00Z')
    await on.store.all(raw(sql`delete from executions where trigger_id = ${sql.raw(String(id))}`))
    const gone = {
      verdict: 'unknown',
      answer: '1 Mar 2026, 09:00 was planned, but no record of it is kept.',
    }
    expect(await at(id, '1T09:00')).toMatchObject(gone)
    await it.stop()
    it.clock.set('2026-03-01T11:00:30Z')
    expect(await at(id, '1T11:00')).toMatchObject({ verdict: 'queued' })
    await toggle(id, { enabled: false })
    expect(await at(id, '1T09:00')).toMatchObject(gone)
  })

  test('what it rests on says in words how a run ended, and nothing twice', async () => {
    await begin()
    const { id } = await it.schedule({ cronExpression: '0 * * * *', timezone: 'UTC', misfire: 'skip' })
    await it.at('2026-03-01T09:00:00Z')
    await it.settled(1)
    await it.at('2026-03-01T11:30:00Z')
    const restsOn = async (time: string) =>
      (await at(id, time)).evidence.filter((one) => one.kind === 'execution').map((one) => one.text)
    expect(await restsOn('1T09:00')).toEqual(['Succeeded'])
    expect(await restsOn('1T10:00')).toEqual([
      expect.stringMatching(/^Missed \(2 runs from 10:00 to 11:00\): /),
    ])
  })

  /** On with the clock, never so far at once that the process would look frozen. */
  async function goOn(to: number): Promise<void> {
    const first = STEP_MS * Math.ceil((it.clock.now().getTime() + 1) / STEP_MS)
    for (let now = first; now < to; now += STEP_MS) {
      // A run takes no time here, however busy the machine is: none is still going when the next is due.
      await it.until(nothingRuns, 'what runs to end')
      await it.at(new Date(now).toISOString())
    }
    await it.until(nothingRuns, 'what runs to end')
  }
  const live = raw(sql`select id from executions where status in ('queued', 'running') limit 1`)
  const nothingRuns = async () => (await on.store.all(live)).length === 0
  async function restart(awayMs: number, killed: boolean): Promise<void> {
    const { clock } = it
    if (killed) on.kill(it)
    else await it.stop()
    clock.set(new Date(clock.now().getTime() + awayMs))
    it = await on.begin({ clock, keep: true })
    await it.until(() => it.engine.loop.asleep, 'the loop to rest')
  }

  test('edits, pauses, restarts, kills, clocks that are set and change: every answer is true', async () => {
    // Across the change to summer time, and the change back.
    await begin(on.store.dialect === 'sqlite' ? '2026-03-18T00:00:00Z' : '2026-10-14T00:00:00Z')
    const chance = seeded(on.store.dialect === 'sqlite' ? 7 : 11)
    const { id } = await it.schedule({ cronExpression: PATTERNS[0], timezone: ZONE })
    const start = it.clock.now().getTime()
    const log: State[] = []
    let now: Omit<State, 'to'> = { from: start, pattern: 0, off: false, paused: false, down: false }
    /** What was so ends at `to`; what is so from now on begins where the clock stands. */
    function note(change: Partial<State>, to = it.clock.now().getTime()): void {
      log.push({ ...now, to })
      now = { ...now, ...change, from: it.clock.now().getTime() }
    }
    async function away(act: () => Promise<void>): Promise<void> {
      note({ down: true })
      await act()
      note({ down: false })
    }
    async function set(byMs: number): Promise<void> {
      const before = it.clock.now().getTime()
      it.clock.jump(byMs)
      // Ahead, what lies between was passed over; back, it comes again.
      if (byMs > 0) log.push({ ...now, to: before }, { ...now, from: before, to: before + byMs, down: true })
      else log.push({ ...now, to: before })
      now = { ...now, from: it.clock.now().getTime(), down: true }
      it.clock.advance(30_000)
      await it.until(() => it.engine.loop.asleep, 'the loop to rest')
      note({ down: false })
    }
    for (let step = 0; step < 90; step++) {
      const to = it.clock.now().getTime() + minutes(20 + Math.floor(chance() * 500))
      if (now.paused) it.clock.set(new Date(to))
      else await goOn(to)
      it.clock.advance(7_000)
      const die = chance()
      if (die < 0.25) {
        const pattern = Math.floor(chance() * PATTERNS.length)
        await change(id, { cronExpression: PATTERNS[pattern] })
        note({ pattern })
      } else if (die < 0.5) {
        await toggle(id, { enabled: now.off })
        note({ off: !now.off })
      } else if (die < 0.65) {
        if (now.paused) await upkeep.resumeAll(on.store, it.clock.now())
        else await upkeep.pauseAll(on.store, 'upgrade', it.clock.now())
        note({ paused: !now.paused })
        it.engine.look()
      } else if (die < 0.85) {
        await away(() => restart(hours(1 + Math.floor(chance() * 8)), chance() < 0.5))
      } else if (!now.paused) {
        await set(hours(Math.floor(chance() * 5) - 2) || hours(1))
      }
    }
    if (now.paused) await upkeep.resumeAll(on.store, it.clock.now())
    await change(id, { description: 'settled' })
    await it.until(async () => (await it.history(id)).every((one) => isEnded(one.status)))
    note({})

    const end = it.clock.now().getTime()
    async function isWrong(): Promise<unknown[]> {
      const moment = start + STEP_MS * Math.floor((chance() * (end - start)) / STEP_MS)
      const then = log.filter((one) => one.from < moment && moment <= one.to)
      const expected = then.length === 0 ? ['not_planned'] : then.flatMap((one) => verdictsOf(one, moment))
      const { verdict, answer } = await it.why.at(it.workspaceId, id, new Date(moment))
      return expected.includes(verdict) ? [] : [[new Date(moment).toISOString(), expected, verdict, answer]]
    }
    const wrong: unknown[] = []
    for (let n = 0; n < 10_000; n += 20)
      wrong.push(...(await Promise.all(Array.from({ length: 20 }, isWrong))).flat())
    expect(wrong).toEqual([])
  })
})

/** Numbers in [0, 1) that are the same at each run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
