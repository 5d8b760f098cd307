/**
 * Every change that comes through a door is on record.
 *
 * Promise: whatever an endpoint changes, who asked for it is written in the same transaction (`db/recording.ts`): what
 * an endpoint is called follows from its path, so that a new one is recorded by being there. Which fields are another
 * is read from what the API answers before and after, where secrets are masks.
 */
import { type Detail, note } from '#db/queries/audit.ts'
import type { Actor } from '#lib/auth/index.ts'
import type { Carillon } from '#lib/composition.ts'
import type { Endpoint } from '#lib/contract/api.ts'
import type { Budget } from '#lib/contract/budget.ts'
import type { By } from '#lib/contract/by.ts'
import type { FieldChange } from '#lib/contract/revision.ts'
import type { Workspace } from '#lib/contract/workspace.ts'
import { differences } from '#lib/verbs/differing.ts'
import { clientOf } from './client-address.ts'

type Values = Record<string, unknown>

/** What stands below a workspace or the installation, by its place in the path; what is not here is named by it. */
const KINDS: Readonly<Record<string, string>> = {
  'agent-schedules': 'trigger',
  triggers: 'trigger',
  agents: 'agent',
  'delivery-rules': 'rule',
  deliveries: 'delivery',
  'mcp-servers': 'mcpServer',
  'model-providers': 'provider',
  'model-prices': 'prices',
  'mail-settings': 'mailSettings',
  'api-keys': 'apiKey',
}
/** What is told to be heard, and how far somebody has read. */
const SPEAKS_FOR_ITSELF = new Set(['trigger-events', 'read'])
/** What people write to be read is its own record; that it was changed or deleted, and by whom, is not. */
const isSaid = (noun: string, method: string) => noun === 'messages' && method === 'POST'

/** As the API answers them, with what the path names. */
type State = (carillon: Carillon, workspaceId: number, id: never, by: By) => Promise<object | undefined>
const STATES: Readonly<Record<string, State>> = {
  calendar: ({ calendars }, workspaceId, id) => calendars.get(workspaceId, id),
  member: async ({ people }, workspaceId, id) =>
    (await people.list(workspaceId)).members.find((it) => it.userId === id),
  channel: ({ channels }, workspaceId, id) => channels.get(workspaceId, id),
  rule: ({ channels }, workspaceId, id, by) => channels.getRule(workspaceId, id, by),
  source: ({ sources }, workspaceId, id) => sources.get(workspaceId, id),
  mcpServer: ({ mcpServers }, workspaceId, id) => mcpServers.get(workspaceId, id),
  trigger: ({ triggers }, workspaceId, id) => triggers.get(workspaceId, id),
  agent: ({ customAgents }, workspaceId, id) => customAgents.get(workspaceId, id),
}
/** What is one of its workspace, or of the installation (null), and of which an answer may say less than it is. */
type Owner = Workspace | null
const OF_OWNER: Readonly<
  Record<string, (carillon: Carillon, owner: Owner, id: unknown) => Promise<unknown>>
> = {
  workspace: async (_carillon, owner) => owner,
  budget: async ({ budgets }, owner) =>
    Object.fromEntries((await budgets.list(owner)).map((it) => [placeOf(it), limitsOf(it)])),
  mailSettings: async ({ mailSettings }, owner) => (await mailSettings.get(owner?.id ?? null)).mailSettings,
  provider: async ({ models }, owner, id) =>
    (await models.list(owner?.id ?? null)).find((it) => it.id === id),
}
const placeOf = ({ scope, scopeId, period }: Budget) => [scope, scopeId, period].filter(Boolean).join(' ')
const limitsOf = ({ tokens, cost, warnAt, over }: Budget) => ({ tokens, cost, warnAt, over })
/** What moves by itself, and what only follows from what was changed. */
const BESIDE = new Set([
  ...['updatedAt', 'revision', 'nextRunAt', 'lastRunAt', 'lastStatus', 'lastExecutionId', 'humanReadable'],
  ...['health', 'checkedAt', 'lastCheckedAt', 'consecutiveFailures', 'state', 'tools.checkedAt'],
])

interface Named {
  kind: string
  action: string
}
/** A line of the chat: what it does names itself, see `lib/verbs/commands.ts`. */
const COMMAND = 'command'
const BY_METHOD: Readonly<Record<string, string>> = { POST: 'create', PUT: 'update', DELETE: 'delete' }

/** "trigger.update", "trigger.toggle", "approval.approve"; null of what is not recorded. */
export function namedBy({
  method,
  path,
  access,
}: Pick<Endpoint, 'method' | 'path' | 'access'>): Named | null {
  if (method === 'GET' || access === 'open') return null
  const [first = '', ...rest] = path
    .replace(/^\/workspace\/\{slug\}\/?/, '')
    .split('/')
    .filter(Boolean)
  const noun = first || 'workspace'
  if (SPEAKS_FOR_ITSELF.has(noun) || isSaid(noun, method)) return null
  const kind = KINDS[noun] ?? noun.replace(/s$/, '')
  const words = rest.filter((it) => !it.startsWith('{'))
  const verb = words.length > 0 && method === 'POST' ? words : [...words, BY_METHOD[method] as string]
  return { kind, action: [kind, ...verb].join('.') }
}

interface Asked {
  actor: Actor | null
  workspace: Workspace | null
  params: Values
  carillon: Carillon
  request: Request
}

export async function recorded<Answer>(
  endpoint: Endpoint,
  asked: Asked,
  perform: () => Promise<Answer>,
  answerOf: (answer: Answer) => unknown,
): Promise<Answer> {
  const { actor, carillon } = asked
  const named = namedBy(endpoint)
  if (!actor || !named) return perform()
  const { slug: _, ...ids } = asked.params
  const before = await stateOf(asked, named.kind, Object.values(ids)[0])
  const object = { objectId: idOf(Object.values(ids)[0]), objectName: nameIn(before) }
  const { answer, id } = await carillon.recording.record(noteOf(asked, actor, named, object), perform)
  if (id !== null) {
    // The change is made, and who made it is written: what is said of it beside that must not turn it into a failure.
    await detailOf(asked, named, { ...object, id: Object.values(ids)[0] }, before, answerOf(answer))
      .then((detail) => carillon.audit.detail(id, detail))
      .catch((err) => carillon.log.error({ err, entry: id }, 'What was changed could not be written down.'))
  }
  return answer
}

/** Null of what is no single thing, or is not there: who asks for it hears so from the verb. */
async function stateOf(
  { actor, carillon, workspace }: Asked,
  kind: string,
  id: unknown,
): Promise<Values | null> {
  const ofOwner = OF_OWNER[kind]
  if (ofOwner) return (await ofOwner(carillon, workspace, id).catch(() => null)) as Values | null
  const read = STATES[kind]
  if (!read || !actor || !workspace || id === undefined) return null
  return (await read(carillon, workspace.id, id as never, actor).catch(() => null)) as Values | null
}

type Subject = Pick<Detail, 'objectId' | 'objectName'>

const noteOf = (
  { carillon, workspace, request }: Asked,
  actor: Actor,
  { kind, action }: Named,
  object: Subject,
) =>
  note({
    workspaceId: workspace?.id ?? null,
    at: carillon.clock.now(),
    actorKind: actor.kind,
    actorId: actor.id,
    actorName: actor.name,
    via: kind === COMMAND ? 'chat' : actor.kind === 'key' ? 'api' : 'web',
    remoteAddress: clientOf(request.headers),
    action,
    objectKind: kind,
    ...object,
  })

async function detailOf(
  asked: Asked,
  { kind, action }: Named,
  { objectId, objectName, id }: Subject & { id: unknown },
  before: Values | null,
  answer: unknown,
): Promise<Detail> {
  const { carillon, workspace } = asked
  const isGone = action === `${kind}.delete`
  const said = objectIn(answer, kind)
  const after = said || isGone || !OF_OWNER[kind] ? said : await stateOf(asked, kind, id)
  // Of what was just made the answer may speak by another name: a member is an invitation at first. What is a person's
  // own alone is not named to those who read this.
  const made = objectId === null && kind !== 'me' ? (after ?? objectIn(answer, null)) : after
  return {
    objectId: objectId ?? idOf(made?.id ?? made?.name),
    objectName: nameIn(made) ?? objectName,
    changes: before && after ? await changesOf(carillon, kind, workspace?.id ?? 0, before, after) : [],
  }
}

const LONGEST = 255
const idOf = (id: unknown): string | null =>
  id === undefined || id === null ? null : String(id).slice(0, LONGEST)
function nameIn(it: Values | null): string | null {
  const name = it?.name ?? it?.email ?? it?.triggerName
  return typeof name === 'string' ? name.slice(0, LONGEST) : null
}
/** What an answer is about: `{ trigger: { … } }`. `kind` null: whatever it is called. */
function objectIn(answer: unknown, kind: string | null): Values | null {
  if (typeof answer !== 'object' || answer === null) return null
  const names = kind === 'trigger' ? ['trigger', 'schedule'] : kind === null ? Object.keys(answer) : [kind]
  const found = names.map((it) => (answer as Values)[it]).find((it) => typeof it === 'object' && it !== null)
  return found === undefined || Array.isArray(found) ? null : (found as Values)
}

/** What keeps revisions says it itself, and knows of a secret that it is another. */
async function changesOf(
  { revisions }: Carillon,
  kind: string,
  workspaceId: number,
  before: Values,
  after: Values,
): Promise<FieldChange[]> {
  if (kind === 'trigger' || kind === 'agent') {
    const [was, is] = [before.revision, after.revision as number]
    if (was === is) return []
    const { changes } =
      kind === 'trigger'
        ? await revisions.oneOfTrigger(workspaceId, after.id as number, is)
        : await revisions.oneOfAgent(workspaceId, after.id as string, is)
    return changes
  }
  return differences(forAll(before), forAll(after)).filter(({ path }) => !BESIDE.has(path))
}

/** Who asked sees how their own channel is called; whoever reads this does not. */
const forAll = (it: Values): Values => (it.ownedBy ? { ...it, channelName: 'a person’s own channel' } : it)
