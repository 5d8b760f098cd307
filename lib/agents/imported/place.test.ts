import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeWay, placeOfRuns } from './place.ts'

let temp: string
beforeEach(() => {
  temp = mkdtempSync(join(tmpdir(), 'carillon-place-'))
})
afterEach(() => rmSync(temp, { recursive: true }))
const folder = (name: string) => {
  mkdirSync(join(temp, name, 'skills'), { recursive: true })
  return join(temp, name)
}

test('what killed servers left goes with the next start; what lives, and what is not ours, stays', async () => {
  const { pid: dead } = spawnSync(process.execPath, ['-e', ''])
  const left = [
    folder(`carillon-skills-${dead}-${randomUUID()}`),
    folder(`carillon-skills-${process.pid}-${randomUUID()}`),
  ]
  const others = [
    folder(`carillon-skills-${process.ppid}-${randomUUID()}`),
    folder('carillon-skills-1'),
    folder('mine'),
  ]
  const place = placeOfRuns('/data', { isRoot: true, temp })
  mkdirSync(place.dir)
  await place.sweep()
  expect(left.map((it) => existsSync(it))).toEqual([false, false])
  expect([place.dir, ...others].map((it) => existsSync(it))).toEqual([true, true, true, true])
  await place.leave()
  expect(existsSync(place.dir)).toBe(false)
})

test('a server that is not root keeps them with its data', async () => {
  const place = placeOfRuns('/data', { isRoot: false, temp })
  expect(place.dir).toBe('/data')
  await place.sweep()
  await place.leave()
})

test('whatever the mask of the server, what is made on the way lets another user through, and nobody look', () => {
  const mask = process.umask(0o077)
  try {
    mkdirSync(join(temp, 'data'))
    const [open, closed] = [join(temp, 'data', 'a', 'b'), join(temp, 'c', 'd')]
    makeWay(open, true)
    makeWay(open, true)
    makeWay(closed, false)
    const modeOf = (...path: string[]) => statSync(join(temp, ...path)).mode & 0o777
    expect([modeOf('data'), modeOf('data', 'a'), modeOf('data', 'a', 'b')]).toEqual([0o700, 0o711, 0o711])
    expect([modeOf('c'), modeOf('c', 'd')]).toEqual([0o700, 0o700])
  } finally {
    process.umask(mask)
  }
})
