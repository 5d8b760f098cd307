import { afterEach, expect, test } from 'vitest'
import { paceInWords } from './words.ts'

const READING = Symbol.for('carillon.reading')
afterEach(() => Reflect.deleteProperty(globalThis, READING))
const plain = (text: string) => text.replace(/\s/g, ' ')

const pace = { from: '22:00', to: '07:00', timezone: 'Europe/Berlin', digestAt: '08:00', maxPerHour: 20 }

test('all that is set is said: quiet hours, a digest, and how much', () => {
  expect(paceInWords(pace, 'Europe/Berlin')).toBe(
    'quiet from 22:00 to 07:00 · digest at 08:00 · 20 an hour at most',
  )
  const plainPace = { ...pace, from: '', to: '', digestAt: '' }
  expect(paceInWords(plainPace, 'Europe/Berlin')).toBe('20 an hour at most')
})

test('times are told by the clock of whoever looks, with the zone where it is another', () => {
  const reads = { timezone: null, clock: '12', language: 'en' }
  Object.assign(globalThis, { [READING]: () => reads })
  expect(plain(paceInWords(pace, 'America/New_York'))).toBe(
    'quiet from 10:00 PM to 7:00 AM (Europe/Berlin) · digest at 8:00 AM · 20 an hour at most',
  )
})

test('half a time is said as it stands', () => {
  expect(paceInWords({ ...pace, from: '2' }, 'Europe/Berlin')).toContain('quiet from 2 to 07:00')
})
