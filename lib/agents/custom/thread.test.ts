import { expect, test } from 'vitest'
import { conversationOf, type Said } from './thread.ts'

const said = (hour: number, text: string, tainted = false): Said => ({
  at: Date.UTC(2026, 2, 2, hour),
  text,
  tainted,
})
const KIB = 1024
const texts = (given: Said[]) => conversationOf(given, 'UTC').earlier.map(({ text }) => text)

test('the newest stands last, each with its time where the schedule is', () => {
  expect(conversationOf([said(9, 'second'), said(8, 'first')], 'Europe/Berlin').earlier).toEqual([
    { run: 'Run of Monday, 2 March 2026 at 09:00 (Europe/Berlin)', text: 'first' },
    { run: 'Run of Monday, 2 March 2026 at 10:00 (Europe/Berlin)', text: 'second' },
  ])
  expect(texts([said(9, ' \n'), said(8, 'a word')])).toEqual(['a word'])
  expect(conversationOf([], 'UTC')).toEqual({ earlier: [], tainted: false })
})

test.each<[string, number[], number[]]>([
  ['ten at the most', Array(12).fill(1), Array(10).fill(1)],
  ['all that fit exactly', [16 * KIB, 8 * KIB, 8 * KIB], [16 * KIB, 8 * KIB, 8 * KIB]],
  ['the oldest goes first', [16 * KIB, 8 * KIB, 8 * KIB + 1], [16 * KIB, 8 * KIB]],
  ['nothing older than what did not fit', [1, 32 * KIB, 1], [1]],
])('%s', (_, given, kept) => {
  const lengths = texts(given.map((bytes) => said(9, 'x'.repeat(bytes)))).map((it) => it.length)
  expect(lengths).toEqual(kept.toReversed())
})

test('bytes count, not characters; one that alone is too long is cut between two of them', () => {
  expect(texts([said(9, 'é'.repeat(8 * KIB)), said(8, 'é'.repeat(8 * KIB)), said(7, 'x')])).toHaveLength(2)
  const [one = '', ...others] = texts([said(9, '😀'.repeat(9 * KIB)), said(8, 'x')])
  expect(others).toEqual([])
  expect(Buffer.byteLength(one)).toBeLessThanOrEqual(32 * KIB)
  expect(Buffer.byteLength(one)).toBeGreaterThan(32 * KIB - 8)
  expect(one).toMatch(/^(😀)+\n\n… \(the rest is left out\)$/u)
})

test('it is tainted by those that are told, not by those that are left out', () => {
  const all = [said(9, 'clean'), said(8, 'tainted', true)]
  expect(conversationOf(all, 'UTC').tainted).toBe(true)
  expect(conversationOf([said(9, 'x'.repeat(32 * KIB)), ...all], 'UTC').tainted).toBe(false)
})
