/** History on SQLite, which takes the first bound of an instant that it finds for the one to walk the index from. */
import { SQLiteSyncDialect } from 'drizzle-orm/sqlite-core'
import { expect, test, vi } from 'vitest'
import { phrases } from '../sqlite/index.ts'

// Of this room alone, whatever other tests beside this one have brought in.
vi.resetModules()
const { statements } = await import('../statement.ts')
await import('./executions.ts')

const pages = statements
  .map(({ render }) => new SQLiteSyncDialect({ casing: 'snake_case' }).sqlToQuery(render(phrases)).sql)
  .filter((text) => text.includes('order by "e"."queued_at" desc'))

test('a page is walked to from its place: nothing else bounds the instant', () => {
  expect(pages).toHaveLength(11)
  for (const text of pages) {
    expect(text).toContain('("e"."queued_at", "e"."id") < (?, ?)')
    expect(text).not.toMatch(/"queued_at" [<>]/)
  }
})
