/**
 * What a newer version of a template changes of a trigger that an older one made. Pure.
 *
 * Promise: a field that people have changed since is theirs, and is told beside the others; secrets are masks on
 * every side, so that none is kept here, compared or lost.
 */
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { MASK } from '../agents/sealed.ts'
import type { TemplateUpdate } from '../contract/template.ts'
import type { NewTrigger, TriggerChange } from '../contract/trigger.ts'
import type { TemplateDefinition } from '../templates/template.ts'

type Values = Record<string, unknown>

/** What a trigger keeps of its beginning. */
export interface Origin {
  template: string
  version: number
  /** What was filled in. */
  input: Values
  /** What that made. */
  made: Values
}

interface Schema {
  writeOnly?: boolean
  properties?: Record<string, Schema>
}

/** With a mask for each secret that is there. */
export const maskedInput = (schema: z.ZodType, input: Values): Values =>
  withMasks(z.toJSONSchema(schema, { io: 'input' }) as Schema, input) as Values

function withMasks(schema: Schema, value: unknown): unknown {
  if (schema.writeOnly && value !== undefined) return MASK
  const { properties } = schema
  if (!properties || typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, it]) => [name, withMasks(properties[name] ?? {}, it)]),
  )
}

/** Whether it runs is nobody's but people's. */
export function madeOf({ enabled: _, ...made }: NewTrigger): Values {
  return JSON.parse(JSON.stringify(made)) as Values
}

export const originOf = ({ id, version }: TemplateDefinition, input: Values, made: NewTrigger): Origin => ({
  template: id,
  version,
  input,
  made: madeOf(made),
})

type Changes = Pick<TemplateUpdate, 'changes' | 'kept'>

/** `base`: as it was made; `mine`: as it is; `next`: as the newer version makes it. */
export function changesBetween(base: Values, mine: Values, next: Values): Changes {
  const [was, is, will] = [fieldsOf(base), fieldsOf(mine), fieldsOf(next)]
  const found: Changes = { changes: [], kept: [] }
  for (const path of new Set([...was.keys(), ...will.keys()])) {
    const [from, to] = [is.get(path), will.get(path)]
    if (isDeepStrictEqual(was.get(path), to) || isDeepStrictEqual(from, to)) continue
    const place = isDeepStrictEqual(from, was.get(path)) ? found.changes : found.kept
    place.push({ path, from: from ?? null, to: to ?? null })
  }
  return found
}

const IN_CONTEXT = 'context.'

/** The fields of a context are fields of their own: two may change one each. */
function fieldsOf({ context = {}, ...settings }: Values): Map<string, unknown> {
  const inner = Object.entries(context as Values).map(([name, it]) => [IN_CONTEXT + name, it] as const)
  return new Map([...Object.entries(settings), ...inner])
}

/** The edit that makes them, of the trigger as it is. */
export function changeOf(changes: Changes['changes'], mine: Values): TriggerChange {
  const context = { ...(mine.context as Values) }
  const body: Values = {}
  for (const { path, to } of changes) {
    if (!path.startsWith(IN_CONTEXT)) body[path] = to
    else if (to === null) delete context[path.slice(IN_CONTEXT.length)]
    else context[path.slice(IN_CONTEXT.length)] = to
  }
  const inContext = changes.some(({ path }) => path.startsWith(IN_CONTEXT))
  return { ...body, ...(inContext && { context }) } as TriggerChange
}
