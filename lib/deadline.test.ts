/** Work that may hang, and what ends it. */
import { expect, test, vi } from 'vitest'
import { handClock, minutes, seconds } from './clock.ts'
import { inTime, unlessEnded } from './deadline.ts'

const LATE = new Error('It took too long.')
const hangs = () => new Promise<never>(() => {})

function bench(signals: AbortSignal[] = []) {
  const clock = handClock('2026-03-01T09:00:00.000Z')
  const off = vi.fn()
  const after = (ms: number, ring: () => void) => {
    const callOff = clock.after(ms, ring)
    return () => {
      off()
      callOff()
    }
  }
  const within = <Answer>(work: (signal: AbortSignal) => Promise<Answer>) =>
    inTime({ clock: { after }, ms: seconds(10), signals, late: () => LATE }, work)
  return { clock, off, within }
}

test('what is done in time is the answer, and no timer stays behind', async () => {
  const { clock, off, within } = bench()
  let seen: AbortSignal | undefined
  const work = within(async (signal) => {
    seen = signal
    return 7
  })
  expect(await work).toBe(7)
  expect(off).toHaveBeenCalledTimes(1)
  clock.advance(minutes(1))
  expect(seen?.aborted).toBe(false)
})

test('its own error is its own while nobody has ended it', async () => {
  const { off, within } = bench()
  const own = new Error('No such host.')
  await expect(within(() => Promise.reject(own))).rejects.toBe(own)
  expect(off).toHaveBeenCalledTimes(1)
})

test.each([
  ['hangs', hangs],
  ['heeds its signal with an error of its own', rejectsAfter],
])('work that %s ends with its time', async (_, work) => {
  const { clock, within } = bench()
  const running = within(work)
  clock.advance(seconds(10))
  await expect(running).rejects.toBe(LATE)
})

test.each([
  ['hangs', hangs],
  ['heeds its signal with an error of its own', rejectsAfter],
])('work that %s ends when its caller calls it off, with the reason of that', async (_, work) => {
  const [one, other] = [new AbortController(), new AbortController()]
  const { off, within } = bench([one.signal, other.signal])
  const running = within(work)
  const reason = { code: 'cancelled' }
  other.abort(reason)
  await expect(running).rejects.toBe(reason)
  expect(off).toHaveBeenCalledTimes(1)
})

test('nothing begins that was called off before', async () => {
  const { within } = bench([AbortSignal.abort(LATE)])
  const work = vi.fn(hangs)
  await expect(within(work)).rejects.toBe(LATE)
  expect(work).not.toHaveBeenCalled()
})

test('whoever waits for the work of others leaves it at the signal, and hears no more of it', async () => {
  const leaving = new AbortController()
  const { promise, reject } = Promise.withResolvers<number>()
  const waiting = unlessEnded(leaving.signal, promise)
  leaving.abort(LATE)
  await expect(waiting).rejects.toBe(LATE)
  reject(new Error('Much later.'))
  await expect(unlessEnded(leaving.signal, hangs())).rejects.toBe(LATE)
  expect(await unlessEnded(new AbortController().signal, Promise.resolve(3))).toBe(3)
})

function rejectsAfter(signal: AbortSignal) {
  return new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('This operation was aborted.')))
  })
}
