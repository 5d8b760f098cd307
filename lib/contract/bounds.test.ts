/** Whatever somebody may send is bounded: a list has a greatest length, a text too. */
import { expect, test } from 'vitest'
import { z } from 'zod'
import { api, type Endpoint } from './api.ts'

interface Node {
  type?: string
  maxItems?: number
  maxLength?: number
  enum?: unknown[]
  const?: unknown
  format?: string
  pattern?: string
  items?: Node
  properties?: Record<string, Node>
  anyOf?: Node[]
  allOf?: Node[]
  oneOf?: Node[]
}

const isBounded = (it: Node) =>
  it.maxLength !== undefined || it.enum || it.const !== undefined || it.format || it.pattern

/** Where a list or a text has no end. */
function unbounded(it: Node, path: string): string[] {
  const own =
    (it.type === 'array' && it.maxItems === undefined) || (it.type === 'string' && !isBounded(it))
      ? [path]
      : []
  const inner = [
    ...Object.entries(it.properties ?? {}),
    ...[...(it.anyOf ?? []), ...(it.allOf ?? []), ...(it.oneOf ?? [])].map(
      (one, n) => [String(n), one] as const,
    ),
    ...(it.items ? ([['[]', it.items]] as const) : []),
  ]
  return [...own, ...inner.flatMap(([name, one]) => unbounded(one, `${path}.${name}`))]
}

const asked = Object.entries(api as Record<string, Endpoint>).flatMap(([name, { query, body, params }]) =>
  Object.entries({ query, body, params }).flatMap(([part, schema]) =>
    schema ? [[`${name} ${part}`, schema] as const] : [],
  ),
)

test.each(asked)('%s is bounded', (name, schema) => {
  const node = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Node
  expect(unbounded(node, name)).toEqual([])
})

test('a status that is asked for twice is looked for once, and a long list of them is refused', () => {
  const query = api.listExecutions.query as z.ZodType<{ status?: string[] }>
  expect(query.parse({ status: 'success,failed,success' }).status).toEqual(['success', 'failed'])
  expect(query.safeParse({ status: 'success,'.repeat(1_900) }).success).toBe(false)
})
