import { expect, test } from 'vitest'
import type { EventPage, LiveEvent } from '#lib/contract/event.ts'
import { createFollower } from './follower.ts'

const event = (seq: number): LiveEvent => ({
  seq,
  workspaceId: 1,
  type: 'schedule:updated',
  timestamp: '2026-11-23T09:00:00.000Z',
})
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => event(from + n))

/** A server with a record of events, and a follower whose doings are written down. */
function world({ since = 0, oldest = 1, most = 500 } = {}) {
  let record: LiveEvent[] = []
  const applied: number[] = []
  const asked: number[] = []
  let refreshed = 0
  let hold: Promise<void> = Promise.resolve()
  const follower = createFollower({
    since,
    async ask(after): Promise<EventPage> {
      asked.push(after)
      await hold
      const events = record.filter((it) => it.seq > after && it.seq >= oldest)
      return {
        events: events.slice(0, most),
        lastSeq: record.at(-1)?.seq ?? 0,
        oldest,
        truncated: events.length > most,
      }
    },
    apply: (events) => applied.push(...events.map(({ seq }) => seq)),
    refresh: () => {
      refreshed += 1
    },
  })
  return {
    follower,
    applied,
    asked,
    get refreshed() {
      return refreshed
    },
    tell: (events: LiveEvent[]) => {
      record = events
    },
    holdUntil: (it: Promise<void>) => {
      hold = it
    },
  }
}

test('events that follow one another are applied as they come, and nothing is asked for', () => {
  const { follower, applied, asked } = world()
  for (const it of range(1, 3)) follower.hear(it)
  follower.hear(event(2))
  expect([applied, asked]).toEqual([[1, 2, 3], []])
})

test('a gap is filled from the record, in order and once', async () => {
  const { follower, applied, tell } = world()
  tell(range(1, 5))
  follower.hear(event(1))
  follower.hear(event(5))
  await follower.catchUp()
  expect(applied).toEqual([1, 2, 3, 4, 5])
})

test('what is heard while the record is read comes after it, without a second question', async () => {
  const { follower, applied, asked, tell, holdUntil } = world()
  const gate = Promise.withResolvers<void>()
  holdUntil(gate.promise)
  tell(range(1, 3))
  const caughtUp = follower.catchUp()
  follower.hear(event(5))
  follower.hear(event(4))
  gate.resolve()
  await caughtUp
  expect([applied, asked]).toEqual([[1, 2, 3, 4, 5], [0]])
})

test('a long absence is read page by page', async () => {
  const { follower, applied, asked, tell } = world({ most: 2 })
  tell(range(1, 5))
  await follower.catchUp()
  expect([applied, asked]).toEqual([
    [1, 2, 3, 4, 5],
    [0, 2, 4],
  ])
})

test('where the record no longer reaches back, everything is read afresh and the following goes on', async () => {
  const it = world({ since: 3, oldest: 10 })
  it.tell(range(10, 12))
  await it.follower.catchUp()
  it.follower.hear(event(13))
  expect([it.refreshed, it.applied]).toEqual([1, [13]])
})

test('a server that forgot (a restored backup) is followed from where it is', async () => {
  const it = world({ since: 40 })
  it.tell(range(1, 7))
  await it.follower.catchUp()
  it.follower.hear(event(8))
  expect([it.refreshed, it.applied]).toEqual([1, [8]])
})

test('an unanswered question leaves the place where it was', async () => {
  const { follower, applied, tell, holdUntil } = world()
  tell(range(1, 2))
  holdUntil(Promise.reject(new Error('offline')))
  await expect(follower.catchUp()).rejects.toThrow('offline')
  holdUntil(Promise.resolve())
  await follower.catchUp()
  expect(applied).toEqual([1, 2])
})
