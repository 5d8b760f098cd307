/**
 * Every check of the project, in order. Prints `N passed, N failed` as its last
 * line; anything that did not pass, did not run, or was skipped, failed.
 *
 * `npm test -- words` runs only the test files whose path holds one of the words.
 */
import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brokenFloors } from './floors.ts'
import { missingFromLockfile } from './lockfile.ts'
import { narrowingMigrations } from './migrations.ts'
import { brokenPapers } from './papers.ts'
import { type Report, tally } from './tally.ts'
import { tooWide } from './widths.ts'

const ROOT = join(import.meta.dirname, '..')
const BIN = join(ROOT, 'node_modules', '.bin')
const words = process.argv.slice(2)
const env = {
  ...process.env,
  PATH: `${BIN}:${process.env.PATH}`,
  NODE_ENV: 'test' as const,
  NEXT_TELEMETRY_DISABLED: '1',
  FORCE_COLOR: '0',
}
let passed = 0
let failed = 0

function check(name: string, problems: string[]): void {
  if (problems.length === 0) passed++
  else failed++
  console.log(`${problems.length === 0 ? 'ok  ' : 'FAIL'} ${name}`)
  for (const it of problems) console.log(`     ${it}`)
}

/** Resolves to what the program complains of; one that fails without a word is told by its end. */
function run(program: string, ...args: string[]): Promise<string[]> {
  return new Promise((resolve) => {
    execFile(join(BIN, program), args, { cwd: ROOT, env, maxBuffer: 2 ** 28 }, (error, stdout, stderr) => {
      const said = `${stdout}\n${stderr}`.split('\n').filter(Boolean)
      resolve(error ? [`It did not end well: ${error.message.split('\n')[0]}`, ...said] : [])
    })
  })
}

/** All tests of one project; one that holds none is broken, unless words chose among its files. */
function vitest(project: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'carillon-report-'))
  const file = join(folder, 'report.json')
  const args = [
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
    '--passWithNoTests',
    ...words,
  ]
  const { status } = spawnSync(join(BIN, 'vitest'), args, { cwd: ROOT, env, stdio: 'inherit' })
  try {
    const report = JSON.parse(readFileSync(file, 'utf8')) as Report
    const { passed: well, failed: badly } = tally(report, status)
    passed += well
    failed += badly
    if (well + badly === 0 && words.length === 0) check(`${project}: its tests`, ['none was found'])
  } catch (error) {
    check(`${project}: the test runner's report`, [(error as Error).message])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

if (words.length === 0) {
  check('route types', await run('next', 'typegen'))
  // Side by side, and told in order.
  const [types, lint, dead] = await Promise.all([
    run('tsc', '--noEmit'),
    run('biome', 'ci', '--error-on-warnings', '--colors=off', '.'),
    run('knip', '--no-progress'),
  ])
  check('types', types)
  check('lint', lint)
  check('nothing is dead', dead)
  check('imports point down only', brokenFloors(ROOT))
  check('lines fit beside a diff', tooWide(ROOT))
  check('papers hold together', brokenPapers(ROOT))
  check('migrations only add', narrowingMigrations(ROOT))
  for (const lockfile of ['package-lock.json', 'bench/package-lock.json'])
    check(`${lockfile} is complete`, missingFromLockfile(readFileSync(join(ROOT, lockfile), 'utf8')))
}
vitest('unit')
vitest('e2e')
vitest('e2e-alone')
if (passed + failed === 0) failed = 1
console.log(`\n${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
