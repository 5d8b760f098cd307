import { expect, test } from 'vitest'
import type { Message } from '#lib/contract/message.ts'
import { aMessage } from '#lib/contract/testing/message.ts'
import { arrivals, seenOf } from './arrivals.ts'

const message = (id: number, more: Partial<Message> = {}) =>
  aMessage(id, { author: { id: 'ben', name: 'Ben' }, ...more })
const run = (id: number, status: Message['status']) => message(id, { kind: 'result', status })
const ids = (messages: Message[]) => messages.map(({ id }) => id)

test('what others wrote arrives; what one wrote oneself does not', () => {
  const seen = seenOf([message(1)])
  expect(
    ids(arrivals(seen, [message(1), message(2), message(3, { author: { id: 'ada', name: 'Ada' } })], 'ada')),
  ).toEqual([2])
})

test('a run arrives when it ends, not when it starts', () => {
  const started = [message(1), run(2, 'running')]
  expect(arrivals(seenOf([message(1)]), started, 'ada')).toEqual([])
  expect(ids(arrivals(seenOf(started), [message(1), run(2, 'success')], 'ada'))).toEqual([2])
})

test('older messages that were loaded have not arrived', () => {
  expect(arrivals(seenOf([message(10)]), [message(4), run(5, 'failed'), message(10)], 'ada')).toEqual([])
})
