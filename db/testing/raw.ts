/**
 * A text of a test as a statement: it answers whatever rows it is said to. A constant of its module, or of
 * its test.
 */
import type { SQL } from 'drizzle-orm'
import { type Statement, statement, statements } from '../statement.ts'

export function raw<Row = Record<string, unknown>>(text: SQL): Statement<Row> {
  const it = statement({ text: () => text })() as Statement<Row>
  // It is none of the product's, which a test beside this one may look at all together.
  statements.splice(statements.indexOf(it[0]), 1)
  return it
}
