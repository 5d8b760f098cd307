import { expect, test } from 'vitest'
import { turns } from './turns.ts'

test('so many work at a time, in the order in which they came; one that fails makes room as well', async () => {
  const inTurn = turns(2)
  const begun: number[] = []
  const gates = Array.from({ length: 5 }, () => Promise.withResolvers<void>())
  const all = gates.map(({ promise }, n) =>
    inTurn(() => {
      begun.push(n)
      return promise
    }).catch(() => {}),
  )
  await Promise.resolve()
  expect(begun).toEqual([0, 1])
  gates[1]?.reject(new Error('no'))
  await all[1]
  expect(begun).toEqual([0, 1, 2])
  for (const it of gates) it.resolve()
  await Promise.all(all)
  expect(begun).toEqual([0, 1, 2, 3, 4])
})
