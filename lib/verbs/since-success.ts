/** What has become another since it last worked: the first question about what fails. */
import type { RevisionRow } from '#db/queries/revisions.ts'
import * as executions from '#db/queries/executions.ts'
import * as mcpServers from '#db/queries/mcp-servers.ts'
import * as revisions from '#db/queries/revisions.ts'
import * as rows from '#db/queries/since-success.ts'
import type { KnownEnd } from '#db/queries/since-success.ts'
import * as skills from '#db/queries/skills.ts'
import * as triggers from '#db/queries/triggers.ts'
import { mapped, refIn } from '../agents/sealed.ts'
import { type AgentConfig, readConfig } from '../contract/custom-agent.ts'
import type { Api, QueryOf } from '../contract/api.ts'
import { notFound } from '../contract/problem.ts'
import type { FieldChange } from '../contract/revision.ts'
import type { SinceDifference, SinceSuccess } from '../contract/since-success.ts'
import { sentenceOf } from '../contract/since-words.ts'
import { shown } from '../recurrence/index.ts'
import { actorOf } from './actors.ts'
import { differences, settingsIn, type Values } from './differing.ts'
import type { Deps } from './deps.ts'

type Stored = Pick<Deps, 'store'>
/** Of a run that began then: what came between that and the end of the other one may be the cause. */
interface Span {
  after: number
  upTo: number
}

const iso = (ms: number) => new Date(ms).toISOString()
const began = (run: KnownEnd) => run.startedAt ?? run.queuedAt
const ended = (run: KnownEnd) => ({ id: run.id, at: iso(run.completedAt ?? run.queuedAt) })

export async function sinceSuccess(
  deps: Stored,
  workspaceId: number,
  id: number,
  { executionId }: QueryOf<Api['sinceSuccess']>,
): Promise<SinceSuccess> {
  const { store } = deps
  const trigger = await triggers.get(store, workspaceId, id)
  if (!trigger) throw notFound('schedule')
  const from = executionId === undefined ? null : await executions.find(store, workspaceId, executionId)
  if (executionId !== undefined && from?.triggerId !== id) throw notFound('run')
  const { success, failure } = await rows.endsOf(store, id, from)
  const found = {
    lastSuccess: success && ended(success),
    firstFailure: failure && ended(failure),
    differences: success && failure ? await between(deps, workspaceId, id, success, failure) : [],
  }
  return { ...found, answer: answerOf(found, trigger.timezone) }
}

/** The same sentence as on the page, for whoever asks the API: in the zone of the schedule. */
export const answerOf = (found: Omit<SinceSuccess, 'answer'>, zone: string): string =>
  sentenceOf(found)
    .map((it) => (typeof it === 'string' ? it : shown(new Date(it.at), zone, 'moment')))
    .join('')

async function between(
  deps: Stored,
  workspaceId: number,
  id: number,
  success: KnownEnd,
  failure: KnownEnd,
): Promise<SinceDifference[]> {
  const { store } = deps
  const span = { after: began(success), upTo: began(failure) }
  const look = (upTo: number, limit: number) => revisions.ofTrigger(store, id, { upTo, limit })
  const settings = await steps(look, success.triggerRevision, failure.triggerRevision)
  const agent = await ofAgent(deps, workspaceId, success, failure)
  const reached = await reachedBy(deps, workspaceId, agent?.config ?? null, span)
  const secrets = await secretsIn(deps, workspaceId, settings.newest, span)
  const all = [
    ...settings.steps.flatMap((it) => ofStep('trigger', 'Schedule', it, settingsIn)),
    ...(agent?.differences ?? []),
    ...ofModel(success, failure),
    ...reached,
    ...secrets,
    ...(await ofVersion(deps, span)),
  ]
  return all.toSorted((a, b) => a.at.localeCompare(b.at))
}

type Look = (upTo: number, limit: number) => Promise<RevisionRow[]>
type Step = [before: RevisionRow, after: RevisionRow]
const MOST_STEPS = 50

/** The revisions that came between two, each with the one before it. */
async function steps(
  look: Look,
  from: number,
  to: number,
): Promise<{ steps: Step[]; newest: string | null }> {
  const found = await look(to, Math.min(to - from, MOST_STEPS) + 1)
  const pairs = found.slice(0, -1).map((after, n): Step => [found[n + 1] as RevisionRow, after])
  return { steps: pairs, newest: found[0]?.config ?? null }
}

/** Whether it was on decides whether it runs, not how it ends. */
const MATTERS_NOT = ['enabled', 'pausedReason', 'pausedUntil', 'name', 'description']
const mattersTo = ({ path }: FieldChange) => !MATTERS_NOT.includes(path)

function ofStep(
  kind: 'trigger' | 'agent',
  name: string,
  [before, after]: Step,
  read: (kept: string) => Values,
): SinceDifference[] {
  const changes = differences(read(before.config), read(after.config)).filter(mattersTo)
  if (changes.length === 0) return []
  const { revision } = after
  return [{ kind, name, at: iso(after.at), actor: actorOf(after), revision, changes }]
}

async function ofAgent({ store }: Stored, workspaceId: number, success: KnownEnd, failure: KnownEnd) {
  const { agentId: id, agentRevision: to } = failure
  if (to === null) return null
  const look = (upTo: number, limit: number) => revisions.ofAgent(store, { workspaceId, id }, { upTo, limit })
  const from = success.agentId === id ? (success.agentRevision ?? to) : to
  const found = await steps(look, from, to)
  const config = found.newest === null ? null : readConfig(found.newest)
  const read = (kept: string) => ({ ...readConfig(kept) })
  return { config, differences: found.steps.flatMap((it) => ofStep('agent', config?.name ?? id, it, read)) }
}

function ofModel(success: KnownEnd, failure: KnownEnd): SinceDifference[] {
  if (success.model === failure.model || success.model === null || failure.model === null) return []
  const changes = [{ path: 'model', from: success.model, to: failure.model }]
  return [{ ...NOBODY, kind: 'model', name: failure.model, at: iso(began(failure)), changes }]
}
const NOBODY = { actor: null, revision: null, changes: [] }

/** The providers, servers of tools and skills that it reaches, where they were set up anew meanwhile. */
async function reachedBy(
  { store }: Stored,
  workspaceId: number,
  config: AgentConfig | null,
  span: Span,
): Promise<SinceDifference[]> {
  if (!config) return []
  const [providers, servers, known] = await Promise.all([
    rows.providersChanged(store, workspaceId, config.model?.providerId || null, span),
    mcpServers.named(store, workspaceId, config.mcpServerIds),
    skills.named(store, workspaceId, config.skillIds),
  ])
  const tools = [
    ...servers.map(({ name, updatedAt }) => ({ name, at: updatedAt })),
    ...known.map(({ hubId, updatedAt }) => ({ name: hubId, at: updatedAt })),
  ].filter(({ at }) => at > span.after && at <= span.upTo)
  return [
    ...providers.map(({ name, at }) => ({ ...NOBODY, kind: 'model' as const, name, at: iso(at) })),
    ...tools.map(({ name, at }) => ({ ...NOBODY, kind: 'tool' as const, name, at: iso(at) })),
  ]
}

/** By date: what they hold is nobody's to compare. */
async function secretsIn({ store }: Stored, workspaceId: number, kept: string | null, span: Span) {
  const names = new Set<string>()
  mapped(kept === null ? {} : settingsIn(kept), (text) => {
    const name = refIn(text)
    if (name !== null) names.add(name)
  })
  const changed = names.size === 0 ? [] : await rows.secretsChanged(store, workspaceId, [...names], span)
  return changed.map(({ name, at, changedBy, by }) => ({
    ...NOBODY,
    kind: 'secret' as const,
    name,
    at: iso(at),
    actor: actorOf({ changedBy, name: by }),
  }))
}

async function ofVersion({ store }: Stored, { after, upTo }: Span): Promise<SinceDifference[]> {
  const [was, is] = await Promise.all([rows.versionAt(store, after), rows.versionAt(store, upTo)])
  if (!was || !is || was.version === is.version) return []
  const changes = [{ path: 'version', from: was.version, to: is.version }]
  return [{ ...NOBODY, kind: 'version', name: is.version, at: iso(is.since), changes }]
}
