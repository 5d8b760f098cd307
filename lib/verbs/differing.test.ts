/** In what two states differ, and what is told of it. */
import { describe, expect, test } from 'vitest'
import { differences, settingsIn } from './differing.ts'

describe('two states', () => {
  test.each([
    ['that are alike', { a: 1, b: [1] }, { b: [1], a: 1 }, []],
    ['of which one has a field more', {}, { a: 1 }, [{ path: 'a', from: null, to: 1 }]],
    ['of which one says null', { a: null }, {}, []],
    ['within an object', { c: { x: 1, y: 2 } }, { c: { x: 1, y: 3 } }, [{ path: 'c.y', from: 2, to: 3 }]],
    ['in a list', { l: [1, 2] }, { l: [2, 1] }, [{ path: 'l', from: [1, 2], to: [2, 1] }]],
    [
      'in a secret: that it is another, and no more',
      { c: { token: 'sealed:v1:one' } },
      { c: { token: 'sealed:v1:two' } },
      [{ path: 'c.token', from: '•••', to: '•••' }],
    ],
    [
      'in the name of a secret',
      { c: { token: 'sealed:v1:one' } },
      { c: { token: 'secret:v1:NAME' } },
      [{ path: 'c.token', from: '•••', to: { secret: 'NAME' } }],
    ],
  ])('%s', (_, before, after, expected) => expect(differences(before, after)).toEqual(expected))
})

test('what a revision kept is read as the API says it', () => {
  const kept = { kind: 'event', config: '{"types":["x"]}', context: '{"a":1}', at: 0, expect: null }
  expect(settingsIn(JSON.stringify(kept))).toEqual({
    kind: 'event',
    event: { types: ['x'] },
    context: { a: 1 },
    at: '1970-01-01T00:00:00.000Z',
    expect: null,
  })
  expect(settingsIn('{"kind":"schedule","config":"{}","context":"no JSON"}')).toEqual({
    kind: 'schedule',
    config: {},
    context: 'no JSON',
  })
})
