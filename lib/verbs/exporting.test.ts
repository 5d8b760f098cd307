/** Runs as a file: whole, in order, and nothing in it that a spreadsheet would carry out. */
import { describe, expect, test } from 'vitest'
import type { Execution } from '../contract/execution.ts'
import { cell, textOf } from './exporting.ts'

describe('a field of a CSV', () => {
  test.each([
    ['plain', 'plain'],
    ['=1+1', `"'=1+1"`],
    ['+49', `"'+49"`],
    ['-1', `"'-1"`],
    ['@cmd', `"'@cmd"`],
    ['  =1', `"'  =1"`],
    ['\t=1', `"'\t=1"`],
    ['＝1', `"'＝1"`],
    ['a,b', '"a,b"'],
    ['say "x"', '"say ""x"""'],
    ['two\nlines', '"two\nlines"'],
    [-3, '-3'],
    [null, ''],
    [true, 'true'],
  ])('%j', (value, text) => expect(cell(value)).toBe(text))
})

const run = (id: number, output: string | null = null) => ({ id, output, status: 'success' }) as Execution
async function* pages(...all: Execution[][]) {
  yield* all
}
const whole = async (format: 'csv' | 'json' | 'ndjson', ...all: Execution[][]) => {
  let text = ''
  for await (const piece of textOf(format, pages(...all))) text += piece
  return text
}

test('is what it says, of any number of pages', async () => {
  const all = [[run(3), run(2)], [run(1, '=x')]]
  expect(JSON.parse(await whole('json', ...all))).toEqual(all.flat())
  expect(JSON.parse(await whole('json'))).toEqual([])
  const lines = (await whole('ndjson', ...all)).trimEnd().split('\n')
  expect(lines.map((it) => JSON.parse(it) as unknown)).toEqual(all.flat())
  const csv = (await whole('csv', ...all)).split('\r\n')
  expect(csv[0]).toContain('id,triggerId,')
  expect(csv).toHaveLength(5)
  expect(csv[3]).toContain(`"'=x"`)
})
