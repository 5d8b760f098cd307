import { expect, test } from 'vitest'
import { likeness, packed } from './vectors.ts'

test('a meaning is like itself, unlike its opposite, and as like another as it was before it was packed', () => {
  const [a, b] = [
    [0.1, -0.7, 0.3, 0.02],
    [0.2, -0.5, 0.4, -0.1],
  ] as const
  expect(likeness(a, packed(a))).toBeCloseTo(1, 2)
  expect(likeness(a, packed(a.map((it) => -it)))).toBeCloseTo(-1, 2)
  const cosine =
    a.reduce((sum, it, n) => sum + it * (b[n] as number), 0) / (Math.hypot(...a) * Math.hypot(...b))
  expect(likeness(a, packed(b))).toBeCloseTo(cosine, 2)
})

test.each([
  ['of another model', [1, 0, 0], packed([1, 0])],
  ['without a direction', [1, 0], packed([0, 0])],
  ['that was not made', [1, 0], packed([])],
])('one %s is like nothing', (_case, one, other) => {
  expect(likeness(one, other)).toBe(0)
})
