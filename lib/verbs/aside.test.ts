import { expect, test } from 'vitest'
import { aside } from './aside.ts'

test('its own work is done aside; what it says of itself is of now', async () => {
  const done: string[] = []
  let problem: string | null = null
  const work = (name: string) => () => void done.push(name)
  const names = ['look', 'tellPauses', 'lookForStops', 'callOffOrphans', 'leaveTraces', 'lookAtQueue', 'fire']
  const engine = {
    ...(Object.fromEntries(names.map((name) => [name, work(name)])) as Record<string, () => void>),
    get problem() {
      return problem
    },
  } as Record<
    'look' | 'tellPauses' | 'lookForStops' | 'callOffOrphans' | 'leaveTraces' | 'lookAtQueue' | 'fire',
    () => void
  > & {
    problem: string | null
  }
  let apart = 0
  const quiet = aside(engine, {
    aside(perform) {
      apart++
      return perform()
    },
  })
  for (const name of names) quiet[name as 'fire']()
  expect(done).toEqual(names)
  expect(apart).toBe(names.length - 1)
  problem = 'It does not wake up.'
  expect(quiet.problem).toBe('It does not wake up.')
})
