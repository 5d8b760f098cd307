import { expect, test } from 'vitest'
import type { Document } from '#lib/contract/document.ts'
import { outcomeOf, summaryOf } from './telling.ts'

const document = (it: Partial<Document> = {}) =>
  ({ version: 1, status: 'ready', problem: null, ...it }) as Document
const sent = { state: 'sent', problem: null, isNew: true } as const

test.each([
  ['a new one', { ...sent, document: document() }, 'good', 'Added.'],
  ['a new version', { ...sent, document: document({ version: 3 }) }, 'good', 'It is version 3 now.'],
  [
    'the same',
    { ...sent, isNew: false, document: document() },
    'warn',
    'The same is there already: nothing was added.',
  ],
  [
    'one that nobody can read',
    { ...sent, document: document({ status: 'failed', problem: 'This kind of file cannot be read.' }) },
    'warn',
    'Added. This kind of file cannot be read.',
  ],
  [
    'one that was refused',
    { state: 'refused', problem: 'It is too large.', document: null, isNew: false } as const,
    'bad',
    'It is too large.',
  ],
])('of %s it is said what became of it', (_, upload, tone, words) =>
  expect(outcomeOf(upload)).toEqual({ tone, words }),
)

test('who hears the page hears when files begin, end and fail', () => {
  const going = { name: 'a', state: 'sending', problem: null, document: null, isNew: false } as const
  const refused = { ...going, name: 'b', state: 'refused', problem: 'It is too large.' } as const
  const done = { ...sent, name: 'c', document: document() }
  expect([[], [going], [going, done], [refused, done]].map(summaryOf)).toEqual([
    '',
    'Sending 1 file.',
    '1 of 2 files done.',
    '2 of 2 files done. b: It is too large.',
  ])
})
