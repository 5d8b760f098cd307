import { expect, test } from 'vitest'
import type { Message } from '#lib/contract/message.ts'
import { aMessage } from '#lib/contract/testing/message.ts'
import { type Feed, messagesOf, withMessages } from './feed.ts'

const message = (id: number, more: Partial<Message> = {}) => aMessage(id, { text: `m${id}`, ...more })
const feed = (...pages: number[][]): Feed => ({
  pages: pages.map((ids, n) => ({ messages: ids.map((id) => message(id)), more: n < pages.length - 1 })),
  pageParams: pages.map(() => undefined),
})
const ids = (it: Feed) => messagesOf(it).map(({ id }) => id)

test('pages are read from the oldest to the newest', () => {
  expect(ids(feed([4, 5], [1, 2]))).toEqual([1, 2, 4, 5])
})

test('what is new stands at its place, once', () => {
  const heard = withMessages(feed([4, 5], [1, 2]), [message(7), message(6), message(7), message(3)])
  expect(ids(heard)).toEqual([1, 2, 3, 4, 5, 6, 7])
})

test('a change edits the message where it stands; an older version changes nothing', () => {
  const newer = withMessages(feed([4, 5]), [message(4, { version: 3, text: 'done' })])
  const same = withMessages(newer, [message(4, { version: 2, text: 'running' })])
  expect(messagesOf(newer)[0]?.text).toBe('done')
  expect(same).toBe(newer)
})

test('a message that is hidden leaves, and one that is hidden from the start never comes', () => {
  const hidden = withMessages(feed([4, 5]), [
    message(4, { version: 2, include: false }),
    message(6, { include: false }),
  ])
  expect(ids(hidden)).toEqual([5])
})

test('what is older than all that was loaded waits to be loaded', () => {
  const part: Feed = { pages: [{ messages: [message(10)], more: true }], pageParams: [undefined] }
  expect(withMessages(part, [message(3, { version: 2 })])).toBe(part)
})

test('an empty chat takes its first message', () => {
  expect(
    ids(withMessages({ pages: [{ messages: [], more: false }], pageParams: [undefined] }, [message(1)])),
  ).toEqual([1])
})
