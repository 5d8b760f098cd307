import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { handClock } from '../../clock.ts'
import { removeFolder, watchScratch } from './scratch.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'carillon-scratch-'))
})
afterEach(() => removeFolder(folder))

/** What the first look finds; null: nothing to complain of. */
async function lookedAt(most = 1000): Promise<string | null> {
  const clock = handClock(new Date())
  const looked = Promise.withResolvers<string | null>()
  const stop = watchScratch(folder, most, clock, looked.resolve)
  // The next look is arranged where this one found nothing.
  const { after } = clock
  clock.after = (...given) => {
    looked.resolve(null)
    return after(...given)
  }
  clock.advance(1000)
  try {
    return await looked.promise
  } finally {
    stop()
  }
}
const hide = (where: string) => {
  mkdirSync(where, { recursive: true })
  writeFileSync(join(where, 'x'), 'x'.repeat(2000))
}

test('all that lies in it counts, however deep', async () => {
  writeFileSync(join(folder, 'x'), 'x'.repeat(900))
  expect(await lookedAt()).toBeNull()
  writeFileSync(join(folder, 'y'), 'y'.repeat(200))
  expect(await lookedAt()).toMatch(/^It wrote more than/)
  rmSync(join(folder, 'y'))
  hide(join(folder, 'a', 'b', 'c'))
  expect(await lookedAt()).toMatch(/^It wrote more than/)
})

test('a folder beyond the length of a path hides nothing', async () => {
  const long = Array.from({ length: 300 }, () => 'dddddddd').join('/')
  mkdirSync(join(folder, 'one', long), { recursive: true })
  hide(join(folder, 'two', long))
  renameSync(join(folder, 'two'), join(folder, 'one', long, 'two'))
  expect(await lookedAt()).toBe('It made a folder that the server cannot look into.')
})

test('a folder that is closed against the server hides nothing', async () => {
  hide(join(folder, 'closed'))
  chmodSync(join(folder, 'closed'), 0o300)
  // Root looks into everything, and counts what is there.
  const isRoot = process.getuid?.() === 0
  expect(await lookedAt()).toMatch(
    isRoot ? /^It wrote more than/ : /^It made a folder that the server cannot/,
  )
})
