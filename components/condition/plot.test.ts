import { expect, test } from 'vitest'
import type { ConditionSample, ConditionValue, ConditionWord } from '#lib/contract/condition-trigger.ts'
import { HEIGHT, plotOf, WIDTH } from './plot.ts'

const T0 = Date.parse('2026-03-01T09:00:00Z')
const sample = (
  minute: number,
  value: ConditionValue,
  state: ConditionWord = 'false',
  error: string | null = null,
): ConditionSample => ({ at: new Date(T0 + minute * 60_000).toISOString(), value, state, error })

test('values stand between the lowest and the highest, and the line among them', () => {
  const { paths, lines, low, high } = plotOf([sample(0, 10), sample(1, 20), sample(2, 10)], { line: 30 })
  expect([low, high]).toEqual([10, 30])
  expect(paths).toEqual([`M8 ${HEIGHT - 8}H${WIDTH / 2}V${HEIGHT / 2}H${WIDTH - 8}V${HEIGHT - 8}`])
  expect(lines).toEqual([{ y: 8, kind: 'line' }])
})

test('a check that failed breaks the line and is marked', () => {
  const { paths, failures } = plotOf(
    [sample(0, 1), sample(1, 2), sample(2, null, 'false', 'away'), sample(3, 3), sample(4, 4)],
    {},
  )
  expect(paths).toHaveLength(2)
  expect(failures).toEqual([WIDTH / 2])
})

test('a crossing is where it became true; what is no number is drawn as whether it holds', () => {
  const { crossings, low, high } = plotOf(
    [sample(0, 'a'), sample(1, 'b', 'true'), sample(2, 'b', 'true'), sample(3, 'a'), sample(4, 'b', 'true')],
    {},
  )
  expect(crossings.map(({ y }) => y)).toEqual([8, 8])
  expect([low, high]).toEqual([0, 1])
})

test('many values are thinned, and their highest and lowest stay', () => {
  const many = Array.from({ length: 10_000 }, (_, n) => sample(n, n === 4321 ? 900 : n % 7))
  const { paths, high } = plotOf(many, { clear: 3 })
  expect(high).toBe(900)
  expect(paths[0]?.match(/V/g)?.length).toBeLessThan(361)
  expect(paths[0]).toContain('V8')
})

test('one value alone, and none at all, are drawn too', () => {
  expect(plotOf([sample(0, 5)], {}).paths).toEqual([`M${WIDTH / 2} ${HEIGHT / 2}h0.01`])
  expect(plotOf([], {})).toMatchObject({ paths: [], low: 0, high: 1 })
})
