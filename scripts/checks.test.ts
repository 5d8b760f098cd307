/** A check that cannot fail is no check. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { brokenFloors, ROOMS, upArrows, violations } from './floors.ts'
import { missingFromLockfile } from './lockfile.ts'
import { narrowing } from './migrations.ts'
import { faultsOfPaper } from './papers.ts'
import { tally } from './tally.ts'
import { tooWide, wideLines } from './widths.ts'

describe('imports', () => {
  const one = (path: string, text: string) => violations(new Map([[path, text]]))
  test.each([
    ['components/x.tsx', `import { openStore } from '#db/index.ts'`],
    ['components/x.tsx', `import type { Store } from '#db/store.ts'`],
    ['components/x.tsx', `import { createLog } from '#lib/log.ts'`],
    ['app/page.tsx', `import * as triggers from '#db/queries/triggers.ts'`],
    ['app/page.tsx', `import { createCarillon } from '#lib/composition.ts'`],
    ['lib/contract/x.ts', `import { due } from '../../db/queries/firing.ts'`],
    ['lib/contract/x.ts', `import { readEnv } from '../env.ts'`],
    ['db/x.ts', `import {\n  plan,\n} from '#lib/engine/planning.ts'`],
    ['db/x.ts', `import '#lib/net/guarded-fetch.ts'`],
    ['lib/queue/x.ts', `import type { Engine } from '../engine/engine.ts'`],
    ['lib/agents/x.ts', `import { plan } from '../engine/planning.ts'`],
    ['lib/http/x.ts', `import { hashOf } from '../auth/tokens.ts'`],
    ['lib/realtime/x.ts', `import type { Carillon } from '../composition.ts'`],
    ['app/page.tsx', `import * as triggers from '#lib/verbs/triggers.ts'`],
    ['lib/engine/x.ts', `import * as triggers from '../verbs/triggers.ts'`],
    ['lib/verbs/x.ts', `import { route } from '../http/route.ts'`],
    ['lib/verbs/x.ts', `import type { Carillon } from '../composition.ts'`],
    ['lib/engine/x.ts', `const it = await import('../realtime/server.ts')`],
    ['lib/client/x.ts', `export { carillon } from '#lib/http/pinned.ts'`],
    ['lib/http/x.ts', `import { createCarillon } from '../composition.ts'`],
    ['lib/http/x.ts', `export type Name = string\nexport { createCarillon } from '../composition.ts'`],
    ['lib/triggers/x.ts', `import { fire } from '#lib/engine/loop.ts'`],
    ['lib/agents/system/a.ts', `import { b } from './b.ts'`],
    ['lib/triggers/schedule.ts', `import { once } from './once.ts'`],
    ['lib/delivery/channels/chat.ts', `import type { Mail } from './mail.ts'`],
    ['lib/engine/x.ts', `import { world } from './testing/world.ts'`],
    ['lib/engine/x.ts', `import { brokenFloors } from '../../scripts/floors.ts'`],
    ['server.ts', `import { Page } from './app/page.tsx'`],
    ['lib/news/x.ts', ''],
  ])('%s: %s is refused', (path, text) => expect(one(path, text)).toHaveLength(1))
  test.each([
    ['lib/engine/x.ts', `import { due } from '#db/queries/firing.ts'`],
    [
      'lib/triggers/schedule.ts',
      `import { next } from '../recurrence/index.ts'\nimport type { Kind } from './kind.ts'`,
    ],
    ['lib/triggers/index.ts', `import { schedule } from './schedule.ts'\nimport { once } from './once.ts'`],
    ['lib/agents/system/a.ts', `import { words } from './a/words.ts'\nimport { agent } from '../agent.ts'`],
    ['lib/http/x.ts', `import type { Carillon } from '../composition.ts'`],
    ['lib/http/x.ts', `import type { Actor } from '../auth/index.ts'`],
    ['lib/verbs/x.ts', `import { plan } from '../engine/planning.ts'`],
    [
      'components/x.tsx',
      `import type { Trigger } from '#lib/contract/trigger.ts'\nimport { call } from '#lib/client/call.ts'\nimport { z } from 'zod'`,
    ],
    ['app/layout.tsx', `import './globals.css'\nimport { route } from '#lib/http/route.ts'`],
    ['lib/engine/x.test.ts', `import { world } from '#lib/realtime/server.ts'`],
  ])('%s: %s is fine', (path, text) => expect(one(path, text)).toEqual([]))

  test('a room imports from the rooms below it', () => {
    const names = ROOMS.map((it) => it.name)
    for (const [floor, { name, imports }] of ROOMS.entries())
      expect([name, imports.filter((it) => !names.slice(0, floor).includes(it))]).toEqual([name, []])
  })
  test('what points up is counted by rooms', () => {
    const files = new Map([
      ['lib/http/a.ts', `import type { Actor } from '../auth/index.ts'`],
      [
        'lib/http/b.ts',
        `import type { Auth } from '../auth/index.ts'\nimport { due } from '#db/queries/firing.ts'`,
      ],
      ['lib/engine/c.ts', `import type { World } from '../verbs/deps.ts'`],
      ['lib/engine/d.test.ts', `import { bind } from '../verbs/deps.ts'`],
    ])
    expect(upArrows(files)).toEqual(['engine → verbs', 'http → auth'])
  })

  test('the files of a folder are read', () => {
    const root = mkdtempSync(join(tmpdir(), 'carillon-floors-'))
    try {
      mkdirSync(join(root, 'lib', 'client'), { recursive: true })
      writeFileSync(join(root, 'lib', 'client', 'x.tsx'), `import { openStore } from '#db/index.ts'`)
      writeFileSync(join(root, 'server.ts'), `import './components/x.tsx'`)
      expect(brokenFloors(root)).toEqual([
        'lib/client/x.tsx imports db/index.ts: "client" never imports "db"',
        'server.ts imports components/x.tsx: "server" never imports "components"',
      ])
    } finally {
      rmSync(root, { recursive: true })
    }
  })
})

describe('the lockfile', () => {
  test("one without a platform's package is refused", () => {
    const packages = {
      '': { optionalDependencies: { a: '1' } },
      'node_modules/a': { optionalDependencies: { 'a-linux': '1', 'a-mac': '1' } },
      'node_modules/a-linux': {},
    }
    expect(missingFromLockfile(JSON.stringify({ packages }))).toEqual([
      'a-mac, which node_modules/a names, is not in the lockfile',
    ])
  })
  test('one that only another package holds is refused', () => {
    const packages = {
      'node_modules/a': { optionalDependencies: { b: '1' } },
      'node_modules/c/node_modules/b': {},
    }
    expect(missingFromLockfile(JSON.stringify({ packages }))).toEqual([
      'b, which node_modules/a names, is not in the lockfile',
    ])
  })
  test('a nested one counts', () => {
    const packages = {
      'node_modules/a': { optionalDependencies: { b: '1' } },
      'node_modules/a/node_modules/b': {},
    }
    expect(missingFromLockfile(JSON.stringify({ packages }))).toEqual([])
  })
})

describe('the count', () => {
  const well = { status: 'passed', assertionResults: [{}, {}] }
  const unloadable = { status: 'failed', assertionResults: [] }
  test.each([
    ['all passed', { numPassedTests: 2, numTotalTests: 2, testResults: [well] }, 0, { passed: 2, failed: 0 }],
    [
      'one failed, one was skipped',
      { numPassedTests: 1, numTotalTests: 3, testResults: [well] },
      1,
      { passed: 1, failed: 2 },
    ],
    [
      'one was skipped, and the runner is content',
      { numPassedTests: 1, numTotalTests: 2, testResults: [well] },
      0,
      { passed: 1, failed: 1 },
    ],
    [
      'a file could not be loaded',
      { numPassedTests: 2, numTotalTests: 2, testResults: [well, unloadable] },
      1,
      { passed: 2, failed: 1 },
    ],
    [
      'an error outside of every test',
      { numPassedTests: 2, numTotalTests: 2, testResults: [well] },
      1,
      { passed: 2, failed: 1 },
    ],
    [
      'the runner was killed',
      { numPassedTests: 2, numTotalTests: 2, testResults: [well] },
      null,
      { passed: 2, failed: 1 },
    ],
    ['nothing ran', { numPassedTests: 0, numTotalTests: 0, testResults: [] }, 0, { passed: 0, failed: 0 }],
  ])('%s', (_, report, exitCode, expected) => expect(tally(report, exitCode)).toEqual(expected))
})

test('every version is pinned exactly', () => {
  const manifest = JSON.parse(
    readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8'),
  ) as Record<string, Record<string, string>>
  const versions = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((it) =>
    Object.values(manifest[it] ?? {}),
  )
  expect(versions.length).toBeGreaterThan(30)
  expect(versions.filter((it) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(it))).toEqual([])
})

describe('migrations', () => {
  test.each([
    'DROP TABLE "messages";',
    'ALTER TABLE "messages" DROP COLUMN "text";',
    'ALTER TABLE "messages" RENAME COLUMN "text" TO "body";',
    'ALTER TABLE "messages" RENAME TO "notes";',
    'ALTER TABLE "messages" ALTER COLUMN "text" SET NOT NULL;',
    'ALTER TABLE "messages" ALTER COLUMN "id" SET DATA TYPE text;',
    'ALTER TABLE "messages" ADD COLUMN "tone" text NOT NULL;',
    'ALTER TABLE "messages" ADD COLUMN "tone" text UNIQUE;',
    'ALTER TABLE "messages" ADD CONSTRAINT "short" CHECK (length(text) < 9);',
    'CREATE UNIQUE INDEX "one" ON "messages" USING btree ("text");',
    'ALTER TABLE "messages" ALTER COLUMN "tone" SET NOT NULL;',
    'DROP INDEX "messages_search";',
    'UPDATE messages SET text = NULL;',
    'ALTER TABLE "messages" ADD COLUMN "a" text;\n--> statement-breakpoint\nDROP TABLE "events";',
  ])('%s breaks the version before it', (sql) => expect(narrowing(sql)).toHaveLength(1))
  test.each([
    'CREATE TABLE "threads" (\n\t"id" bigserial PRIMARY KEY NOT NULL\n);',
    'ALTER TABLE "messages" ADD COLUMN "tone" text;',
    'ALTER TABLE "messages" ADD COLUMN "tone" text DEFAULT \'calm\' NOT NULL;',
    'ALTER TABLE "messages" ALTER COLUMN "tone" DROP NOT NULL;',
    'CREATE INDEX "by_tone" ON "messages" USING btree ("tone");',
    '-- A word of explanation.\nCREATE EXTENSION IF NOT EXISTS pg_trgm;',
    'CREATE TABLE "threads" (\n\t"id" bigint\n);\n--> statement-breakpoint\nALTER TABLE "threads" ADD CONSTRAINT "known" FOREIGN KEY ("id") REFERENCES "messages"("id");\n--> statement-breakpoint\nCREATE UNIQUE INDEX "one" ON "threads" USING btree ("id");',
  ])('%s adds', (sql) => expect(narrowing(sql)).toEqual([]))

  test('an index that only makes reads quick may be made anew; a unique one stays', () => {
    const past = [
      'CREATE INDEX "by_text" ON "messages" USING btree ("text");',
      'CREATE UNIQUE INDEX "one" ON "messages" USING btree ("text");',
    ].join('\n--> statement-breakpoint\n')
    const anew = (name: string) =>
      `DROP INDEX "${name}";--> statement-breakpoint\nCREATE INDEX "${name}" ON "messages" USING btree ("id");`
    expect(narrowing(anew('by_text'), past)).toEqual([])
    expect(narrowing(anew('one'), past)).toEqual(['DROP INDEX "one";'])
    expect(narrowing(anew('unheard_of'), past)).toEqual(['DROP INDEX "unheard_of";'])
  })
})

describe('widths', () => {
  const words = (length: number) => 'word '.repeat(length / 5).trimEnd()
  test.each([
    ['a comment', `// ${words(125)}`],
    ['a docstring', `/** ${words(125)} */`],
    ['a line of a docstring', ` * ${words(125)}`],
    ['a comment that quotes', ` * "${words(125)}"`],
    ['code', `const ${'a'.repeat(60)} = ${'b'.repeat(60)}`],
    ['code beside a text', `const ${'a'.repeat(60)} = ${'b'.repeat(60)}('one')`],
    ['a line of SQL', `  select ${'name, '.repeat(20)} from triggers`],
  ])('%s is refused', (_, line) => expect(wideLines(`\n${line}\n`)).toEqual([2]))
  test.each([
    ['120 columns', `// ${'a'.repeat(117)}`],
    ['a list of classes', `    <div className="${words(150)}">`],
    ['a sentence', `    throw new Error('${words(150)}')`],
    ['a sentence that quotes', String.raw`    'it\'s ${words(150)}',`],
    ['a template', `    \`${words(150)} \${it}\`,`],
    ['an address', `// https://example.com/${'a'.repeat(120)}`],
    ['a directive', `// biome-ignore lint/a11y/noAutofocus: ${words(125)}`],
  ])('%s is let through', (_, line) => expect(wideLines(line)).toEqual([]))

  test('the files of a folder are read', () => {
    const root = mkdtempSync(join(tmpdir(), 'carillon-widths-'))
    try {
      mkdirSync(join(root, 'lib'))
      writeFileSync(join(root, 'lib', 'wide.ts'), `// ${words(125)}\n`)
      writeFileSync(join(root, 'lib', 'narrow.ts'), '// word\n')
      expect(tooWide(root)).toEqual(['lib/wide.ts is wider than 120 columns in line 1'])
    } finally {
      rmSync(root, { recursive: true, force: true })
    }
  })
})

describe('papers', () => {
  const faults = (text: string, path = 'docs/x.md') =>
    faultsOfPaper(
      path,
      (it) => ({ [path]: text, 'docs/y.md': '# Why, then\n', 'README.md': text, bench: '' })[it] ?? null,
    )
  test.each([
    ['[gone](z.md)', 'links to z.md, which is not there'],
    ['[gone](y.md#what)', 'links to y.md#what: no such headline'],
    ['[gone](#here)', 'links to #here: no such headline'],
    ['word '.repeat(30), 'is wider than 120 columns in line 1'],
  ])('%s is refused', (text, words) => expect(faults(text)).toEqual([`docs/x.md ${words}`]))
  test.each([
    '[there](y.md#why-then)',
    '[out](https://example.org/a)',
    '# Here\n\n[here](#here), [a folder](../bench)',
    `| ${'cell '.repeat(30)}|`,
    `\`\`\`\n[no link](z.md) ${'code '.repeat(30)}\n\`\`\``,
  ])('%s is fine', (text) => expect(faults(text)).toEqual([]))
  test('a README of over 150 lines is refused', () => {
    expect(faults('line\n'.repeat(150), 'README.md')).toEqual([])
    expect(faults('line\n'.repeat(151), 'README.md')).toEqual(['README.md has 151 lines, more than 150'])
  })
})
