import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '..', '..')

test.each([
  ['expect(1).toBe(2)', 1],
  ['expect(1).toBe(1)', 0],
])('a run of the tests ends with what came of them: %s with %i', async (check, code) => {
  // Below the modules, so that the test finds its runner.
  const folder = mkdtempSync(join(ROOT, 'node_modules', '.exit-'))
  try {
    writeFileSync(
      join(folder, 'a.check.ts'),
      `import { expect, test } from 'vitest'\ntest('a', () => ${check})\n`,
    )
    writeFileSync(
      join(folder, 'vitest.config.ts'),
      `export default { test: { include: ['*.check.ts'], globalSetup: [${JSON.stringify(join(ROOT, 'db', 'testing', 'global-setup.ts'))}] } }\n`,
    )
    const run = spawn(join(ROOT, 'node_modules', '.bin', 'vitest'), ['run', '--root', folder], {
      stdio: 'ignore',
    })
    expect(await once(run, 'exit')).toEqual([code, null])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
