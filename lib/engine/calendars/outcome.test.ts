import { expect, test } from 'vitest'
import { outcomeOf } from './outcome.ts'

const NOW = new Date('2026-11-23T12:00:00Z')
const SIX_HOURS = NOW.getTime() + 6 * 3_600_000
const SOON = NOW.getTime() + 15 * 60_000
const known = {
  ...{ name: 'Holidays', dates: '["2026-12-25"]', status: 'ok' as const, lastError: null, note: null },
  ...{ failures: 0, readAt: 7, validators: '{"etag":"a"}' },
}
const unread = { ...known, dates: '[]', readAt: null, validators: null }
const failing = { ...known, status: 'failing' as const, lastError: 'No.', failures: 3 }
const days = { kind: 'days', dates: ['2027-01-01'], note: 'Some left.', validators: { etag: 'b' } } as const
const said = (message: string, passing: boolean) => ({ kind: 'problem', message, passing }) as const

test.each([
  [
    'days',
    known,
    days,
    { status: 'ok', dates: '["2027-01-01"]', note: 'Some left.', dueAt: SIX_HOURS },
    null,
  ],
  ['as before', known, { kind: 'same' }, { status: 'ok', dates: known.dates, readAt: 7 }, null],
  ['what passes may pass', known, said('Slow.', true), { status: 'ok', failures: 1, dueAt: SOON }, null],
  ['its first reading is told whoever makes it', unread, said('Slow.', true), { status: 'failing' }, null],
  [
    'the third time it is told',
    { ...known, failures: 2 },
    said('Slow.', true),
    { status: 'failing', dates: known.dates, lastError: 'Slow.', failures: 3 },
    'The calendar **Holidays** cannot be read: Slow. The days that were read last go on counting.',
  ],
  [
    'what does not pass is told at once',
    known,
    said('Gone.', false),
    { status: 'failing', dates: known.dates },
    'The calendar **Holidays** cannot be read: Gone. The days that were read last go on counting.',
  ],
  ['once', failing, said('Gone.', false), { status: 'failing', failures: 4 }, null],
  [
    'and that it is over',
    failing,
    { kind: 'same' },
    { status: 'ok', lastError: null, failures: 0 },
    'The calendar **Holidays** can be read again.',
  ],
  ['which nobody heard of at the first', { ...failing, readAt: null }, days, { status: 'ok' }, null],
] as const)('%s', (_, before, reading, found, notice) => {
  const outcome = outcomeOf(before, reading as Parameters<typeof outcomeOf>[1], NOW)
  expect(outcome).toMatchObject({ found, notice })
})
