/**
 * A text of a test as a statement: it answers whatever rows it is said to. A constant of its module, or of
 * its test.
 */
import type { SQL } from 'drizzle-orm'
import { type Statement, statement } from '../statement.ts'

export function raw<Row = Record<string, unknown>>(text: SQL): Statement<Row> {
  return statement({ text: () => text })() as Statement<Row>
}
