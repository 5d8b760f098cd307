/**
 * The JSON Schemas that people give an agent, for what goes in and what comes out.
 *
 * Promise: judging by one is quick, whatever it says and whatever is judged: it is small, and holds no pattern and no
 * reference, by either of which a few characters could keep the server busy for minutes.
 */
import { z } from 'zod'

export type JsonSchema = Record<string, unknown>

const DEEPEST = 20
const MOST_NODES = 300
const REFUSED = new Set([
  'pattern',
  'patternProperties',
  '$ref',
  '$dynamicRef',
  '$recursiveRef',
  'uniqueItems',
])

/** What is wrong with it, as a sentence without its subject; or null. */
export function schemaFault(schema: JsonSchema): string | null {
  return shapeFault(schema) ?? readFault(schema)
}

/** Iterative: one that is ten thousand levels deep must not overflow the stack. */
function shapeFault(schema: JsonSchema): string | null {
  const stack: { value: unknown; depth: number; named: boolean }[] = [
    { value: schema, depth: 0, named: false },
  ]
  let nodes = 0
  for (let item = stack.pop(); item; item = stack.pop()) {
    const { value, depth, named } = item
    if (typeof value !== 'object' || value === null) continue
    if (depth > DEEPEST) return `is nested deeper than ${DEEPEST} levels`
    if (++nodes > MOST_NODES) return `has more than ${MOST_NODES} parts`
    for (const [key, it] of Object.entries(value)) {
      // Below `properties` the names are the context's own.
      if (!named && REFUSED.has(key)) return `uses "${key}", which is not taken here: leave it out`
      stack.push({ value: it, depth: depth + 1, named: !named && key === 'properties' })
    }
  }
  return null
}

function readFault(schema: JsonSchema): string | null {
  try {
    z.fromJSONSchema(schema)
    return null
  } catch (error) {
    return `is no JSON Schema that can be read: ${(error as Error).message.slice(0, 300)}`
  }
}

/** What a context may be; a schema that names no fields, or that plain SQL has spoilt, takes any object. */
export const contextOf = (input: JsonSchema): z.ZodType<Record<string, unknown>> =>
  input.properties && schemaFault(input) === null
    ? (z.fromJSONSchema(input) as z.ZodType<Record<string, unknown>>)
    : z.record(z.string(), z.unknown())

const MASK = '•••'

/** The value with a mask where the schema marks it `writeOnly`: what a model is told leaves the house. */
export function withoutSecrets(schema: unknown, value: unknown): unknown {
  const { writeOnly, properties, items, additionalProperties, ...rest } = partsOf(schema)
  if (writeOnly === true && value !== undefined) return MASK
  const alternatives = ['anyOf', 'oneOf', 'allOf'].flatMap(
    (name) => (rest[name] as unknown[] | undefined) ?? [],
  )
  const here = alternatives.reduce((it, one) => withoutSecrets(one, it), value)
  if (Array.isArray(here)) return here.map((it) => withoutSecrets(items, it))
  if (typeof here !== 'object' || here === null) return here
  return Object.fromEntries(
    Object.entries(here).map(([name, it]) => [
      name,
      withoutSecrets(partsOf(properties)[name] ?? additionalProperties, it),
    ]),
  )
}

const partsOf = (it: unknown): Record<string, unknown> =>
  typeof it === 'object' && it !== null ? (it as Record<string, unknown>) : {}
