/** A check that cannot fail is no check. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { violations } from './floors.ts'
import { missingFromLockfile } from './lockfile.ts'

describe('imports', () => {
  const one = (path: string, text: string) => violations(new Map([[path, text]]))
  test.each([
    ['components/x.tsx', `import { openStore } from '#db/index.ts'`],
    ['app/page.tsx', `import * as triggers from '#db/queries/triggers.ts'`],
    ['lib/contract/x.ts', `import { due } from '../../db/queries/firing.ts'`],
    ['db/x.ts', `import {\n  plan,\n} from '#lib/engine/planning.ts'`],
    ['lib/engine/x.ts', `const it = await import('../realtime/server.ts')`],
    ['lib/client/x.ts', `export { carillon } from '#lib/http/pinned.ts'`],
    ['lib/agents/system/a.ts', `import { b } from './b.ts'`],
  ])('%s: %s is refused', (path, text) => expect(one(path, text)).toHaveLength(1))
  test.each([
    ['lib/engine/x.ts', `import { due } from '#db/queries/firing.ts'`],
    ['lib/http/x.ts', `import type { Carillon } from '../carillon.ts'`],
    ['components/x.tsx', `import type { Trigger } from '#lib/contract/trigger.ts'\nimport { z } from 'zod'`],
    ['lib/engine/x.test.ts', `import { world } from '#lib/realtime/server.ts'`],
  ])('%s: %s is fine', (path, text) => expect(one(path, text)).toEqual([]))
})

describe('the lockfile', () => {
  test('one without a platform\'s package is refused', () => {
    const packages = { '': { optionalDependencies: { a: '1' } }, 'node_modules/a': { optionalDependencies: { 'a-linux': '1', 'a-mac': '1' } }, 'node_modules/a-linux': {} }
    expect(missingFromLockfile(JSON.stringify({ packages }))).toEqual(['a-mac, which node_modules/a names, is not in the lockfile'])
  })
  test('a nested one counts', () => {
    const packages = { 'node_modules/a': { optionalDependencies: { b: '1' } }, 'node_modules/a/node_modules/b': {} }
    expect(missingFromLockfile(JSON.stringify({ packages }))).toEqual([])
  })
})

test('every version is pinned exactly', () => {
  const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8')) as Record<string, Record<string, string>>
  const versions = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((it) => Object.values(manifest[it] ?? {}))
  expect(versions.length).toBeGreaterThan(30)
  expect(versions.filter((it) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(it))).toEqual([])
})
