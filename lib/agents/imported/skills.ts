/**
 * The skills that workspaces have.
 *
 * Promise: only files that an administrator has accepted are run, and just those: they lie in the database, so that
 * every server has the same, and on this one below the name of their hash. A folder of the server that is another
 * than what was accepted puts its skill under review before anything of it runs.
 */
import type { Logger } from 'pino'
import * as rows from '#db/queries/skills.ts'
import type { Store } from '#db/store.ts'
import type { Clock } from '../../clock.ts'
import type { Containment, FolderProblem, SkillSource } from '../../contract/skill.ts'
import { hidden, hiding } from '../hiding.ts'
import type { Box } from '../sealed.ts'
import type { Secrets } from '../secrets.ts'
import { pack, sha256Of, SkillProblem, unpack, type SkillFiles } from './files.ts'
import { type FoundSkill, foldersIn, skillIn } from './folders.ts'
import type { Grants, SkillManifest } from './manifest.ts'
import type { Place } from './place.ts'
import { type Sandbox, type SkillCall, SkillFailure } from './sandbox.ts'
import { missingIn, named, openSetup, type OpenedSetup, type Setup } from './setup.ts'
import { createUnpacked, type Unpacked } from './unpacked.ts'

export type SkillRow = rows.SkillRow

export interface SkillDeps {
  store: Store
  clock: Clock
  log: Logger
  box: Box
  secrets: Secrets
  sandbox: Sandbox
  /** Where folders of skills are looked for. */
  foldersDir: string
  /** Where what is run is unpacked. */
  unpackedDir: string
  hint(workspaceIds: number[]): void
  /** Of what is unpacked and run, where that is its own. */
  place?: Pick<Place, 'sweep' | 'leave'>
}

/** What one run brings along. */
export interface SkillRun extends Pick<SkillCall, 'params' | 'signal' | 'say' | 'approve'> {}

export interface Skills {
  readonly box: Box
  list(workspaceId: number): Promise<SkillRow[]>
  named(workspaceId: number, ids: number[]): Promise<SkillRow[]>
  /** Taken in first where it lies in a folder that nobody has seen. */
  called(workspaceId: number, hubId: string): Promise<SkillRow | null>
  /** Null where the workspace has as many as it may. */
  bring(
    workspaceId: number,
    found: FoundSkill,
    from: { source: SkillSource; by: string | null },
  ): Promise<SkillRow | null>
  /** Takes in what lies in folders of this server; answers those that are no skills. */
  takeIn(workspaceId: number): Promise<FolderProblem[]>
  /** As it is now: its folder, if it came from one, is looked at. @throws SkillProblem */
  fresh(row: SkillRow): Promise<SkillRow>
  files(row: SkillRow): Promise<SkillFiles | null>
  setup(row: SkillRow): Promise<OpenedSetup>
  /** Of an accepted one. @throws SkillProblem for what an administrator has to mend, and what the sandbox throws */
  run(row: SkillRow, run: SkillRun): Promise<unknown>
  /** How runs are kept apart on this machine. */
  containment(): Promise<Containment>
  /** Takes away what was unpacked for skills that nobody has any more. Before anything runs. */
  sweep(): Promise<void>
  close(): Promise<void>
}

export const MOST_SKILLS = 200
export const manifestOf = ({ manifest }: Pick<SkillRow, 'manifest'>) => JSON.parse(manifest) as SkillManifest
export const setupOf = ({ setup }: Pick<SkillRow, 'setup'>) => JSON.parse(setup) as Setup
export const grantsOf = ({ grants }: Pick<SkillRow, 'grants'>) =>
  grants === null ? null : (JSON.parse(grants) as Grants)
/** As agents name it. */
export const toolName = ({ hubId }: Pick<SkillRow, 'hubId'>) => `skill.${hubId}`
/** By which it is known what it asks a person for in the run of a schedule: no tool, so nothing of it is edited. */
export const approvalName = (row: Pick<SkillRow, 'hubId'>) => `${toolName(row)}: approval`

const WHERE = 'in the settings, under Skills'
export const underReview = (row: SkillRow): string =>
  row.acceptedSha256 === null
    ? `The skill “${row.hubId}” has not been accepted yet: an administrator looks at it ${WHERE}.`
    : `The files of the skill “${row.hubId}” are others than were accepted: an administrator looks at them ${WHERE}.`
/** What it lacks, as a sentence; null: nothing. In our words: what a skill says of itself is text from outside. */
export function lackOf(row: SkillRow, { faults }: OpenedSetup): string | null {
  const missing = missingIn(manifestOf(row).setup, setupOf(row)).map((it) => `${named(it)} is not set`)
  const all = [...missing, ...faults]
  return all.length === 0
    ? null
    : `The skill “${row.hubId}” cannot run: ${all.join('; ')}. Set it up ${WHERE}.`
}

export function createSkills(deps: SkillDeps): Skills {
  const { store, box, sandbox, foldersDir } = deps
  const unpacked = createUnpacked(deps.unpackedDir)
  return {
    box,
    list: (workspaceId) => rows.list(store, workspaceId),
    named: (workspaceId, ids) => rows.named(store, workspaceId, ids),
    async called(workspaceId, hubId) {
      const known = await rows.called(store, workspaceId, hubId)
      if (known) return known
      // One that cannot be read is none; the list of skills says why.
      await takeIn(deps, workspaceId, hubId).catch(ifSkillProblem(() => {}))
      return rows.called(store, workspaceId, hubId)
    },
    bring: (...it) => bring(deps, ...it),
    async takeIn(workspaceId) {
      const problems: FolderProblem[] = []
      for (const folder of await foldersIn(foldersDir))
        await takeIn(deps, workspaceId, folder).catch(
          ifSkillProblem((problem) => problems.push({ folder, problem })),
        )
      return problems
    },
    async fresh(row) {
      if (row.source === 'folder') await takeIn(deps, row.workspaceId, row.hubId)
      const [now] = await rows.named(store, row.workspaceId, [row.id])
      if (!now) throw new SkillProblem(`The skill "${row.hubId}" is not there any more.`)
      return now
    },
    async files(row) {
      const packed = await rows.packed(store, row)
      return packed && unpack(packed)
    },
    setup: (row) => openSetup(deps, row, setupOf(row)),
    run: (row, call) => run(deps, unpacked, row, call),
    containment: () =>
      sandbox.level().catch((error) => {
        if (!(error instanceof SkillFailure)) throw error
        return { level: null, detail: error.message }
      }),
    async sweep() {
      await deps.place?.sweep()
      await unpacked.sweep(new Set(await rows.hashes(store)))
    },
    async close() {
      await sandbox.close()
      await deps.place?.leave()
    },
  }
}

async function bring(
  { store, clock, log, hint }: SkillDeps,
  workspaceId: number,
  { files, manifest }: FoundSkill,
  from: { source: SkillSource; by: string | null },
): Promise<SkillRow | null> {
  const { hubId, format } = manifest
  const bytes = [...files.values()].reduce((sum, it) => sum + it.length, 0)
  const what = { sha256: sha256Of(files), bytes, manifest: JSON.stringify(manifest), packed: pack(files) }
  const limits = { now: clock.now(), most: MOST_SKILLS }
  const done = await rows.bring(store, workspaceId, { hubId, format, ...from, ...what }, limits)
  if (!done) return null
  const { id, version } = done.skill
  if (done.isNews) {
    log.info({ skillId: id, version, source: from.source }, `The skill "${hubId}" is to be looked at.`)
    hint([workspaceId])
  }
  return done.skill
}

/** What lies in the folder of that name, if there is one. @throws SkillProblem */
async function takeIn(deps: SkillDeps, workspaceId: number, hubId: string): Promise<void> {
  const found = await skillIn(deps.foldersDir, hubId)
  if (!found) return
  // As it was: nothing is packed and written for each look.
  const known = await rows.called(deps.store, workspaceId, found.manifest.hubId)
  if (known?.source === 'folder' && known.sha256 === sha256Of(found.files)) return
  if (!(await bring(deps, workspaceId, found, { source: 'folder', by: null })))
    throw new SkillProblem(`A workspace has at most ${MOST_SKILLS} skills: remove one of them first.`)
}

const NOTHING: Grants = { network: [], privateNetwork: false, read: [], write: [], childProcess: false }

async function run(
  deps: SkillDeps,
  unpacked: Unpacked,
  row: SkillRow,
  { say, ...call }: SkillRun,
): Promise<unknown> {
  const open = await openSetup(deps, row, setupOf(row))
  const lack = lackOf(row, open)
  if (lack !== null) throw new SkillProblem(lack)
  const folder = await unpacked.at(row.sha256, async () => {
    const packed = await rows.packed(deps.store, row)
    if (!packed) throw new SkillProblem(underReview(row))
    return packed
  })
  const hide = hiding(open.confidential)
  const what = { folder, manifest: manifestOf(row), setup: open.values, grants: grantsOf(row) ?? NOTHING }
  try {
    return hidden(await deps.sandbox.run({ ...call, ...what, say: (text) => say(hide(text)) }), hide)
  } catch (error) {
    if (error instanceof Error) error.message = hide(error.message)
    throw error
  }
}

const ifSkillProblem =
  <Answer>(then: (problem: string) => Answer) =>
  (error: unknown): Answer => {
    if (error instanceof SkillProblem) return then(error.message)
    throw error
  }
