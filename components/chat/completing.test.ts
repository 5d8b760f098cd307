import { expect, test } from 'vitest'
import { offered } from './completing.ts'

const completions = (of: string, ...texts: string[]) => ({
  of,
  completions: texts.map((text) => ({ text, label: text, description: '' })),
})
const textsOf = (it: ReturnType<typeof offered>) => it.shown.map(({ text }) => text)

test('what fits the line as it stands is shown, and taken by Enter', () => {
  const it = offered('/run check', completions('/run check', '/run Morning check '), false)
  expect(textsOf(it)).toEqual(['/run Morning check '])
  expect(it.takenByEnter).toBe(true)
})

test('what fitted the line a moment ago and does not any more is neither shown nor taken', () => {
  for (const [text, of, was] of [
    ['/pause daily digest', '/', '/plan '],
    ['/help', '/', '/run '],
    ['hello @summary-agent', 'hello @', 'hello @ada '],
  ] as const)
    expect(textsOf(offered(text, completions(of, was), false))).toEqual([])
  expect(textsOf(offered('/PA', completions('/', '/plan ', '/pause '), false))).toEqual(['/pause '])
})

test('a whole name is sent with the first Enter, in whichever case and with a space behind it', () => {
  const text = '/pause nightly stock count '
  for (const of of [text, '/pause nightly']) {
    const found = completions(of, '/pause Nightly stock count', '/pause Nightly stock count 2')
    const it = offered(text, found, false)
    expect(textsOf(it)).toEqual(['/pause Nightly stock count 2'])
    expect(it.takenByEnter).toBe(false)
    expect(offered(text, found, true).takenByEnter).toBe(true)
  }
})
