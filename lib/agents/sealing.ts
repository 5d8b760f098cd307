/**
 * What a context holds in confidence: fields that an agent's schema marks `writeOnly`.
 *
 * Promise: they are sealed when they are written and opened only where an agent runs, or is judged; every answer
 * has a mask in their place, and a mask that comes back means the value that is there. What was sealed in one
 * workspace does not open in another. In place of a value such a field takes the name of a secret.
 */
import { z } from 'zod'
import { unacceptable } from '../contract/problem.ts'
import type { AgentCatalogue, AgentRef } from './catalogue.ts'
import { type Box, isSealed, MASK, mapped, masked, opened, refIn, refTo, SEALED, sealed } from './sealed.ts'
import { isRef, type Secrets } from './secrets.ts'

type Context = Record<string, unknown>

export interface Sealing {
  /**
   * As it is kept. `before`: what was kept until now, for masks.
   * @throws ProblemError 422 for a mask that stands for nothing, and for a text that pretends to be sealed.
   */
  seal(workspaceId: number, agent: AgentRef, context: Context, before?: Context): Promise<Context>
  /**
   * What is kept, as the agent gets it: opened where its schema takes a secret, masked where it does not.
   * @throws ProblemError 422 where another key has sealed it, and for a secret that is not there.
   */
  open(workspaceId: number, agent: AgentRef, kept: Context): Promise<Context>
  /** Of each secret that is named there its value; null where there is none that could be opened. */
  secretsOf(workspaceId: number, kept: Context): Promise<Map<string, string | null>>
  /** All that is kept there in confidence, as far as it can be opened: what nobody is to read in what a run says. */
  confidentialIn(workspaceId: number, kept: Context): Promise<string[]>
}

export function createSealing(
  catalogue: Pick<AgentCatalogue, 'find'>,
  box: Box,
  secrets: Pick<Secrets, 'open'>,
): Sealing {
  const placeOf = (workspaceId: number) => `context of workspace ${workspaceId}`

  const known = (workspaceId: number, kept: Context) => {
    const names = new Set<string>()
    mapped(kept, (text) => {
      const name = refIn(text)
      if (name !== null) names.add(name)
    })
    return secrets.open(workspaceId, [...names])
  }

  async function placesIn(workspaceId: number, agent: AgentRef, context: Context) {
    const schemas = await schemasFor(workspaceId, agent, context)
    const secrets = secretsIn(context, [schemas.get(agent.agentId) ?? {}], schemas)
    return (path: readonly string[]) => secrets.has(path.join('\0'))
  }

  async function open(workspaceId: number, agent: AgentRef, kept: Context): Promise<Context> {
    if (!holdsKept(kept)) return kept
    const [isSecretAt, values] = await Promise.all([
      placesIn(workspaceId, agent, kept),
      known(workspaceId, kept),
    ])
    return mapped(kept, (text, path) => {
      if (!isSecretAt(path)) return masked(text)
      const name = refIn(text)
      const plain = name === null ? opened(box, text, placeOf(workspaceId)) : values.get(name)
      if (typeof plain !== 'string') throw name === null ? cannotBeOpened(path) : isMissing(name, path)
      return plain
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
    secretsOf: known,
    async confidentialIn(workspaceId, kept) {
      const found: (string | null)[] = [...(await known(workspaceId, kept)).values()]
      mapped(kept, (text) => {
        if (isSealed(text)) found.push(opened(box, text, placeOf(workspaceId)))
      })
      return found.filter((it) => it !== null)
    },
    async seal(workspaceId, agent, given, before = {}) {
      const isSecretAt = await placesIn(workspaceId, agent, given)
      const context = mapped(given, (text, path) => {
        if (!isKept(text)) return text
        if (text !== at(before, path)) throw pretends(path)
        // Of an agent that takes no secret there: it is not told what another one was.
        return isSecretAt(path) ? text : masked(text)
      })
      const close = (text: string) => (isKept(text) ? text : sealed(box, text, placeOf(workspaceId)))
      return mapped(withRefs(context, isSecretAt), (text, path) => {
        if (!isSecretAt(path)) return text
        if (text !== MASK) return close(text)
        if (isOfShorterList(given, before, path)) throw isAmbiguous(path)
        if (goesElsewhere(given, before, path)) throw isForAnother(path)
        return close(meant(at(before, path), path))
      }) as Context
    },
  }
}

/** Fields that say to whom a secret beside or below them is handed. */
const RECEIVERS = ['host', 'user']

/** A secret goes to whom it was entered for: whoever names another one beside it must know it. */
function goesElsewhere(given: Context, before: Context, path: readonly string[]): boolean {
  return path.some((_, depth) => {
    const above = path.slice(0, depth)
    return RECEIVERS.some((name) => {
      const [now, then] = [at(given, [...above, name]), at(before, [...above, name])]
      return now !== MASK && JSON.stringify(now) !== JSON.stringify(then)
    })
  })
}

/** In confidence: sealed, or by the name of a secret. */
const isKept = (text: string) => isSealed(text) || refIn(text) !== null
const holdsKept = (value: unknown): boolean =>
  typeof value === 'string'
    ? isKept(value)
    : typeof value === 'object' && value !== null && Object.values(value).some(holdsKept)

/** Where a secret is taken, one that is named is its name as a text. */
function withRefs(
  value: unknown,
  isSecretAt: (path: readonly string[]) => boolean,
  path: readonly string[] = [],
): unknown {
  if (isRef(value) && isSecretAt(path)) return refTo(value.secret)
  if (Array.isArray(value)) return value.map((it, n) => withRefs(it, isSecretAt, [...path, String(n)]))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, it]) => [name, withRefs(it, isSecretAt, [...path, name])]),
  )
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

/** Which of a list a mask stands for is known by its place, which is another where one before it was taken out. */
const isOfShorterList = (given: Context, before: Context, path: readonly string[]): boolean =>
  path.some((_, n) => {
    const [now, then] = [at(given, path.slice(0, n)), at(before, path.slice(0, n))]
    return Array.isArray(now) && Array.isArray(then) && now.length < then.length
  })

const fault = (path: readonly string[], message: string) =>
  unacceptable([{ path: ['context', ...path].join('.'), message }])
const pretends = (path: readonly string[]) => fault(path, `must not begin with "${SEALED}" or "${refTo('')}"`)
const isMissing = (name: string, path: readonly string[]) =>
  fault(path, `names the secret ${name}, which is not there. Enter it in the settings, under Secrets`)
const cannotBeOpened = (path: readonly string[]) =>
  fault(
    path,
    'is a secret that this server cannot open: its SIG_KEY or SIG_SALT is another than when it was saved. Enter it again.',
  )
const isAmbiguous = (path: readonly string[]) =>
  fault(path, `is "${MASK}" in a list that has become shorter, so nobody knows which it was: enter it again`)
const isForAnother = (path: readonly string[]) =>
  fault(path, `is "${MASK}", and what it is handed to is another now: enter it again`)
const standsForNothing = (path: readonly string[]) =>
  fault(path, `is "${MASK}", which stands for a secret that is kept: there is none here, enter it`)

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
    if ((typeof value === 'string' || isRef(value)) && isSecret(schemas)) found.add(path.join('\0'))
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
