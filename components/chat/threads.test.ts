import { expect, test } from 'vitest'
import { aMessage } from '#lib/contract/testing/message.ts'
import { threaded } from './threads.ts'

test('replies stand below what they reply to; one to what is not loaded stands in the feed', () => {
  const reply = (id: number, threadId: number) => aMessage(id, { threadId })
  const { feed, threads } = threaded([aMessage(3), reply(4, 3), aMessage(5), reply(6, 3), reply(7, 1)])
  expect(feed.map(({ id }) => id)).toEqual([3, 5, 7])
  expect([...threads].map(([id, { count, last }]) => [id, count, last.id])).toEqual([
    [3, 2, 6],
    [1, 1, 7],
  ])
})
