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
/** What makes something goes by what it makes, so that it is found there. */
const MAKES: Readonly<Record<string, Named>> = {
  'template.use': { kind: 'trigger', action: 'trigger.create' },
}
/** What account paths change; who signs in or out changes nothing. */
const OF_SIGN_IN: Readonly<Record<string, string>> = {
  '/change-password': 'me.password',
  '/revoke-other-sessions': 'me.sessions.delete',
}
/** What is done with a link, by whom the verb finds out (`Recording.name`). */
const BY_LINK: Readonly<Record<string, Named>> = {
  '/password-resets': { kind: 'me', action: 'me.password' },
}
const WITH_LINK = { kind: 'person', id: null, name: 'Somebody with a link' } as const
/** What comes to be by being put in its place. */
const MADE_BY_PUT = new Set(['secret'])

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
  secret: async ({ secrets }, workspaceId, name) => {
    const found = (await secrets.list(workspaceId)).find((it) => it.name === name)
    return found && { name: found.name }
  },
}
/** What only has to be called by its name once it is gone: of its changes the answers say enough, or nothing. */
const NAMES: Readonly<Record<string, State>> = {
  document: ({ documents }, workspaceId, id) => documents.get(workspaceId, id),
  skill: ({ skills }, workspaceId, id) => skills.get(workspaceId, id),
  invitation: async ({ people }, workspaceId, id) =>
    (await people.list(workspaceId)).invitations.find((it) => it.id === id),
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
  apiKey: ({ auth }, _owner, id) => auth.keys.find(id as number),
  account: async ({ auth }, _owner, id) => (await auth.administration.list()).find((it) => it.id === id),
}
const placeOf = ({ scope, scopeId, period }: Budget) => [scope, scopeId, period].filter(Boolean).join(' ')
const limitsOf = ({ tokens, cost, warnAt, over }: Budget) => ({ tokens, cost, warnAt, over })
/** What moves by itself, and what only follows from what was changed. */
const BESIDE = new Set([
  ...['updatedAt', 'revision', 'nextRunAt', 'lastRunAt', 'lastStatus', 'lastExecutionId', 'humanReadable'],
  ...['health', 'checkedAt', 'lastCheckedAt', 'consecutiveFailures', 'state', 'tools.checkedAt', 'sessions'],
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
  if (method === 'GET') return null
  if (access === 'open') return BY_LINK[path] ?? null
  const [first = '', ...rest] = path
    .replace(/^\/workspace\/\{slug\}\/?/, '')
    .split('/')
    .filter(Boolean)
  const noun = first || 'workspace'
  if (SPEAKS_FOR_ITSELF.has(noun) || isSaid(noun, method)) return null
  const kind = KINDS[noun] ?? noun.replace(/s$/, '')
  const words = rest.filter((it) => !it.startsWith('{'))
  const verb = words.length > 0 && method === 'POST' ? words : [...words, BY_METHOD[method] as string]
  const action = [kind, ...verb].join('.')
  return MAKES[action] ?? { kind, action }
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
  const { carillon } = asked
  const asNamed = namedBy(endpoint)
  const actor = endpoint.access === 'open' ? WITH_LINK : asked.actor
  if (!actor || !asNamed) return perform()
  const id = idAsked(asked, asNamed)
  const before = await stateOf(asked, asNamed.kind, id)
  const named = asFound(asNamed, before)
  const object = { objectId: idOf(id), objectName: nameIn(named.kind, before) }
  const noted = noteOf(asked, actor, named, object)
  const { answer, id: entry } = await carillon.recording.record(noted, perform)
  if (entry !== null) {
    // The change is made, and who made it is written: what is said of it beside that must not turn it into a failure.
    await detailOf(asked, named, { ...object, id }, before, answerOf(answer))
      .then((detail) => carillon.audit.detail(entry, detail))
      .catch((err) => carillon.log.error({ err, entry }, 'What was changed could not be written down.'))
  }
  return answer
}

/** The same of what the account library does behind a door of its own. */
export async function recordedSignIn(carillon: Carillon, request: Request): Promise<Response> {
  const perform = () => carillon.auth.handler(request)
  const action = OF_SIGN_IN[new URL(request.url).pathname.replace(/^\/api\/auth/, '')]
  const actor = action && request.method === 'POST' ? await carillon.auth.actorOf(request.headers) : null
  if (!action || !actor) return perform()
  const named = { kind: 'me', action }
  const noted = noteOf({ carillon, request, workspace: null }, actor, named, {
    objectId: null,
    objectName: null,
  })
  return (await carillon.recording.record(noted, perform)).answer
}

/** What the path names; what is only made has no id yet. */
const idAsked = ({ params: { slug: _, ...ids } }: Pick<Asked, 'params'>, { kind, action }: Named): unknown =>
  action === `${kind}.create` ? undefined : Object.values(ids)[0]

const asFound = ({ kind, action }: Named, before: Values | null): Named =>
  MADE_BY_PUT.has(kind) && action === `${kind}.update` && before === null
    ? { kind, action: `${kind}.create` }
    : { kind, action }

/** Null of what is no single thing, or is not there: who asks for it hears so from the verb. */
async function stateOf(
  { actor, carillon, workspace }: Asked,
  kind: string,
  id: unknown,
): Promise<Values | null> {
  const ofOwner = OF_OWNER[kind]
  if (ofOwner) return ((await ofOwner(carillon, workspace, id).catch(() => null)) ?? null) as Values | null
  const read = STATES[kind] ?? NAMES[kind]
  if (!read || !actor || !workspace || id === undefined) return null
  return ((await read(carillon, workspace.id, id as never, actor).catch(() => null)) ?? null) as Values | null
}

type Subject = Pick<Detail, 'objectId' | 'objectName'>

const noteOf = (
  { carillon, workspace, request }: Pick<Asked, 'carillon' | 'workspace' | 'request'>,
  actor: Pick<Actor, 'kind' | 'name'> & { id: string | null },
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
  const made = objectId === null && kind !== 'me' ? (after ?? (await madeIn(asked, kind, answer))) : after
  const isTold = before && after && !NAMES[kind]
  return {
    objectId: objectId ?? idOf(made?.id ?? made?.name),
    objectName: nameIn(kind, made) ?? objectName,
    changes: isTold ? await changesOf(carillon, kind, workspace?.id ?? 0, before, after) : [],
  }
}

/** Of what a template made, the answer says no more than which it is. */
async function madeIn(asked: Asked, kind: string, answer: unknown): Promise<Values | null> {
  const { created } = answer as { created?: unknown }
  const [one] = Array.isArray(created) ? created : []
  return one ? stateOf(asked, kind, one.id) : objectIn(answer, null)
}

const LONGEST = 255
const idOf = (id: unknown): string | null =>
  id === undefined || id === null ? null : String(id).slice(0, LONGEST)
/** A rule is called by where it tells. */
function nameIn(kind: string, it: Values | null): string | null {
  const name = it && kind === 'rule' ? forAll(it).channelName : (it?.name ?? it?.email ?? it?.triggerName)
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
