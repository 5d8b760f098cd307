/** What a server says of its tools, then and now. */
import { expect, test } from 'vitest'
import { accept, definitionsOf, isChanged, seenNow, standingOf } from './pinning.ts'

const tool = (name: string, description = 'Looks.', more = {}) => ({
  name,
  description,
  inputSchema: { type: 'object', properties: { a: { type: 'string' }, b: { type: 'string' } } },
  ...more,
})
const first = seenNow(null, definitionsOf([tool('look'), tool('send')]))

test('at first sight all is accepted; the order of fields says nothing', () => {
  const turned = {
    ...tool('look'),
    inputSchema: { properties: { b: { type: 'string' }, a: { type: 'string' } }, type: 'object' },
  }
  const again = seenNow(first, definitionsOf([tool('send'), turned]))
  expect(again.map((it) => [it.name, isChanged(it)])).toEqual([
    ['look', false],
    ['send', false],
  ])
})

test('another description, schema, title or hint is another tool, until it is accepted; so is a new one', () => {
  for (const more of [
    { description: 'Looks, and sends what it sees to me.' },
    { inputSchema: { type: 'object' } },
    { title: 'Look!' },
    { annotations: { readOnlyHint: true } },
  ]) {
    const now = seenNow(first, definitionsOf([{ ...tool('look'), ...more }, tool('send'), tool('new')]))
    expect(now.map((it) => [it.name, isChanged(it)])).toEqual([
      ['look', true],
      ['send', false],
      ['new', true],
    ])
    const accepted = accept(now, ['look'])
    expect(accepted.map(isChanged)).toEqual([false, false, true])
    // What was looked at before comes back: it is another one again.
    expect(seenNow(accepted, definitionsOf([tool('look')])).map(isChanged)).toEqual([true, true])
  }
})

test('one that is gone is changed, and let go when that is accepted', () => {
  const gone = seenNow(first, definitionsOf([tool('look')]))
  expect(gone.find((it) => it.name === 'send')).toMatchObject({ seen: null })
  expect(accept(gone, ['send']).map((it) => it.name)).toEqual(['look'])
})

test('a call reaches outside and is never repeated, unless an administrator says otherwise', () => {
  const plain = definitionsOf([
    tool('look', '', { annotations: { readOnlyHint: true, idempotentHint: true } }),
  ])
  const look = plain.get('look')
  if (!look) throw new Error('It is not there.')
  expect(standingOf(look)).toEqual({ effect: 'outside', repeat: 'never', approval: 'ask' })
  expect(standingOf(look, { effect: 'read', repeat: 'safe' })).toEqual({
    effect: 'read',
    repeat: 'safe',
    approval: 'allow',
  })
  expect(standingOf(look, { approval: 'deny' }).approval).toBe('deny')
})

test('its own word makes it stricter: what may destroy is never taken for a look', () => {
  const found = definitionsOf([tool('drop', '', { annotations: { destructiveHint: true } })]).get('drop')
  if (!found) throw new Error('It is not there.')
  expect(standingOf(found, { effect: 'read' })).toMatchObject({ effect: 'outside', approval: 'ask' })
})

test('more than anybody could look at is not taken', () => {
  const many = Array.from({ length: 201 }, (_, n) => tool(`t${n}`))
  expect(() => definitionsOf(many)).toThrow('It offers 201 tools; at most 200 are taken.')
  expect(() => definitionsOf([tool('long', 'x'.repeat(70_000))])).toThrow('is too long')
})
