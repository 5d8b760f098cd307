/** Skills of a workspace on a real store, run in the real sandbox. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { accept } from '#db/queries/skills.ts'
import { systemClock } from '../../../clock.ts'
import { createSecrets } from '../../secrets.ts'
import type { Workbench } from '../../testing/task.ts'
import { readZip } from '../files.ts'
import { readManifest } from '../manifest.ts'
import { createSandbox } from '../sandbox.ts'
import { keepSetup, type Setup } from '../setup.ts'
import { createSkills, manifestOf, type SkillRow } from '../skills.ts'
import { nothing } from './skilled.ts'

const box = { close: (text: string) => text, open: (text: string) => text }

export function skillsOn({ store, clock, workspaceId }: Pick<Workbench, 'store' | 'clock' | 'workspaceId'>) {
  const root = mkdtempSync(join(tmpdir(), 'carillon-skills-'))
  const skills = createSkills({
    ...{ store, clock, box, log: pino({ level: 'silent' }), secrets: createSecrets(store, box), hint() {} },
    sandbox: createSandbox({
      // Its runs take real time.
      clock: systemClock,
      scratchDir: join(root, 'scratch'),
      allowedPrivateNetworks: [],
      levels: ['permission'],
    }),
    foldersDir: join(root, 'folders'),
    unpackedDir: join(root, 'skills'),
  })
  const found = async (id: number) => (await skills.named(workspaceId, [id]))[0] as SkillRow
  async function brought(zip: Buffer): Promise<SkillRow> {
    const files = await readZip(zip)
    const from = { source: 'upload', by: 'ada' } as const
    const row = await skills.bring(workspaceId, { files, manifest: readManifest(files) }, from)
    if (!row) throw new Error('There is no room for it.')
    return row
  }
  async function acceptAs(row: SkillRow, setup: Setup = {}): Promise<SkillRow> {
    const { kept } = keepSetup(box, row, manifestOf(row).setup, { given: setup, before: {} })
    const what = { setup: JSON.stringify(kept), grants: JSON.stringify(nothing), by: 'ada' }
    await accept(store, row, what, clock.now())
    return found(row.id)
  }
  return {
    skills,
    root,
    found,
    brought,
    accept: acceptAs,
    accepted: async (zip: Buffer, setup: Setup = {}) => acceptAs(await brought(zip), setup),
    async end() {
      await skills.close()
      rmSync(root, { recursive: true, force: true })
    },
  }
}
