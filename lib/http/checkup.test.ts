/** The page of health: the doctor's checks, made beside the server. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type World, world } from './testing/world.ts'

const CANARY = 'canary-canary-canary'
let folder: string
let it: World
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'carillon-checkup-'))
  // Nothing listens on port 1.
  it = await world({ DATA_DIR: folder, PORT: '1', METRICS_TOKEN: CANARY, LLM_API_KEY: CANARY })
})
afterAll(async () => {
  await it.close()
  rmSync(folder, { recursive: true })
})

test('an administrator hears each check with its remedy, and no secret', async () => {
  const { status, body, text } = await it.ask('GET', '/checkup', { as: it.root })
  expect(status).toBe(200)
  const checks = body.checks as { name: string; level: string; remedy: string | null }[]
  expect(checks.map((one) => one.name).slice(0, 4)).toEqual(['Node', 'Data folder', 'Disk', 'Secrets'])
  expect(checks.find((one) => one.name === 'Server')).toMatchObject({ level: 'warn' })
  expect(checks.filter((one) => (one.level === 'ok') !== (one.remedy === null))).toEqual([])
  for (const secret of [CANARY, 'j'.repeat(32), 'correct horse']) expect(text).not.toContain(secret)
})
