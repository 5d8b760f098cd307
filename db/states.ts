/**
 * The states of an execution as fragments of SQL.
 *
 * Always in words, never as bound values: a partial index serves only a query that repeats its condition.
 */
import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { READ_SOURCES } from '#lib/contract/readiness.ts'
import { ENDED, HOLDS_SLOT, LIVE, type Status } from '#lib/contract/states.ts'

/** A status in a text, so that a misspelt one does not compile. */
export const status = (it: Status): SQL => sql.raw(`'${it}'`)

/** The column stands at one of these. */
export const isOneOf = (column: SQLWrapper, statuses: readonly Status[]): SQL =>
  sql`${column} in (${sql.join(statuses.map(status), sql`, `)})`

/** It has not ended: the condition of the index `executions_live`. */
export const isLive = (column: SQLWrapper): SQL => isOneOf(column, LIVE)
export const isEnded = (column: SQLWrapper): SQL => isOneOf(column, ENDED)

/** What overlap counts as the run before: it has its trigger's slot, or is in line for it. */
export const occupies = (it: { status: SQLWrapper; slot: SQLWrapper }): SQL =>
  sql`${isLive(it.status)} and (${isOneOf(it.status, HOLDS_SLOT)} or ${it.slot} is not null)`

/**
 * Of its trigger: what it needs may not be there, or costs something, or something must hold; it is looked at before
 * it is taken.
 */
export const isAdmittedFirst = ({
  agentType,
  agentId,
  onlyIf,
}: Record<'agentType' | 'agentId' | 'onlyIf', SQLWrapper>): SQL =>
  sql`(${onlyIf} is not null or ${agentType} in ('custom', 'imported') or (${agentType} = 'system' and ${agentId} in (${SOURCES})))`
const SOURCES = sql.join(
  READ_SOURCES.map((it) => sql.raw(`'${it}'`)),
  sql`, `,
)

/** Asked for by a person, for instants long past: such runs go one after another and cost no planned one its turn. */
export const isBackfilled = ({ kind }: { kind: SQLWrapper }): SQL => sql`${kind} = 'backfill'`

/** How late the clock's own runs began: what a person started is not late, whatever instant it stands for. */
export const lateness = ({ kind, latenessMs }: Record<'kind' | 'latenessMs', SQLWrapper>): SQL =>
  sql`case when ${kind} not in ('manual', 'backfill', 'retry') then ${latenessMs} end`

/** The slot that an execution has or waits for. */
export const laneOf = ({ lane, triggerId }: Record<'lane' | 'triggerId', SQLWrapper>): SQL =>
  sql`coalesce(${lane}, ${triggerId})`
