import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { foldExports, foldExportsOf } from './exports.mjs'

const FILES = ['index', 'alias', 'table', 'core/index', 'core/table', 'core/table.utils', 'core/columns/bit']
const target = (file: string) => ({
  import: { types: `./${file}.d.ts`, default: `./${file}.js` },
  require: { types: `./${file}.d.cts`, default: `./${file}.cjs` },
})
const EXPORTS = {
  ...Object.fromEntries(
    FILES.filter((it) => !it.endsWith('index')).map((it) => [`./${it}`, target(it)] as const),
  ),
  './core': target('core/index'),
  './odd': target('core/table'),
  './package.json': './package.json',
  '.': target('index'),
}

let root: string
let folder: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'carillon-exports-'))
  folder = join(root, 'node_modules', 'many')
  mkdirSync(join(folder, 'core', 'columns'), { recursive: true })
  for (const it of FILES) writeFileSync(join(folder, `${it}.cjs`), '')
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'many', version: '1.0.0', exports: EXPORTS }),
  )
})
afterEach(() => rmSync(root, { recursive: true }))

const written = () =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, unknown>

test('what a map names one by one becomes one pattern, and what stands elsewhere keeps its name', () => {
  expect(foldExports(EXPORTS)).toEqual({
    './core': EXPORTS['./core'],
    './odd': EXPORTS['./odd'],
    './package.json': './package.json',
    '.': EXPORTS['.'],
    './*': target('*'),
  })
})

test('each name leads where it led', () => {
  foldExportsOf(folder)
  const { resolve } = createRequire(join(root, 'index.js'))
  for (const [name, it] of Object.entries(EXPORTS)) {
    const to = typeof it === 'string' ? it : it.require.default
    expect(resolve(join('many', name))).toBe(join(folder, to))
  }
  expect(() => resolve('many/missing')).toThrow('Cannot find module')
})

test('it is folded once, and says the rest as it did', () => {
  foldExportsOf(folder)
  const once = written()
  expect(once).toEqual({ name: 'many', version: '1.0.0', exports: foldExports(EXPORTS) })
  foldExportsOf(folder)
  expect(written()).toEqual(once)
})

test('a map that has nothing in common is left as it is', () => {
  const few = { '.': './index.js', './a': './b.js' }
  expect(foldExports(few)).toBe(few)
  foldExportsOf(join(root, 'node_modules', 'missing'))
})
