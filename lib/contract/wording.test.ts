import { expect, test } from 'vitest'
import { z } from 'zod'
import { inWords } from './wording.ts'

const said = (schema: z.ZodType, given: unknown) =>
  schema.safeParse(given, inWords).error?.issues.map((it) => it.message)

test.each([
  [z.number(), undefined, 'is needed'],
  [z.number(), '3', 'expects a number, not a text'],
  [z.coerce.number(), 'three', 'expects a number'],
  [z.number().int(), 1.5, 'expects a whole number, not 1.5'],
  [z.number().min(1), 0, 'must be at least 1, not 0'],
  [z.number().max(365), 400, 'must be at most 365, not 400'],
  [z.number().positive(), -3, 'must be more than 0, not -3'],
  [z.string().min(1), '', 'must not be empty'],
  [z.string().min(12), 'short', 'expects at least 12 characters'],
  [z.array(z.string()).max(2), ['a', 'b', 'c'], 'expects at most 2 entries'],
  [z.enum(['viewer', 'editor']), 'king', 'expects one of viewer, editor, not "king"'],
  [z.literal(true), false, 'expects true, not false'],
  [z.email(), 'ada', 'expects an e-mail address'],
  [z.boolean(), null, 'expects true or false, not null'],
  [z.record(z.string(), z.unknown()), [], 'expects an object, not a list'],
  [z.strictObject({}), { more: 1 }, 'has what is not a field here: more'],
])('%# %s', (schema, given, words) => {
  expect(said(schema, given)).toEqual([words])
})

test('a text that was given is not told back, as it may be a secret', () => {
  expect(said(z.string().regex(/^a$/), 'whsec_abc')?.join()).not.toContain('whsec_abc')
  expect(said(z.string().max(3), 'whsec_abc')?.join()).not.toContain('whsec_abc')
})

test('words of a schema’s own stand', () => {
  expect(said(z.string().min(1, 'give it a name'), '')).toEqual(['give it a name'])
})
