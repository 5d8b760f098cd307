/** What transactions say of executions that may be taken, and say before they take any. */
import { sql } from 'drizzle-orm'
import { status } from '../states.ts'
import { alias, as, name, statement, t } from '../statement.ts'

const e = alias(t.executions, 'e')

/**
 * How a transaction says which of the executions it made or changed may be taken, and from when on: the answer
 * of its statement.
 */
export const takeable = {
  takeable: as(
    'int?',
    sql`case when ${name(e.status)} = ${status('queued')} and not ${name(e.held)} then ${name(e.id)} end`,
  ),
  availableAt: e.availableAt,
}

/** Whoever claims, or counts what runs in order to claim, says this first. */
export const lockClaims = statement({ text: ({ lockClaims }) => lockClaims })
