/**
 * Skills: brought by administrators or found in folders of the server, looked at, accepted, and taken away.
 *
 * Promise: nothing of a skill runs before an administrator has accepted just these files; what is no skill leaves
 * nothing behind.
 */
import { realpath } from 'node:fs/promises'
import { resolve, sep } from 'node:path'
import * as agents from '#db/queries/agents.ts'
import { forget as forgetGrants } from '#db/queries/grants.ts'
import * as rows from '#db/queries/skills.ts'
import { readZip, SkillProblem, type SkillFiles } from '../agents/imported/files.ts'
import { readManifest } from '../agents/imported/manifest.ts'
import { keepSetup, maskedSetup, type Setup, secretsIn } from '../agents/imported/setup.ts'
import {
  approvalName,
  grantsOf,
  manifestOf,
  MOST_SKILLS,
  type SkillRow,
  type Skills,
  setupOf,
  toolName,
} from '../agents/imported/skills.ts'
import type { Secrets } from '../agents/secrets.ts'
import type { By } from '../contract/by.ts'
import { readConfig } from '../contract/custom-agent.ts'
import { changedMeanwhile, notFound, ProblemError, unacceptable } from '../contract/problem.ts'
import type {
  AcceptSkill,
  Containment,
  FolderProblem,
  Skill,
  SkillDetail,
  SkillFile,
  SkillGrants,
} from '../contract/skill.ts'
import type { FieldError } from '../triggers/index.ts'
import type { Deps } from './deps.ts'

export interface SkillDeps extends Pick<Deps, 'store' | 'clock' | 'hint'> {
  engine: { readiness: Pick<Deps['engine']['readiness'], 'lasting'> }
  skills: Skills
  secrets: Secrets
  /** What no skill is given, whoever grants it. */
  dataDir: string
}

/** Those that lie in folders of the server are taken in first; `problems`: folders that hold no skill. */
export async function list(
  deps: SkillDeps,
  workspaceId: number,
): Promise<{ skills: Skill[]; problems: FolderProblem[]; containment: Containment }> {
  const problems = await deps.skills.takeIn(workspaceId)
  const [found, uses, containment] = await Promise.all([
    deps.skills.list(workspaceId),
    usesIn(deps, workspaceId),
    deps.skills.containment(),
  ])
  return { skills: found.map((it) => shown(it, uses)), problems, containment }
}

/** With its code, for whoever looks at it. */
export async function get(deps: SkillDeps, workspaceId: number, id: number): Promise<SkillDetail> {
  const { skills } = deps
  const row = await own(deps, workspaceId, id)
  const [files, uses, containment] = await Promise.all([
    skills.files(row),
    usesIn(deps, workspaceId),
    skills.containment(),
  ])
  return {
    ...shown(row, uses),
    files: shownFiles(files ?? new Map()),
    values: maskedSetup(setupOf(row)),
    grants: grantsOf(row),
    instructions: manifestOf(row).instructions,
    containment,
  }
}

/** Files that are known already change nothing; others put the skill of their name under review. */
export async function add(deps: SkillDeps, workspaceId: number, zip: Buffer, by: By): Promise<SkillDetail> {
  const files = await inWords(() => readZip(zip))
  const manifest = await inWords(async () => readManifest(files))
  const row = await deps.skills.bring(workspaceId, { files, manifest }, { source: 'upload', by: by.id })
  if (!row)
    throw unacceptable([
      { path: 'body', message: `cannot be kept: a workspace has at most ${MOST_SKILLS} skills` },
    ])
  if (row.status === 'review') lookAtSchedules(deps, row).catch(() => {})
  return get(deps, workspaceId, row.id)
}

/** From now on it runs, with just these files. */
export async function accept(
  deps: SkillDeps,
  workspaceId: number,
  id: number,
  { setup, grants, sha256 }: AcceptSkill,
  by: By,
): Promise<SkillDetail> {
  const { store, clock, hint, skills } = deps
  const seen = await own(deps, workspaceId, id)
  const row = await inWords(() => skills.fresh(seen))
  // Nobody has looked at what a folder has got just now.
  if (row.sha256 !== (sha256 ?? seen.sha256)) throw outdated(row)
  const before = setupOf(row)
  const { kept, faults } = keepSetup(skills.box, row, manifestOf(row).setup, { given: setup, before })
  faults.push(...(await missingSecrets(deps, workspaceId, kept)), ...(await grantFaults(deps, row, grants)))
  if (faults.length > 0) throw unacceptable(faults)
  const what = { setup: JSON.stringify(kept), grants: JSON.stringify(grants), by: by.id }
  if (!(await rows.accept(store, row, what, clock.now()))) throw outdated(await own(deps, workspaceId, id))
  // What was remembered was remembered of other files, or of other rights.
  await forgetGrants(store, workspaceId, [toolName(row), approvalName(row)])
  hint([workspaceId])
  lookAtSchedules(deps, row).catch(() => {})
  return get(deps, workspaceId, id)
}

/** Beside the answer: those that run it are ready now, or not any more. */
async function lookAtSchedules(
  { store, engine }: SkillDeps,
  { workspaceId, hubId }: SkillRow,
): Promise<void> {
  const running = (await rows.schedulesOf(store, workspaceId)).filter(
    (it) => it.hubId === hubId && it.enabled,
  )
  for (const { id: triggerId, name: triggerName, context } of running) {
    const agent = { agentId: hubId, agentType: 'imported' }
    await engine.readiness.lasting({ triggerId, workspaceId, triggerName, ...agent, context }, false)
  }
}

export async function remove(deps: SkillDeps, workspaceId: number, id: number, _by: By): Promise<void> {
  const { store, clock, hint } = deps
  const row = await own(deps, workspaceId, id)
  const users = (await usesIn(deps, workspaceId))(row)
  if (users.length > 0)
    throw new ProblemError(
      409,
      `The skill is used by ${users.map((it) => `“${it.name}” (${KINDS[it.kind]} ${it.id})`).join(', ')}. Give them another, or delete them, first.`,
    )
  if (!(await rows.remove(store, workspaceId, id, clock.now()))) throw notFound('skill')
  await forgetGrants(store, workspaceId, [toolName(row), approvalName(row)])
  hint([workspaceId])
}
const KINDS = { agent: 'agent', trigger: 'schedule' } as const

const outdated = ({ version, updatedAt: at }: SkillRow) =>
  changedMeanwhile({ what: 'this skill', by: null, at, revision: version }, { counted: 'version' })

/** What is wrong with the files is no fault of ours. */
async function inWords<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof SkillProblem ? unacceptable([{ path: 'body', message: error.message }]) : error
  }
}

async function own(
  { skills }: Pick<SkillDeps, 'skills'>,
  workspaceId: number,
  id: number,
): Promise<SkillRow> {
  const [row] = await skills.named(workspaceId, [id])
  if (!row) throw notFound('skill')
  return row
}

async function missingSecrets(
  { secrets }: SkillDeps,
  workspaceId: number,
  kept: Setup,
): Promise<FieldError[]> {
  const known = await secrets.open(workspaceId, secretsIn(kept))
  return Object.entries(kept).flatMap(([name, it]) => {
    const [secret] = secretsIn({ [name]: it })
    return secret === undefined || typeof known.get(secret) === 'string'
      ? []
      : [{ path: `setup.${name}`, message: `names the secret ${secret}, which is not there: enter it first` }]
  })
}

/** Of the machine itself, or the keys of everything. */
const NEVER = ['/proc', '/sys', '/dev']

async function grantFaults(
  { dataDir }: SkillDeps,
  row: SkillRow,
  grants: SkillGrants,
): Promise<FieldError[]> {
  if (row.format === 'agent-skill') return []
  const never = await Promise.all([dataDir, ...NEVER].map(real))
  const faultOf = async (path: string, field: string): Promise<FieldError[]> => {
    const place = await real(path)
    const bad = never.find((it) => isWithin(place, it) || isWithin(it, place))
    return bad === undefined
      ? []
      : [{ path: field, message: `is ${path}, by which it would reach ${bad}: no skill is given that` }]
  }
  const asked = (['read', 'write'] as const).flatMap((field) =>
    grants[field].map((path, n) => faultOf(path, `grants.${field}.${n}`)),
  )
  return (await Promise.all(asked)).flat()
}

const real = (path: string) => realpath(path).catch(() => resolve(path))
const isWithin = (path: string, folder: string) =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep)

type Use = Skill['usedBy'][number]

/** What uses a skill. */
async function usesIn({ store }: SkillDeps, workspaceId: number): Promise<(row: SkillRow) => Use[]> {
  const [written, schedules] = await Promise.all([
    agents.list(store, workspaceId),
    rows.schedulesOf(store, workspaceId),
  ])
  const all = written.map(({ id, config }) => ({ id, ...readConfig(config) }))
  return (row) => [
    ...all
      .filter(({ skillIds }) => skillIds.includes(row.id))
      .map(({ id, name }) => ({ kind: 'agent' as const, id, name })),
    ...schedules
      .filter(({ hubId }) => hubId === row.hubId)
      .map(({ id, name }) => ({ kind: 'trigger' as const, id, name })),
  ]
}

const instant = (at: number) => new Date(at).toISOString()

function shown(row: SkillRow, usesOf: (row: SkillRow) => Use[]): Skill {
  const { name, description, version, author, setup, params, examples, asks, warnings } = manifestOf(row)
  const { id, hubId, format, status, source, sha256, acceptedSha256, acceptedAt, bytes } = row
  return {
    ...{ id, hubId, name, description, author, format, status, source, setup, params, examples, asks },
    ...{ warnings, sha256, acceptedSha256, bytes, version: row.version, skillVersion: version },
    acceptedAt: acceptedAt === null ? null : instant(acceptedAt),
    usedBy: usesOf(row),
    createdAt: instant(row.createdAt),
    updatedAt: instant(row.updatedAt),
  }
}

const MOST_TEXT = 256 * 1024
const MOST_TEXTS = 2 * 1024 ** 2

/** As far as people read. */
function shownFiles(files: SkillFiles): SkillFile[] {
  let left = MOST_TEXTS
  return [...files].map(([path, bytes]) => {
    const most = Math.min(MOST_TEXT, left)
    const text = textOf(bytes.subarray(0, most))
    left -= text === null ? 0 : Math.min(most, bytes.length)
    return { path, bytes: bytes.length, text, truncated: text !== null && bytes.length > most }
  })
}

/** Null of what is no text; a character that was cut is left out. */
function textOf(bytes: Buffer): string | null {
  if (bytes.includes(0)) return null
  const text = bytes.toString('utf8').replace(/\ufffd{1,3}$/, '')
  return text.includes('\ufffd') ? null : text
}
