import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { checkFolder, pack, readFolder, readZip, sha256Of, unpack, writeFolder } from './files.ts'
import { archive, type Entry } from './testing/archive.ts'

const root = mkdtempSync(join(tmpdir(), 'skill-files-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
const plain: Entry[] = [
  { name: 'plugin.json', content: '{}' },
  { name: 'handler.js', content: 'x' },
  { name: 'lib/', mode: 0o040755 },
  { name: 'lib/a.js', content: 'a' },
]
const texts = (files: ReadonlyMap<string, Buffer>) =>
  Object.fromEntries([...files].map(([path, bytes]) => [path, bytes.toString()]))

test('a zip is read, with its manifest at the root or in its one top folder', async () => {
  const expected = { 'handler.js': 'x', 'lib/a.js': 'a', 'plugin.json': '{}' }
  expect(texts(await readZip(archive(plain)))).toEqual(expected)
  const inFolder = [
    { name: 'my-skill/', mode: 0o040755 },
    ...plain.map((it) => ({ ...it, name: `my-skill/${it.name}` })),
  ]
  const fromFinder = [
    ...inFolder,
    { name: '__MACOSX/my-skill/._plugin.json' },
    { name: 'my-skill/.DS_Store' },
  ]
  expect(texts(await readZip(archive(fromFinder)))).toEqual(expected)
})

const many = (count: number) => Array.from({ length: count }, (_, n) => ({ name: `f${n}` }))
test.each<[string, Entry[] | Buffer, RegExp]>([
  ['that leads out', [{ name: '../../x' }], /"\.\.\/\.\.\/x" .*leads out/],
  ['that leads out from within', [{ name: 'a/../../x' }], /leads out/],
  ['that leads out by its folder', [{ name: '../x/', mode: 0o040755 }], /leads out/],
  ['with an absolute path', [{ name: '/etc/x' }], /absolute/],
  ['with a drive', [{ name: 'C:/x' }], /absolute/],
  ['with backslashes', [{ name: 'a\\..\\..\\x' }], /backslash/],
  ['with an escaped separator', [{ name: '..%2fx' }], /escaped/],
  ['with a NUL', [{ name: 'a\0b' }], /control character/],
  ['with an empty part', [{ name: 'a//b' }], /empty/],
  ['with a link', [{ name: 'link', content: '/etc/passwd', mode: 0o120777 }], /"link" is a link/],
  ['with a device', [{ name: 'tty', mode: 0o020666 }], /special file/],
  ['with one name twice', [{ name: 'a' }, { name: 'a' }], /"a" stands in it twice/],
  [
    'with names that differ by case',
    [{ name: 'Handler.js' }, { name: 'handler.js' }],
    /one name on many machines/,
  ],
  ['with names that differ by composition', [{ name: 'é' }, { name: 'e\u0301' }], /one name/],
  ['with a file that is a folder', [{ name: 'a' }, { name: 'a/b' }], /as a file and as a folder/],
  ['with too many files', many(1001), /more than 1000 files/],
  ['with 10,000 entries', many(10_000), /more than 1000 files/],
  ['that is a bomb', [{ name: 'a', content: Buffer.alloc(60 * 1024 ** 2) }], /100 times its size/],
  [
    'that tells of less than it holds',
    [{ name: 'a', content: Buffer.alloc(9 * 1024 ** 2), says: 10 }],
    /cannot be read as a zip/,
  ],
  [
    'that tells of more than may be',
    [{ name: 'a', content: 'a', says: 60 * 1024 ** 2 }],
    /100 times its size/,
  ],
  ['that is none', Buffer.from('hello'), /cannot be read as a zip/],
  ['that is cut', archive(plain).subarray(0, 150), /cannot be read as a zip/],
  ['that is too large', Buffer.alloc(10 * 1024 ** 2 + 1), /up to 10 MB/],
])('a zip %s is refused', async (_, entries, words) => {
  await expect(readZip(Buffer.isBuffer(entries) ? entries : archive(entries))).rejects.toThrow(words)
})

test('a folder is read as a zip is, without what version control keeps', async () => {
  const folder = join(root, 'plain')
  mkdirSync(join(folder, '.git'), { recursive: true })
  mkdirSync(join(folder, 'lib'))
  writeFileSync(join(folder, '.git', 'config'), 'x')
  writeFileSync(join(folder, 'plugin.json'), '{}')
  writeFileSync(join(folder, 'handler.js'), 'x')
  writeFileSync(join(folder, 'lib', 'a.js'), 'a')
  const files = await readFolder(folder)
  expect(sha256Of(files)).toBe(sha256Of(await readZip(archive(plain))))
  await expect(readFolder(join(root, 'none'))).rejects.toThrow(/none" cannot be read/)
})

test.each<[string, (folder: string) => void]>([
  ['a link to a file', (it) => symlinkSync('/etc/passwd', join(it, 'x'))],
  ['a link to a folder', (it) => symlinkSync('/etc', join(it, 'x'))],
  ['a link into itself', (it) => symlinkSync('.', join(it, 'x'))],
  [
    'a second name of a file elsewhere',
    (it) => {
      writeFileSync(join(root, `outside-${it.split('-').at(-1)}`), 'secret')
      linkSync(join(root, `outside-${it.split('-').at(-1)}`), join(it, 'x'))
    },
  ],
])('a folder with %s is refused, when it is read and before it runs', async (_, spoil) => {
  const folder = mkdtempSync(join(root, 'spoilt-'))
  spoil(folder)
  await expect(readFolder(folder)).rejects.toThrow(/"x" is a link or a special file/)
  await expect(checkFolder(folder)).rejects.toThrow(/"x" is a link or a special file/)
})

test('files are kept in one blob and written out as they were, readable for all', async () => {
  const files = await readZip(archive([...plain, { name: 'ü.bin', content: Buffer.from([0, 255]) }]))
  const again = unpack(pack(files))
  expect(texts(again)).toEqual(texts(files))
  expect(sha256Of(again)).toBe(sha256Of(files))
  expect(sha256Of(new Map([...files].reverse()))).toBe(sha256Of(files))
  expect(sha256Of(new Map([...files, ['more', Buffer.alloc(0)]]))).not.toBe(sha256Of(files))
  const folder = join(root, 'written')
  await writeFolder(again, folder)
  expect(sha256Of(await readFolder(folder))).toBe(sha256Of(files))
})
