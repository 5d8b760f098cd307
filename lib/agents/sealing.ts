/**
 * What a context holds in confidence: fields that an agent's schema marks `writeOnly`.
 *
 * Promise: they are sealed when they are written and opened only where an agent runs, or is judged; every answer
 * has a mask in their place, and a mask that comes back means the value that is there. What was sealed in one
 * workspace does not open in another.
 */
import { z } from 'zod'
import { unacceptable } from '../contract/problem.ts'
import type { AgentCatalogue, AgentRef } from './catalogue.ts'

type Context = Record<string, unknown>

const MASK = '•••'
const SEALED = 'sealed:v1:'
const isSealed = (text: string) => text.startsWith(SEALED)

/** Seals texts; `place` names the workspace. */
export interface Box {
  close(text: string, place: string): string
  /** Null where it cannot be opened here. */
  open(sealed: string, place: string): string | null
}

export interface Sealing {
  /**
   * As it is kept. `before`: what was kept until now, for masks.
   * @throws ProblemError 422 for a mask that stands for nothing, and for a text that pretends to be sealed.
   */
  seal(workspaceId: number, agent: AgentRef, context: Context, before?: Context): Promise<Context>
  /**
   * As the agent gets it; masks mean what `before` keeps.
   * @throws ProblemError 422 for a text that pretends to be sealed, and where another key has sealed it.
   */
  open(workspaceId: number, context: Context, before?: Context): Context
}

/** As it is answered: what is sealed is masked, wherever it stands. */
export const masked = <Value>(value: Value): Value =>
  mapped(value, (text) => (isSealed(text) ? MASK : text)) as Value

export function createSealing(catalogue: Pick<AgentCatalogue, 'find'>, box: Box): Sealing {
  const placeOf = (workspaceId: number) => `context of workspace ${workspaceId}`

  function open(workspaceId: number, context: Context, before = context): Context {
    const plain = (text: string, path: readonly string[]) => {
      const opened = isSealed(text) ? box.open(text.slice(SEALED.length), placeOf(workspaceId)) : text
      if (opened === null) throw cannotBeOpened(path)
      return opened
    }
    return mapped(context, (text, path) => {
      const known = at(before, path)
      if (isSealed(text) && text !== known) throw pretends(path)
      return plain(text === MASK && typeof known === 'string' ? known : text, path)
    }) as Context
  }

  async function schemasFor(workspaceId: number, agent: AgentRef, context: Context) {
    const inner = [...agentsNamedIn(context)].map((agentId) => ({ agentId, agentType: 'system' }))
    const schemas = new Map<string, Schema>()
    for (const ref of [agent, ...inner]) {
      const found = await catalogue.find(workspaceId, ref)
      if (found) schemas.set(ref.agentId, schemaOf(found.input))
    }
    return schemas
  }

  return {
    open,
    async seal(workspaceId, agent, context, before = {}) {
      const schemas = await schemasFor(workspaceId, agent, context)
      const secrets = secretsIn(context, [schemas.get(agent.agentId) ?? {}], schemas)
      const place = placeOf(workspaceId)
      const close = (text: string) => (isSealed(text) ? text : SEALED + box.close(text, place))
      return mapped(context, (text, path) => {
        const known = at(before, path)
        if (isSealed(text) && text !== known) throw pretends(path)
        if (!secrets.has(path.join('\0'))) return text
        return text === MASK ? close(meant(known, path)) : close(text)
      }) as Context
    },
  }
}

/** Each agent's is drawn once: contexts are sealed by the thousand at a start. */
const drawn = new WeakMap<z.ZodType, Schema>()
function schemaOf(input: z.ZodType): Schema {
  const schema = drawn.get(input) ?? (z.toJSONSchema(input, { io: 'input' }) as Schema)
  drawn.set(input, schema)
  return schema
}

/** What a mask stands for. */
function meant(known: unknown, path: readonly string[]): string {
  if (typeof known === 'string') return known
  throw standsForNothing(path)
}

const fault = (path: readonly string[], message: string) =>
  unacceptable([{ path: ['context', ...path].join('.'), message }])
const pretends = (path: readonly string[]) => fault(path, `must not begin with "${SEALED}"`)
const cannotBeOpened = (path: readonly string[]) =>
  fault(
    path,
    'is a secret that this server cannot open: its SIG_KEY or SIG_SALT is another than when it was saved. Enter it again.',
  )
const standsForNothing = (path: readonly string[]) =>
  fault(path, `is "${MASK}", which stands for a secret that is kept: there is none here, enter it`)

/** The same JSON with each text changed. */
function mapped(
  value: unknown,
  change: (text: string, path: readonly string[]) => unknown,
  path: readonly string[] = [],
): unknown {
  if (typeof value === 'string') return change(value, path)
  if (Array.isArray(value)) return value.map((it, n) => mapped(it, change, [...path, String(n)]))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, it]) => [name, mapped(it, change, [...path, name])]),
  )
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (it, name) =>
      typeof it === 'object' && it !== null && Object.hasOwn(it, name) ? (it as Context)[name] : undefined,
    value,
  )
}

interface Schema {
  writeOnly?: boolean
  properties?: Record<string, Schema>
  additionalProperties?: Schema | boolean
  items?: Schema
  anyOf?: Schema[]
  allOf?: Schema[]
  oneOf?: Schema[]
}

const alternatives = (it: Schema): Schema[] => [
  it,
  ...[...(it.anyOf ?? []), ...(it.allOf ?? []), ...(it.oneOf ?? [])].flatMap(alternatives),
]
const below = (schemas: Schema[], name: string): Schema[] =>
  schemas.flatMap(alternatives).flatMap(({ properties, additionalProperties: others }) => {
    if (properties && Object.hasOwn(properties, name)) return [properties[name] as Schema]
    return typeof others === 'object' ? [others] : []
  })
const itemsOf = (schemas: Schema[]) => schemas.flatMap(alternatives).flatMap((it) => it.items ?? [])

/** A task for another agent, as a batch lists them. */
const taskOf = (value: object): string | null => {
  const { agentId } = value as Context
  return typeof agentId === 'string' ? agentId : null
}

function* agentsNamedIn(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return
  const agentId = taskOf(value)
  if (agentId !== null) yield agentId
  for (const it of Object.values(value)) yield* agentsNamedIn(it)
}

/** The paths of texts that are secret, their names joined by NUL. */
function secretsIn(context: Context, own: Schema[], all: ReadonlyMap<string, Schema>): Set<string> {
  const found = new Set<string>()
  function walk(value: unknown, schemas: Schema[], path: readonly string[]): void {
    if (typeof value === 'string' && isSecret(schemas)) found.add(path.join('\0'))
    if (typeof value !== 'object' || value === null) return
    for (const [name, it] of Object.entries(value))
      walk(it, inside(value, name, schemas, all), [...path, name])
  }
  walk(context, own, [])
  return found
}

const isSecret = (schemas: Schema[]) => schemas.flatMap(alternatives).some((it) => it.writeOnly)

/** The schemas of what stands under a name; the context of another agent's task has that agent's. */
function inside(value: object, name: string, schemas: Schema[], all: ReadonlyMap<string, Schema>): Schema[] {
  const agentId = taskOf(value)
  if (agentId !== null && name === 'context') return [all.get(agentId) ?? {}]
  return Array.isArray(value) ? itemsOf(schemas) : below(schemas, name)
}
