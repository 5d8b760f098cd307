/** Texts that are kept in confidence, by name: what uses them names them. */
import * as rows from '#db/queries/secrets.ts'
import * as mail from '#db/queries/mail-settings.ts'
import * as channels from '#db/queries/channels.ts'
import * as servers from '#db/queries/mcp-servers.ts'
import * as skills from '#db/queries/skills.ts'
import * as sources from '#db/queries/sources.ts'
import { type Confidential, secretsNamed } from '../agents/mcp/confidence.ts'
import { secretsIn } from '../agents/imported/setup.ts'
import { manifestOf, setupOf } from '../agents/imported/skills.ts'
import { refIn } from '../agents/sealed.ts'
import { isRef, type Secrets } from '../agents/secrets.ts'
import type { By } from '../contract/by.ts'
import { notFound, ProblemError, unacceptable } from '../contract/problem.ts'
import { keptIn, secretsNamed as namedBySource } from '../engine/sources/confidence.ts'
import type { Secret } from '../contract/secret.ts'
import { secretIn } from '../mail/settings.ts'
import type { Deps } from './deps.ts'

export interface SecretDeps extends Pick<Deps, 'store' | 'clock'> {
  secrets: Secrets
}
type Use = Secret['usedBy'][number]

const MOST = 500

export async function list({ store }: SecretDeps, workspaceId: number): Promise<Secret[]> {
  const [found, uses] = await Promise.all([rows.list(store, workspaceId), usesIn(store, workspaceId)])
  return found.map(({ name, updatedAt }) => ({
    name,
    usedBy: uses.get(name) ?? [],
    updatedAt: new Date(updatedAt).toISOString(),
  }))
}

export async function put(
  { store, clock, secrets }: SecretDeps,
  workspaceId: number,
  name: string,
  value: string,
  by: By,
): Promise<Pick<Secret, 'name' | 'updatedAt'>> {
  const now = clock.now()
  const sealed = secrets.close(workspaceId, name, value)
  if (!(await rows.write(store, { workspaceId, name, value: sealed, by: by.id, now, most: MOST })))
    throw unacceptable([{ path: 'name', message: `cannot be kept: a workspace has at most ${MOST} secrets` }])
  return { name, updatedAt: now.toISOString() }
}

export async function remove(
  { store }: SecretDeps,
  workspaceId: number,
  name: string,
  _by: By,
): Promise<void> {
  const used = (await usesIn(store, workspaceId)).get(name) ?? []
  if (used.length > 0)
    throw new ProblemError(
      409,
      `The secret is used by ${used.map((it) => `“${it.name}” (${WHAT[it.kind]} ${it.id})`).join(', ')}. Give them another, or delete them, first.`,
    )
  if (!(await rows.remove(store, workspaceId, name))) throw notFound('secret')
}
const WHAT: Record<Use['kind'], string> = {
  mcp: 'MCP server',
  skill: 'skill',
  trigger: 'schedule',
  mail: 'mail server of workspace',
  source: 'source',
  channel: 'channel',
}

async function usesIn(store: SecretDeps['store'], workspaceId: number): Promise<Map<string, Use[]>> {
  const uses = new Map<string, Use[]>()
  const note = (names: string[], use: Use) => {
    for (const name of new Set(names)) uses.set(name, [...(uses.get(name) ?? []), use])
  }
  for (const { id, name, headers, env } of await servers.list(store, workspaceId))
    note(
      [headers, env].flatMap((it) => secretsNamed(JSON.parse(it) as Confidential)),
      { kind: 'mcp', id, name },
    )
  for (const row of await skills.list(store, workspaceId))
    note(secretsIn(setupOf(row)), { kind: 'skill', id: row.id, name: manifestOf(row).name })
  for (const row of await sources.list(store, workspaceId))
    note(namedBySource(keptIn(row)), { kind: 'source', id: row.id, name: row.name })
  const server = await mail.get(store, workspaceId)
  const password = secretIn(server?.password ?? null)
  if (server && password !== null) note([password], { kind: 'mail', id: workspaceId, name: server.host })
  for (const { id, name, config } of await channels.list(store, workspaceId))
    note(refsIn(config), { kind: 'channel', id, name })
  for (const { id, name, context, config, onlyIf } of await rows.contextsWithRefs(store, workspaceId))
    note([context, config, onlyIf ?? '{}'].flatMap(refsIn), { kind: 'trigger', id, name })
  return uses
}

/** Of a context that plain SQL has spoilt nothing is known. */
function refsIn(context: string): string[] {
  const found: string[] = []
  const walk = (value: unknown): void => {
    const name = typeof value === 'string' ? refIn(value) : isRef(value) ? value.secret : null
    if (name !== null) found.push(name)
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(walk)
  }
  try {
    walk(JSON.parse(context))
  } catch {
    return []
  }
  return found
}
