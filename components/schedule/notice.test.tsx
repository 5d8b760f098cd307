import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import type { Trigger } from '#lib/contract/trigger.ts'
import { isStopped, StoppedLine } from './notice.tsx'

const paused = { health: 'paused', name: 'Report', pausedBy: 'ada', pausedReason: null, pausedUntil: null }
const line = (change: object) =>
  renderToStaticMarkup(
    <StoppedLine slug="w" may schedule={{ ...paused, ...change } as unknown as Trigger} />,
  ).replace(/<[^>]*>/g, '')

test.each([
  [{ pausedReason: 'The tower is painted' }, 'By ada: The tower is painted.'],
  [{ pausedReason: 'Paused by ada.' }, 'By ada.'],
  [{ pausedReason: 'Paused by ada: holiday.', pausedBy: null }, 'Paused by ada: holiday.'],
  [{ pausedBy: null }, 'No reason was given.'],
  [{ pausedUntil: '2026-12-01T09:00:00.000Z' }, 'By ada. Until 2026-12-01 09:00 UTC.'],
  [{ health: 'disabled', disabledReason: 'Five failures in a row.' }, 'Five failures in a row.'],
  [{ health: 'broken', problem: 'No such zone.' }, 'No such zone.Fix it'],
])('%j is said in a line of its own once', (change, words) => expect(line(change)).toBe(words))

test('what runs has no such line', () => {
  expect(isStopped({ health: 'failing' })).toBe(false)
})
