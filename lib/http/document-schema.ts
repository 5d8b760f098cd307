/** The JSON Schema of a document: what the API takes of each kind, with keys in the place of ids. */
import { z } from 'zod'
import { LISTS, type ListName, REFERENCES } from '#lib/contract/exchange.ts'
import { KINDS } from '#lib/verbs/exchange/kinds.ts'

export const DOCUMENT_NAME = 'ExportDocument'

interface Schema {
  [keyword: string]: unknown
  properties?: Record<string, Schema>
  items?: Schema
  required?: string[]
}

const KEY: Schema = { type: 'string', description: 'The key of what is meant.' }

export function documentSchema() {
  const lists = LISTS.map((list) => [list, { type: 'array', items: itemOf(list) }])
  return {
    type: 'object',
    description: 'What a workspace is set to, as it is exported and imported.',
    required: ['version'],
    additionalProperties: false,
    properties: { version: { const: 1 }, ...Object.fromEntries(lists) },
  }
}

function itemOf(list: ListName): Schema {
  const { $schema: _, ...drawn } = z.toJSONSchema(KINDS[list].schema, { io: 'input', unrepresentable: 'any' })
  const text = JSON.stringify(drawn).replaceAll(
    '"#/$defs/',
    `"#/components/schemas/${DOCUMENT_NAME}/properties/${list}/items/$defs/`,
  )
  const item = JSON.parse(text) as Schema
  for (const { path } of REFERENCES[list])
    for (const at of placesOf(item, path.slice(0, -1))) nameIn(at, path.at(-1))
  for (const it of alternatives(item))
    if (it.properties) it.required = [...new Set(['key', ...(it.required ?? [])])]
  return item
}

function nameIn(at: Schema, last: string | undefined): void {
  if (last === '*' && at.items) at.items = KEY
  else if (last !== undefined && at.properties?.[last]) at.properties[last] = KEY
}

const alternatives = (it: Schema): Schema[] => [
  it,
  ...['anyOf', 'oneOf', 'allOf'].flatMap((word) =>
    Array.isArray(it[word]) ? (it[word] as Schema[]).flatMap(alternatives) : [],
  ),
]
/** Wherever a path leads, whichever alternative it takes. */
function placesOf(from: Schema, [name, ...rest]: readonly string[]): Schema[] {
  const here = alternatives(from)
  if (name === undefined) return here
  const next = here.flatMap((it) => (name === '*' ? it.items : it.properties?.[name]) ?? [])
  return next.flatMap((it) => placesOf(it as Schema, rest))
}
