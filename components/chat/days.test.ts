import { expect, test } from 'vitest'
import type { Message } from '#lib/contract/message.ts'
import { aMessage } from '#lib/contract/testing/message.ts'
import { days } from './days.ts'

const said = (createdAt: string, author = 'ada', kind: Message['kind'] = 'person') =>
  aMessage(Date.parse(createdAt), {
    kind,
    author: { id: author, name: author },
    createdAt,
    updatedAt: createdAt,
  })
const utcDay = (at: string) => at.slice(0, 10)

test('messages stand under the day they belong to', () => {
  const found = days(
    [said('2026-11-22T23:59:00Z'), said('2026-11-23T00:01:00Z'), said('2026-11-23T09:00:00Z')],
    utcDay,
  )
  expect(found.map(({ date, lines }) => [date, lines.length])).toEqual([
    ['2026-11-22', 1],
    ['2026-11-23', 2],
  ])
})

test('a person who goes on speaking is named once; a pause, another person or a result begins anew', () => {
  const [day] = days(
    [
      said('2026-11-23T09:00:00Z'),
      said('2026-11-23T09:04:00Z'),
      said('2026-11-23T09:20:00Z'),
      said('2026-11-23T09:21:00Z', 'ben'),
      said('2026-11-23T09:22:00Z', 'ben', 'result'),
      said('2026-11-23T09:22:30Z', 'ben'),
    ],
    utcDay,
  )
  expect(day?.lines.map((it) => it.follows)).toEqual([false, true, false, false, false, false])
})

test('a person who speaks on past midnight is named on the new day', () => {
  const found = days([said('2026-11-22T23:59:00Z'), said('2026-11-23T00:00:10Z')], utcDay)
  expect(found[1]?.lines[0]?.follows).toBe(false)
})

test('results that say the same in a row are one line with their number; a row that is opened shows them all', () => {
  const failed = (at: string, text = 'HTTP 503') => ({
    ...said(at, 'carillon', 'result'),
    triggerId: 7,
    status: 'failed' as const,
    text,
  })
  const row = [
    failed('2026-11-23T03:05:00Z'),
    failed('2026-11-23T03:10:00Z'),
    failed('2026-11-23T03:15:00Z'),
    failed('2026-11-23T03:20:00Z', 'HTTP 500'),
  ]
  const [day] = days(row, utcDay)
  expect(day?.lines.map((it) => [it.message.createdAt, it.times, it.since])).toEqual([
    ['2026-11-23T03:15:00Z', 3, '2026-11-23T03:05:00Z'],
    ['2026-11-23T03:20:00Z', 1, '2026-11-23T03:20:00Z'],
  ])
  const first = row[0]?.id ?? 0
  const [opened] = days(row, utcDay, new Set([first]))
  expect(opened?.lines.map((it) => [it.row, it.times])).toEqual([
    [first, 1],
    [first, 2],
    [first, 3],
    [row[3]?.id, 1],
  ])
})
