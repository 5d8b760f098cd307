import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

const TURN = join(import.meta.dirname, 'turn.mjs')
let folder: string
let started: ChildProcess[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'carillon-turn-'))
  started = []
})
afterEach(() => {
  for (const it of started) it.kill('SIGKILL')
  rmSync(folder, { recursive: true })
})

/** A process that takes a turn, and then does what `program` says; `said` is told each word it prints. */
function taker(program: string) {
  const text = `import { takeTurn } from ${JSON.stringify(TURN)}; await takeTurn(${JSON.stringify(folder)}, () => console.log('waits')); ${program}`
  const child = spawn(process.execPath, ['--input-type=module', '-e', text], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  started.push(child)
  const words = child.stdout.setEncoding('utf8')[Symbol.asyncIterator]()
  return { child, ended: once(child, 'exit'), said: async () => String((await words.next()).value).trim() }
}
const HOLDS = `console.log('holds'); process.stdin.resume(); process.stdin.on('end', () => process.exit(0))`

test('the second waits until the first has ended', async () => {
  const first = taker(HOLDS)
  expect(await first.said()).toBe('holds')
  const second = taker(HOLDS)
  expect(await second.said()).toBe('waits')
  first.child.stdin.end()
  expect(await second.said()).toBe('holds')
  second.child.stdin.end()
  await second.ended
  expect(readdirSync(folder)).toEqual([])
})

test('what a killed one left is taken over', async () => {
  const first = taker(HOLDS)
  expect(await first.said()).toBe('holds')
  first.child.kill('SIGKILL')
  await first.ended
  expect(readdirSync(folder)).toEqual(['turn'])
  expect(await taker(HOLDS).said()).toBe('holds')
})

test('a number that another process bears now counts as dead', async () => {
  symlinkSync(`${process.pid}-1`, join(folder, 'turn'))
  expect(await taker(HOLDS).said()).toBe('holds')
})

test('of many who find a dead one, each gets its own turn', async () => {
  symlinkSync(`${spawnSync(process.execPath, ['--version']).pid}-1`, join(folder, 'turn'))
  const log = join(folder, 'log')
  const takers = Array.from({ length: 6 }, () =>
    taker(`
    const { appendFileSync } = await import('node:fs')
    appendFileSync(${JSON.stringify(log)}, 'in ')
    await new Promise((resolve) => setImmediate(resolve))
    appendFileSync(${JSON.stringify(log)}, 'out ')`),
  )
  const codes = await Promise.all(takers.map(async ({ ended }) => (await ended)[0]))
  expect(codes).toEqual([0, 0, 0, 0, 0, 0])
  expect(readFileSync(log, 'utf8')).toBe('in out '.repeat(6))
})
