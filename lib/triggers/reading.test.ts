import { expect, test } from 'vitest'
import { z } from 'zod'
import type { FactKind } from './kind.ts'
import { HOLDS } from './matching.ts'
import { readAs, type Row } from './reading.ts'

const row: Row = {
  kind: 'ring',
  config: '{"bell":"tenor"}',
  cronExpression: null,
  timezone: 'UTC',
  everySeconds: null,
  at: null,
  startsAt: null,
  createdAt: 0,
}
const Ring = z.object({ bell: z.string(), pulls: z.number().int('expects a whole number').default(1) })
const ring: FactKind<z.output<typeof Ring>> = {
  kind: 'ring',
  own: false,
  config: Ring,
  judge: () => [],
  describe: ({ bell, pulls }) => `When the ${bell} rings ${pulls} times`,
  accepts: ({ bell }, fact) => ({ ...HOLDS, pass: fact === bell }),
}

test('a kind gets its own configuration as its schema says it', () => {
  expect(readAs(ring, row)).toEqual({ ok: true, kind: ring, config: { bell: 'tenor', pulls: 1 } })
})

test.each([
  ['{}', 'config.bell', /expects a text|is needed/],
  ['{"bell":"tenor","pulls":1.5}', 'config.pulls', /^expects a whole number$/],
  ['{"bell":"tenor","colour":"red"}', 'config.colour', /^does not go with the kind "ring"$/],
  ['{"bell":"tenor","timezone":"UTC"}', 'config.timezone', /^does not go with the kind "ring"$/],
  ['"tenor"', 'config', /^expects a JSON object$/],
  ['tenor', 'config', /^is not JSON: /],
])('%s is refused at %s', (config, path, says) => {
  expect(readAs(ring, { ...row, config })).toEqual({
    ok: false,
    errors: [{ path, message: expect.stringMatching(says) }],
  })
})
