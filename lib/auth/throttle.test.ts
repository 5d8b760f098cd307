import { expect, test } from 'vitest'
import { handClock, minutes } from '#lib/clock.ts'
import { createThrottle, networkOf } from './throttle.ts'

test('after so many tries one waits until the window ends', () => {
  const clock = handClock('2026-03-01T08:00Z')
  const throttle = createThrottle({ clock, most: 2, withinMs: minutes(10) })
  expect([throttle.take('ada'), throttle.take('ada'), throttle.take('ada'), throttle.take('ben')]).toEqual([
    0, 0, 600, 0,
  ])
  clock.advance(minutes(10))
  expect(throttle.take('ada')).toBe(0)
})

test('a good try does not count', () => {
  const throttle = createThrottle({ clock: handClock('2026-03-01T08:00Z'), most: 1, withinMs: minutes(10) })
  throttle.take('ada')
  throttle.giveBack('ada')
  expect(throttle.take('ada')).toBe(0)
  throttle.clear('ada')
  expect(throttle.take('ada')).toBe(0)
})

test.each([
  ['203.0.113.5', '203.0.113.5'],
  ['::ffff:203.0.113.5', '203.0.113.5'],
  ['via 203.0.113.5', '203.0.113.5'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2:ffff::1', '2001:db8:1:2::/64'],
  ['nonsense', 'unknown'],
  [null, 'unknown'],
])('%s belongs to the network %s', (address, network) => {
  expect(networkOf(address)).toBe(network)
})
