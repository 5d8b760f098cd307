/**
 * Templates: what there are, what one makes of what is filled in, tried out, and kept up to date.
 *
 * Promise: a template whose agent this version does not have is not there; what is refused is refused at the field
 * that was filled in; what it cannot do without leaves the schedule paused, with what to do as its reason. A dry run
 * and a trial save no schedule.
 */
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import * as triggers from '#db/queries/triggers.ts'
import type { AgentCatalogue } from '../agents/catalogue.ts'
import { masked } from '../agents/sealed.ts'
import type { By } from '../contract/by.ts'
import type { Execution } from '../contract/execution.ts'
import { notFound, ProblemError, problemOf, unacceptable } from '../contract/problem.ts'
import type { Missing, Template, TemplateUpdate, UsedTemplate } from '../contract/template.ts'
import { NewTrigger, type Trigger } from '../contract/trigger.ts'
import { fieldByField, inWords } from '../contract/wording.ts'
import type { Mail } from '../mail/mail.ts'
import { MAIL_SERVER } from '../templates/fields.ts'
import type { MadeTrigger, TemplateDefinition } from '../templates/template.ts'
import { describe, type FieldError } from '../triggers/index.ts'
import { judgedContext } from './contexts.ts'
import type { Deps } from './deps.ts'
import { configFrom } from './editing.ts'
import { objectOf, previewOfPattern, toTrigger } from './showing.ts'
import { changeOf, changesBetween, madeOf, maskedInput, type Origin, originOf } from './template-updates.ts'
import { change, create, drafted } from './triggers.ts'
import { stagedRun } from './trying.ts'

export interface TemplateDeps extends Deps {
  mail: Pick<Mail, 'inForce'>
  catalogue: Pick<AgentCatalogue, 'find'>
  templates: readonly TemplateDefinition[]
}

type Values = Record<string, unknown>
/** System agents are the same in every workspace. */
const ANY_WORKSPACE = 0
const SHOWN_AHEAD = 5

export async function list({ templates, catalogue }: Known): Promise<Template[]> {
  const there = await Promise.all(templates.map((it) => agentOf(catalogue, it)))
  return templates.filter((_, n) => there[n]).map(shown)
}
type Known = Pick<TemplateDeps, 'templates' | 'catalogue'>

export async function get(deps: Known, id: string): Promise<Template> {
  return shown(await found(deps, id))
}

async function found({ templates, catalogue }: Known, id: string): Promise<TemplateDefinition> {
  const it = templates.find((known) => known.id === id)
  if (!it || !(await agentOf(catalogue, it))) throw notFound('template')
  return it
}

const usual = ({ input, example, makes }: TemplateDefinition) => makes(input.parse(example)).trigger
const agentOf = (catalogue: Known['catalogue'], it: TemplateDefinition) =>
  catalogue.find(ANY_WORKSPACE, usual(it))

function shown(it: TemplateDefinition): Template {
  const { id, version, name, description, needs, input } = it
  const made = usual(it)
  return {
    ...{ id, version, name, description, needs: [...needs] },
    input: z.toJSONSchema(input, { io: 'input' }),
    makes: {
      name: made.name,
      agentId: made.agentId,
      agentType: made.agentType,
      cronExpression: made.cronExpression,
      humanReadable: wordsOf(NewTrigger.parse(made)),
    },
  }
}

const wordsOf = (body: NewTrigger) => describe({ ...configFrom(body), createdAt: 0 })

/** What somebody filled in, and the schedule that it makes. */
async function filledIn(deps: Known, id: string, given: Values) {
  const template = await found(deps, id)
  const { success, data: input, error } = template.input.safeParse(given, inWords)
  if (!success) throw unacceptable(fieldByField(error.issues).map(inInput))
  return { template, input: input as Values, ...template.makes(input) }
}
const inInput = ({ path, message }: { path: PropertyKey[]; message: string }): FieldError => ({
  path: ['input', ...path].join('.'),
  message,
})

/** Makes the schedule; with `dryRun` it says what that would be. */
export async function use(
  deps: TemplateDeps,
  workspaceId: number,
  id: string,
  { input: given, dryRun }: { input: Values; dryRun: boolean },
  by: By,
): Promise<UsedTemplate> {
  const { template, input, trigger, ...lacks } = await filledIn(deps, id, given)
  const missing = await missingOf(deps, workspaceId, lacks)
  const stops = missing.filter((it) => !it.optional)
  const body = NewTrigger.parse({ ...trigger, enabled: stops.length === 0 })
  return atInput(trigger, input, async () => {
    if (dryRun) return { created: [], missing, would: await planned(deps, workspaceId, trigger, by) }
    const safe = maskedInput(template.input, input)
    const origin = originOf(template, safe, NewTrigger.parse(template.makes(safe).trigger))
    const made = await create(deps, workspaceId, body, by, {
      origin: JSON.stringify(origin),
      pausedReason: stops.length > 0 ? reasonOf(stops) : null,
    })
    return { created: [{ kind: 'trigger' as const, id: made.id }], missing }
  })
}

/** What the answers leave open, and what is not there for what they name. */
async function missingOf(
  { mail }: Pick<TemplateDeps, 'mail'>,
  workspaceId: number,
  { missing = [], sendsMail = false }: Lacks,
): Promise<Missing[]> {
  const stops = missing.map((it) => ({ ...it, optional: false }))
  return sendsMail && (await mail.inForce(workspaceId)) === null ? [...stops, NO_MAIL_SERVER] : stops
}
type Lacks = Omit<ReturnType<TemplateDefinition['makes']>, 'trigger'>
const NO_MAIL_SERVER: Missing = {
  ...MAIL_SERVER,
  remedy:
    'There is no mail server, so it is told in the chat only: an administrator enters one in the settings, under Mail.',
}

const reasonOf = (missing: readonly Missing[]) => missing.map((it) => it.remedy).join(' ')

async function planned(deps: TemplateDeps, workspaceId: number, trigger: MadeTrigger, by: By) {
  const now = deps.clock.now()
  const body = NewTrigger.parse(trigger)
  const { context, timezone } = await drafted(deps, workspaceId, body, by, now)
  const { name, description, agentId, agentType } = body
  const { cronExpression } = trigger
  return {
    ...{ name, description, agentId, agentType, cronExpression, timezone },
    context: masked(objectOf(context)),
    humanReadable: wordsOf(body),
    preview: previewOfPattern({ cronExpression, timezone, from: now, count: SHOWN_AHEAD }),
  }
}

/** A staged run of what would be made: its first result, before it is anybody's. */
export async function tryOut(
  deps: TemplateDeps,
  workspaceId: number,
  id: string,
  { input: given }: { input: Values },
  by: By,
  requestId?: string,
): Promise<Execution> {
  const { template, input, trigger } = await filledIn(deps, id, given)
  const agent = await agentOf(deps.catalogue, template)
  const { name, agentId, agentType, context, timezone } = trigger
  return atInput(trigger, input, async () => {
    const zoned = takesZone(agent?.input) ? { timezone, ...context } : context
    const { kept, faults } = await judgedContext(deps, workspaceId, trigger, { given: zoned })
    if (faults.length > 0) throw unacceptable(faults)
    const tried = { agentId, agentType, name: agent?.name ?? name, context: kept }
    return stagedRun(deps, workspaceId, tried, by, requestId)
  })
}

/** What has no schedule yet has no zone of its own either. */
const takesZone = (input: z.ZodType | undefined) => input instanceof z.ZodObject && 'timezone' in input.shape

/** A refusal of what was made is one of what was filled in, wherever that can be told. */
async function atInput<Answer>(
  made: MadeTrigger,
  input: Values,
  work: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await work()
  } catch (error) {
    const { status, errors } = problemOf(error) ?? {}
    if (status !== 422 || !errors) throw error
    throw unacceptable(
      errors.map(({ path, message }) => ({
        path: ['input', ...placeOf(valueAt(made, path.split('.')), input)].join('.'),
        message,
      })),
    )
  }
}

const valueAt = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (it, name) => (typeof it === 'object' && it !== null ? (it as Values)[name] : undefined),
    value,
  )

/** Where among the answers that value stands; nowhere: an empty path. */
function placeOf(value: unknown, input: Values): string[] {
  if (value === undefined) return []
  for (const [name, it] of Object.entries(input)) {
    if (isDeepStrictEqual(it, value) || (Array.isArray(it) && it.includes(value))) return [name]
    const inner =
      typeof it === 'object' && it !== null && !Array.isArray(it) ? placeOf(value, it as Values) : []
    if (inner.length > 0) return [name, ...inner]
  }
  return []
}

/** Null: it is of no template, or of the newest version, or the newer one asks what the older did not. */
export async function updateOf(
  deps: TemplateDeps,
  workspaceId: number,
  id: number,
): Promise<TemplateUpdate | null> {
  return (await newer(deps, workspaceId, id))?.update ?? null
}

async function newer(deps: TemplateDeps, workspaceId: number, id: number) {
  const row = await triggers.get(deps.store, workspaceId, id)
  if (!row) throw notFound('schedule')
  const trigger = toTrigger(row)
  const template = deps.templates.find((it) => it.id === trigger.origin?.template)
  if (!template || template.version <= (trigger.origin?.version ?? 0)) return null
  const { input, made, version } = objectOf(row.origin ?? '{}') as unknown as Origin
  const answers = template.input.safeParse(input)
  if (!answers.success) return null
  const next = NewTrigger.parse(template.makes(answers.data).trigger)
  const mine = trigger as unknown as Values
  const changes = changesBetween(made, mine, madeOf(next))
  return {
    update: { template: template.id, from: version, to: template.version, ...changes },
    body: { ...changeOf(changes.changes, mine), revision: trigger.revision },
    origin: originOf(template, answers.data, next),
  }
}

/** What people have changed stays theirs. */
export async function update(deps: TemplateDeps, workspaceId: number, id: number, by: By): Promise<Trigger> {
  const it = await newer(deps, workspaceId, id)
  if (!it) throw new ProblemError(409, 'There is no newer version of a template that this was made from.')
  return change(deps, workspaceId, id, it.body, by, undefined, JSON.stringify(it.origin))
}
