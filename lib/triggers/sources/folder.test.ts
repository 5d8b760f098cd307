/** A folder as a source, on a folder of this machine. */
import { mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { createFolders } from '#lib/agents/reading/folders.ts'
import { type HandClock, handClock, seconds } from '#lib/clock.ts'
import { folder as kind } from './folder.ts'
import type { Item, Look, Reach } from './kind.ts'

let root: string
let clock: HandClock
let reach: Reach
let cursor: unknown
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'carillon-source-'))
  clock = handClock('2026-03-02T09:00:00Z')
  reach = { clock, folders: createFolders([root]) } as unknown as Reach
  cursor = null
  return () => rmSync(root, { recursive: true })
})

function write(path: string, text: string, at = clock.now()) {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
  utimesSync(join(root, path), at, at)
}
async function look(path = root): Promise<Look<unknown>> {
  const signal = new AbortController().signal
  const found = await kind.look({ path } as never, cursor as never, reach, signal)
  // As a row keeps it.
  cursor = JSON.parse(JSON.stringify(found.cursor))
  return found
}
const told = (items: Item[]) => items.map(({ data }) => `${data.path} ${data.change}`)

test('what is there at first is no event; what is made, changed and deleted afterwards is', async () => {
  write('a.txt', 'one')
  write('below/b.txt', 'two')
  expect((await look()).items).toEqual([])

  clock.advance(seconds(60))
  write('c.txt', 'three')
  write('a.txt', 'one more')
  rmSync(join(root, 'below/b.txt'))
  clock.advance(seconds(60))
  const { items } = await look()
  expect(told(items)).toEqual(['a.txt changed', 'c.txt created', 'below/b.txt deleted'])
  expect(items[1]).toMatchObject({
    type: 'file.changed',
    occurredAt: new Date('2026-03-02T09:01:00Z'),
    data: { path: 'c.txt', change: 'created', bytes: 5, modifiedAt: '2026-03-02T09:01:00.000Z' },
  })
  expect((await look()).items).toEqual([])
})

test('a file that is still being written is told when it is at rest', async () => {
  await look()
  write('a.txt', 'beg')
  const first = await look()
  expect([first.items, first.again]).toEqual([[], true])
  clock.advance(seconds(1))
  write('a.txt', 'begun')
  expect((await look()).items).toEqual([])
  clock.advance(seconds(3))
  const last = await look()
  expect([told(last.items), last.again]).toEqual([['a.txt created'], false])
  expect(last.items[0]?.data).toMatchObject({ bytes: 5 })
})

test('a file that went and came back as it was is told each time', async () => {
  write('a.txt', 'one')
  await look()
  clock.advance(seconds(60))
  const keys: string[] = []
  for (let n = 0; n < 2; n++) {
    renameSync(join(root, 'a.txt'), join(tmpdir(), `aside-${process.pid}`))
    const gone = await look()
    renameSync(join(tmpdir(), `aside-${process.pid}`), join(root, 'a.txt'))
    const back = await look()
    expect(told([...gone.items, ...back.items])).toEqual(['a.txt deleted', 'a.txt created'])
    keys.push(...[...gone.items, ...back.items].map((it) => it.key))
  }
  expect(new Set(keys).size).toBe(4)
})

test('a thousand files at once are told in parts, each once', async () => {
  await look()
  for (let n = 0; n < 1100; n++) write(`${n}.txt`, 'x')
  clock.advance(seconds(60))
  const found: Item[] = []
  const counts: number[] = []
  for (let again = true; again; ) {
    const one = await look()
    counts.push(one.items.length)
    found.push(...one.items)
    again = one.again
  }
  expect(counts).toEqual([500, 500, 100])
  expect(new Set(told(found)).size).toBe(1100)
  rmSync(root, { recursive: true })
  mkdirSync(root)
  expect(told((await look()).items)[0]).toMatch(/deleted$/)
})

test('one place makes the same items, whoever looks', async () => {
  await look()
  write('a.txt', 'one')
  clock.advance(seconds(60))
  const before = cursor
  const first = await look()
  cursor = before
  const second = await look()
  expect(first.items).toEqual(second.items)
})

test('hidden files, and what programs write beside a file, are left alone', async () => {
  await look()
  for (const name of ['.hidden', 'a.txt~', 'a.tmp', '.a.swp', 'film.part', '.git/config']) write(name, 'x')
  clock.advance(seconds(60))
  expect((await look()).items).toEqual([])
})

test('what was changed since an instant is told again, and what was not looked at is left to the next look', async () => {
  write('old.txt', 'x')
  clock.advance(seconds(3600))
  write('new.txt', 'x')
  await look()
  write('unseen.txt', 'x', new Date(clock.now().getTime() + 1000))
  const since = (to: string, most = 10) => {
    const rewinding = { to: new Date(to), most, countOnly: false, signal: new AbortController().signal }
    return kind.since({ path: root } as never, cursor as never, rewinding, reach)
  }
  expect(told(await since('2026-03-02T09:30:00Z'))).toEqual(['new.txt changed'])
  expect(told(await since('2026-03-02T08:00:00Z'))).toEqual(['old.txt changed', 'new.txt changed'])
  expect(await since('2026-03-02T08:00:00Z', 1)).toHaveLength(2)
})

test('a folder that is not open, or gone, is a problem with its remedy', async () => {
  await expect(look('/etc')).rejects.toThrow(/not open to agents.*DOCUMENT_FOLDERS/)
  await expect(look(join(root, 'gone'))).rejects.toThrow('not there')
  expect(await kind.refusal({ path: '/etc' } as never, reach)).toMatchObject({ field: 'path' })
})

test('a watch that is called off while it begins comes to its end', async () => {
  const ended = new AbortController()
  const watching = kind.watch?.({ path: root } as never, reach, () => {}, ended.signal)
  ended.abort()
  await watching
})

test('the system tells of a change by itself', async () => {
  const ended = new AbortController()
  const news = Promise.withResolvers<void>()
  const watching = kind.watch?.({ path: root } as never, reach, news.resolve, ended.signal)
  // Whether it watches already nobody knows: something changes until it tells.
  for (let n = 0, heard = false; !heard; n++) {
    write(`${n % 10}.txt`, String(n))
    heard = await Promise.race([
      news.promise.then(() => true),
      new Promise<false>((resolve) => setImmediate(resolve, false)),
    ])
  }
  ended.abort()
  await watching
})
