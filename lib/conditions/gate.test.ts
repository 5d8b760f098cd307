import { expect, test } from 'vitest'
import { OnlyIf } from '../contract/condition-trigger.ts'
import { gateOf } from './gate.ts'

const source = { kind: 'workspace', measure: 'documents', windowSeconds: 3600 }
const only = (op: string, value: unknown, of: object = source) => OnlyIf.parse({ source: of, op, value })
const read = (value: number | string) => ({ kind: 'read', reading: { value } }) as const
const text = { kind: 'page', url: 'https://example.com' }

test.each([
  [only('above', 0), read(2), { open: true, note: null }],
  [only('above', 0), read(0), { open: false, reason: 'It runs only if the value is above 0; it is 0.' }],
  [
    only('matches', '^sold', text),
    read('there'),
    { open: false, reason: 'It runs only if the value matches “^sold”; it is “there”.' },
  ],
  [
    only('equals', 'on', text),
    read('off'),
    { open: false, reason: 'It runs only if the value is “on”; it is “off”.' },
  ],
  [
    only('above', 0),
    { kind: 'failed', error: 'example.com answers 503.' } as const,
    {
      open: true,
      note: 'Whether it should run could not be looked at, so it does: example.com answers 503.',
    },
  ],
  [
    only('above', 0, text),
    read('many'),
    { open: true, note: expect.stringContaining('is “many”, which is no number') },
  ],
])('%o at %o', (onlyIf, look, gate) => {
  expect(gateOf(onlyIf, look)).toEqual(gate)
})
