/**
 * A context to show an agent by, before anybody has given it one: what its schema says by default, and where it says
 * nothing a value in angle brackets that no reader takes for a fact.
 */

type Context = Record<string, unknown>
interface Schema {
  type?: unknown
  properties?: Record<string, Schema>
  items?: Schema
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
  enum?: unknown[]
  const?: unknown
  default?: unknown
  examples?: unknown[]
  format?: string
  writeOnly?: boolean
  minLength?: number
  maxLength?: number
  minimum?: number
  exclusiveMinimum?: number
  maximum?: number
  multipleOf?: number
  minItems?: number
}

const DEEPEST = 8
const LONGEST = 1000
const MOST_ITEMS = 20

/** Of a schema that names no fields: those that the instructions speak of. */
export function exampleContext(input: Context, instructions: string): Context {
  const named = objectOf(input as Schema, 0)
  if (Object.keys(named).length > 0) return named
  const fields = [...instructions.matchAll(/\{\{\s*context\.([\w-]+)\s*\}\}/g)].map(([, name = '']) => name)
  return Object.fromEntries(fields.map((name) => [name, `<${name}>`]))
}

const objectOf = ({ properties, allOf = [] }: Schema, depth: number): Context =>
  Object.fromEntries([
    ...listOf(allOf).flatMap((it) => Object.entries(objectOf(it, depth + 1))),
    ...Object.entries(isRecord(properties) ? properties : {}).map(([name, it]) => [
      name,
      exampleOf(it, name, depth + 1),
    ]),
  ])

function exampleOf(schema: Schema, name: string, depth: number): unknown {
  if (!isRecord(schema) || depth > DEEPEST) return null
  // Whatever it is, it is not to be read here.
  if (schema.writeOnly && kindOf(schema) === 'string') return '•'.repeat(lengthIn(schema, 3))
  const [said] = [schema.default, schema.const, ...listOf(schema.examples), ...listOf(schema.enum)].filter(
    (it) => it !== undefined,
  )
  if (said !== undefined) return said
  const alternatives = [...listOf(schema.anyOf), ...listOf(schema.oneOf)]
  const chosen = alternatives.find((it) => isRecord(it) && it.type !== 'null')
  return chosen ? exampleOf(chosen, name, depth + 1) : ofKind(schema, name, depth)
}

function ofKind(schema: Schema, name: string, depth: number): unknown {
  switch (kindOf(schema)) {
    case 'object':
      return objectOf(schema, depth)
    case 'array':
      return Array.from({ length: clamp(schema.minItems ?? 1, 0, MOST_ITEMS) }, () =>
        exampleOf(schema.items ?? {}, name, depth + 1),
      )
    case 'number':
    case 'integer':
      return numberOf(schema)
    case 'boolean':
      return true
    case 'null':
      return null
    default:
      return textOf(schema, name)
  }
}

const kindOf = ({ type, properties, allOf }: Schema): unknown =>
  (Array.isArray(type) ? type.find((it) => it !== 'null') : type) ??
  (properties || allOf ? 'object' : 'string')

function numberOf({ minimum, exclusiveMinimum, maximum, multipleOf = 1 }: Schema): number {
  const least = minimum ?? (exclusiveMinimum === undefined ? 1 : exclusiveMinimum + multipleOf)
  const step = multipleOf > 0 ? multipleOf : 1
  return Math.min(Math.ceil(least / step) * step, maximum ?? Number.POSITIVE_INFINITY)
}

const FORMATS: Record<string, string> = {
  date: '2026-01-15',
  time: '09:00:00',
  'date-time': '2026-01-15T09:00:00Z',
  email: 'somebody@example.com',
  uri: 'https://example.com/',
  url: 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000000',
}
function textOf(schema: Schema, name: string): string {
  const known = FORMATS[schema.format ?? '']
  if (known) return known
  const text = `<${name}>`
  const length = lengthIn(schema, text.length)
  return text.padEnd(length, '.').slice(0, length)
}
const lengthIn = ({ minLength = 0, maxLength = LONGEST }: Schema, usual: number) =>
  clamp(usual, Math.min(minLength, LONGEST), maxLength)

const clamp = (it: number, least: number, most: number) => Math.max(least, Math.min(it, most))
const isRecord = (it: unknown): it is Record<string, never> =>
  typeof it === 'object' && it !== null && !Array.isArray(it)
const listOf = <Item>(it: Item[] | undefined): Item[] => (Array.isArray(it) ? it : [])
