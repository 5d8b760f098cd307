import { beforeEach, describe, expect, test } from 'vitest'
import type { Checkpoint } from '#db/queries/checkpoints.ts'
import { createSteps } from './checkpoints.ts'

let stored: Checkpoint[]
let ours: boolean
let controller: AbortController
beforeEach(() => {
  stored = []
  ours = true
  controller = new AbortController()
})
const begin = (kept: Checkpoint[] = []) =>
  createSteps({
    signal: controller.signal,
    kept,
    async keep(checkpoint) {
      if (ours) stored.push(checkpoint)
      return ours
    },
  }).step

test('a part is done, stored, and answered', async () => {
  const step = begin()
  expect(await step('count', () => ({ n: 3 }))).toEqual({ n: 3 })
  expect(stored).toEqual([{ key: 'count', value: '{"n":3}' }])
})

test('whoever continues gets the answer, and does not do the part again', async () => {
  await begin()('count', () => 3)
  let done = 0
  const step = begin(stored)
  expect(await step('count', () => ++done)).toBe(3)
  expect(await step('other', () => ++done)).toBe(1)
  expect(stored.map((it) => it.key)).toEqual(['count', 'other'])
})

test('an answer is given as it will be read back', async () => {
  const step = begin()
  expect(await step('when', () => new Date('2026-03-01T09:00:00Z') as unknown)).toBe(
    '2026-03-01T09:00:00.000Z',
  )
  expect(await step('nothing', () => undefined)).toBe(null)
})

test('a part that fails keeps nothing, and its error is what the agent gets', async () => {
  await expect(
    begin()('count', () => {
      throw new Error('no route to host')
    }),
  ).rejects.toThrow('no route to host')
  expect(stored).toEqual([])
})

test('a part whose execution has passed to another owner does not answer', async () => {
  ours = false
  await expect(begin()('count', () => 3)).rejects.toThrow(
    'The step "count" was not kept: the execution is in other hands by now.',
  )
})

test('who was asked to stop begins no further part', async () => {
  let done = false
  const step = begin()
  controller.abort(new Error('enough'))
  await expect(
    step('count', () => {
      done = true
    }),
  ).rejects.toThrow('enough')
  expect(done).toBe(false)
})

describe('refused with what to do', () => {
  const cycle: unknown[] = []
  cycle.push(cycle)
  test.each<[string, unknown, string]>([
    [
      'twice',
      1,
      'The key "twice" was used for a step of this run already: each part needs a key of its own.',
    ],
    ['', 1, 'The key of a step has 1 to 200 characters; "" has 0.'],
    ['x'.repeat(201), 1, 'has 201.'],
    ['big', 10n, 'cannot be kept, for it is not JSON'],
    ['cycle', cycle, 'cannot be kept, for it is not JSON'],
    ['function', () => 1, 'it is a function'],
    ['long', 'x'.repeat(300_000), 'is too long to be kept: 300002 characters, and at most 262144 are.'],
  ])('%s', async (key, answer, words) => {
    const step = begin()
    await step('twice', () => 0)
    await expect(step(key, () => answer)).rejects.toThrow(words)
  })
})
