/**
 * Looks an installation over, and says what is wrong and what to do about it: `npm run doctor [-- --json]`.
 *
 * The checks are those of the page (`lib/verbs/checkup`), and one of what only tests need. Exit code 1 when something
 * fails.
 */
import { parseArgs } from 'node:util'
import { knownSeal } from '#lib/auth/seal.ts'
import type { CheckLine } from '#lib/contract/checkup.ts'
import { readEnv } from '#lib/env.ts'
import { examine } from '#lib/verbs/checkup/checks.ts'
import { type Check, fail, ok, warn } from '#lib/verbs/checkup/finding.ts'
import { VERSION } from '#lib/version.ts'
import { findChromium } from './chromium.mjs'

const FOR_TESTS: readonly Check[] = [
  [
    'Chromium',
    () => {
      const found = findChromium()
      return found
        ? ok(`${found}, for npm test`)
        : warn(
            'none found; npm test needs one',
            'Install chromium, or name one in CHROMIUM_PATH. The server does without.',
          )
    },
  ],
]

export const lookOver = (env: ReturnType<typeof readEnv>, now?: Date): Promise<CheckLine[]> =>
  examine(env, { box: () => knownSeal(env), now, more: FOR_TESTS })

export function inWords(lines: readonly CheckLine[]): string {
  const failed = lines.filter((it) => it.level === 'fail').length
  const warned = lines.filter((it) => it.level === 'warn').length
  const said = lines.flatMap(({ level, name, says, remedy }) => [
    `${level.padEnd(5)} ${name.padEnd(12)} ${says}`,
    ...(remedy ? [`${' '.repeat(19)}→ ${remedy}`] : []),
  ])
  return [
    ...said,
    '',
    failed + warned === 0 ? 'All is well.' : `${failed} failed, ${warned} to look at.`,
  ].join('\n')
}

async function main(): Promise<void> {
  // As the server: what it would make is closed to others, and has to be opened to whom it is for.
  process.umask(0o077)
  const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } })
  let lines: CheckLine[]
  try {
    lines = await lookOver(readEnv(process.env))
  } catch (error) {
    lines = [{ name: 'Environment', ...fail((error as Error).message, 'Mend the variable and ask again.') }]
  }
  console.log(values.json ? JSON.stringify({ version: VERSION, checks: lines }, null, 2) : inWords(lines))
  if (lines.some((it) => it.level === 'fail')) process.exitCode = 1
}

if (import.meta.main) await main()
