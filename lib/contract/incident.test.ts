import { expect, test } from 'vitest'
import { causeOf } from './incident.ts'

test.each([
  ['timeout', 'It did not end within 30 s.', 'It did not end within 300 s.', true],
  ['agent_error', 'Row 12 of 5,000 is broken', 'Row 4711 of 5,001 is broken', true],
  [
    'agent_error',
    'No answer since 2026-03-01T09:00:00Z',
    'No answer since 2026-03-02 09:00:00.123+01:00',
    true,
  ],
  ['agent_error', 'order 7f3c9a1e-8c55-4b1f is unknown', 'order 1b2c9a1e-0000-4b1f is unknown', true],
  ['upstream', 'api.example.com answered 502', 'api.example.com  answered\n503', true],
  ['agent_error', 'The disk is full', 'The network is down', false],
  ['agent_error', null, null, true],
] as const)('%s: “%s” and “%s” have one cause: %s', (code, one, other, same) => {
  expect(causeOf(code, one) === causeOf(code, other)).toBe(same)
})

test('why it ended is part of the cause, and it is never long', () => {
  expect(causeOf('timeout', 'late')).not.toBe(causeOf('agent_error', 'late'))
  expect(causeOf(null, null)).toBe('failed:')
  expect(causeOf('agent_error', 'a'.repeat(100_000)).length).toBeLessThan(300)
})
