/**
 * What may be spent, what was, and what is set aside for runs that go on.
 *
 * Promise: a share is set aside under the claims' lock, by a statement that looks at all that the statement before it
 * has done: runs side by side, on however many servers, never have more set aside than a budget holds.
 */
import { asc, eq, isNull, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import type { NewBudget, NewSharedBudget } from '#lib/contract/budget.ts'
import { isAdmittedFirst, status } from '../states.ts'
import { alias, as, insert, oneOf, type RowsOf, set, statement, t, table } from '../statement.ts'
import type { Phrases, Store } from '../store.ts'
import { lockClaims } from './takeable.ts'
import { type News, newsOf, oweNews, sayOnce } from './notices.ts'

const e = alias(t.executions, 'e')
const x = alias(t.executions, 'x')
const w = alias(t.workspaces, 'w')
const tr = alias(t.triggers, 't')
const a = alias(t.approvals, 'a')
const bn = alias(t.budgetNotices, 'bn')

export type BudgetRow = Store['t']['budgets']['$inferSelect']

/** Of a workspace, or (null) of all together; those of all workspaces where nothing is named. */
export const list = ({ q, t: { budgets: it } }: Store, owner?: number | null): Promise<BudgetRow[]> =>
  q
    .select()
    .from(it)
    .where(
      owner === undefined ? undefined : owner === null ? isNull(it.workspaceId) : eq(it.workspaceId, owner),
    )
    .orderBy(asc(it.id))

const { budgets } = t
const before = alias(budgets, 'before')
const b = alias(budgets, 'b')
/** Of the same thing and period there may be several: the first is written over the first, and so on. */
const wantedRow = {
  ord: 'int',
  nth: 'int',
  scope: budgets.scope,
  scopeId: 'text?',
  period: budgets.period,
  tokens: 'int?',
  cost: 'real?',
  warnAt: 'real',
  over: budgets.over,
} as const
type Wanted = Readonly<Record<keyof typeof wantedRow, SQL>>
/** The owner's list as it is, numbered in the same way. */
const numbered = (owner: SQL) => sql`(
  select ${before.id}, ${before.scope}, ${before.scopeId}, ${before.period},
    row_number() over (partition by ${before.scope}, ${before.scopeId}, ${before.period} order by ${before.id}) as nth
  from ${table(before)} where ${before.workspaceId} is not distinct from ${owner}) b`
const isSame = (row: Wanted) => sql`
  ${b.scope} = ${row.scope} and ${b.scopeId} is not distinct from ${row.scopeId} and ${b.period} = ${row.period}
  and b.nth = ${row.nth}`

const dropOthers = statement({
  values: { owner: 'int?' },
  rows: wantedRow,
  text: ({ page, row, values: { owner } }) => sql`
  delete from ${budgets} where ${budgets.id} in (
    select ${b.id} from ${numbered(owner)} where not exists (select 1 from ${page} where ${isSame(row)}))`,
})
const writeOver = statement({
  values: { owner: 'int?' },
  rows: wantedRow,
  text: ({ page, row, values: { owner } }) => sql`
  update ${budgets} ${set(budgets, { tokens: row.tokens, cost: row.cost, warnAt: row.warnAt, over: row.over })}
  from ${page}, ${numbered(owner)} where ${budgets.id} = ${b.id} and ${isSame(row)}`,
})
const addNew = statement({
  values: { owner: 'int?', now: 'instant' },
  rows: wantedRow,
  text: ({ page, row, values: { owner, now } }) => sql`
  ${insert(budgets, {
    workspaceId: owner,
    scope: row.scope,
    scopeId: row.scopeId,
    period: row.period,
    tokens: row.tokens,
    cost: row.cost,
    warnAt: row.warnAt,
    over: row.over,
    createdAt: now,
  })}
  from ${page} where not exists (select 1 from ${numbered(owner)} where ${isSame(row)})
  order by ${row.ord}`,
})

/**
 * The whole list in one go. What is there already of the same thing and period keeps its id, and with it what was told
 * of it. Under the claims' lock: of two at once one list is left, and no share is set aside by half of one.
 */
export async function replace(
  store: Store,
  owner: number | null,
  wanted: (NewBudget | NewSharedBudget)[],
  now: Date,
): Promise<void> {
  const seen = new Map<string, number>()
  const rows = wanted.map(({ scopeId, ...it }, ord) => {
    const key = `${it.scope} ${scopeId} ${it.period}`
    const nth = (seen.get(key) ?? 0) + 1
    seen.set(key, nth)
    return { ...it, ord, nth, scopeId: scopeId === null ? null : String(scopeId) }
  })
  await store.atomically([
    lockClaims(),
    dropOthers({ owner, rows }),
    writeOver({ owner, rows }),
    addNew({ owner, now, rows }),
  ])
}

/** A budget as it bears on a run: whose runs count, since when, and how much they may use. */
const bearing = {
  workspaceId: 'int?',
  agentId: 'text?',
  triggerId: 'int?',
  since: 'instant',
  tokens: 'int?',
  cost: 'real?',
} as const
type Bearing = Readonly<Record<keyof typeof bearing, SQL>>
export interface BudgetOfRun {
  workspaceId: number | null
  agentId: string | null
  triggerId: number | null
  since: Date
  tokens: number | null
  cost: number | null
}

const counts = (
  row: Bearing,
  it: { workspaceId: SQLWrapper; agentId: SQLWrapper; triggerId: SQLWrapper },
) => sql`
  (${row.workspaceId} is null or ${it.workspaceId} = ${row.workspaceId})
  and (${row.agentId} is null or ${it.agentId} = ${row.agentId})
  and (${row.triggerId} is null or ${it.triggerId} = ${row.triggerId})`

/** Of runs that have ended in the period, or wait. The condition is that of the index `executions_asked`. */
const used = (row: Bearing, what: SQLWrapper) => sql`(
  select coalesce(sum(${what}), 0) from ${table(w)} join ${table(x)} on ${x.workspaceId} = ${w.id}
    and ${x.model} is not null and ${x.queuedAt} >= ${row.since} and ${x.reservedTokens} is null
  where ${counts(row, x)})`
/** Of runs that go on; `except` is asked about itself. */
const reserved = (row: Bearing, what: SQLWrapper, except: SQLWrapper) => sql`(
  select coalesce(sum(${what}), 0) from ${table(x)}
  where ${x.reservedTokens} is not null and ${x.id} <> ${except} and ${counts(row, x)})`
const largest = (greatest: Phrases['greatest']) => ({
  tokens: greatest(sql`${x.reservedTokens}`, sql`${x.tokensUsed}`),
  cost: greatest(sql`coalesce(${x.reservedCost}, 0)`, sql`${x.cost}`),
})

/** No budget of the page has less room than that. */
function fits(
  { page, row, greatest }: { page: SQL; row: Bearing; greatest: Phrases['greatest'] },
  need: { id: SQLWrapper; tokens: SQL; cost: SQL },
): SQL {
  const kept = largest(greatest)
  return sql`not exists (select 1 from ${page} where
    (${row.tokens} is not null
      and ${used(row, x.tokensUsed)} + ${reserved(row, kept.tokens, need.id)} + ${need.tokens} > ${row.tokens})
    or (${row.cost} is not null
      and ${used(row, x.cost)} + ${reserved(row, kept.cost, need.id)} + ${need.cost} > ${row.cost}))`
}

const waiting = statement({
  values: { workspaceId: 'int', now: 'instant', limit: 'int' },
  rows: 'int',
  answer: {
    id: e.id,
    workspaceId: e.workspaceId,
    timezone: w.timezone,
    triggerId: e.triggerId,
    triggerName: e.triggerName,
    agentId: e.agentId,
    agentType: tr.agentType,
    owner: e.owner,
    fence: e.fence,
    attempt: e.attempt,
    durationMs: e.durationMs,
    tokensUsed: e.tokensUsed,
    cost: e.cost,
    approvals: tr.approvals,
    unready: tr.unready,
    onlyIf: tr.onlyIf,
    requestedBy: e.requestedBy,
    occurrence: e.occurrence,
    context: as('text', sql`coalesce(${e.context}, ${tr.context})`),
    decided: oneOf<'pending' | 'approved' | 'rejected' | 'expired' | null>(sql`(
      select ${a.status} from ${table(a)} where ${a.executionId} = ${e.id} and ${a.place} = 'budget')`),
  },
  text: ({ answer, page, row, values: { workspaceId, now, limit } }) => sql`
  select ${answer} from ${table(e)}
    join ${table(w)} on ${w.id} = ${e.workspaceId} join ${table(tr)} on ${tr.id} = ${e.triggerId}
  where ${e.workspaceId} = ${workspaceId} and ${e.status} = ${status('queued')} and not ${e.held} and ${e.availableAt} <= ${now}
    and ${e.reservedTokens} is null and ${isAdmittedFirst(tr)}
    and ${e.id} not in (select ${row} from ${page})
  order by ${e.rank}, ${e.id} limit ${limit}`,
})
export type Waiting = RowsOf<typeof waiting>
/** Runs that could be taken, and have nothing set aside yet; but for those. */
export const unadmitted = (
  store: Store,
  which: { workspaceId: number; now: Date; limit: number },
  except: number[],
) => store.all(waiting({ ...which, rows: except }))

/**
 * Whose a run in the queue is that has its share: whoever saw it before that, and would turn it away, is refused by
 * the guard of all that is written.
 */
const ADMITTED = sql`'admitted'`

const admitOne = statement({
  values: { id: 'int', tokens: 'int', cost: 'real', beyond: 'flag' },
  rows: bearing,
  answer: { id: e.id },
  text: ({ page, row, greatest, returning, values: { id, tokens, cost, beyond } }) => sql`
  update ${table(e)} ${set(e, {
    owner: ADMITTED,
    reservedTokens: tokens,
    reservedCost: cost,
    beyondBudget: beyond,
  })}
  where ${e.id} = ${id} and ${e.status} = ${status('queued')} and ${e.reservedTokens} is null
    and ${fits({ page, row, greatest }, { id, tokens, cost })}
  ${returning}`,
})
export interface Admission {
  id: number
  tokens: number
  cost: number
  /** A person has let it go beyond its budgets. */
  beyond: boolean
  budgets: BudgetOfRun[]
}
/** Sets aside what each needs, one after another; answers those for which there was room in all of their budgets. */
export async function admit(store: Store, wanted: Admission[]): Promise<Set<number>> {
  const [, ...admitted] = await store.atomically([
    lockClaims(),
    ...wanted.map(({ budgets, ...it }) => admitOne({ ...it, rows: budgets })),
  ])
  return new Set(admitted.flat().map((it) => it.id))
}

const raise = statement({
  values: { id: 'int', fence: 'int', tokens: 'int', cost: 'real' },
  rows: bearing,
  answer: { id: e.id },
  text: ({ page, row, greatest, returning, values: { id, fence, tokens, cost } }) => sql`
  update ${table(e)} ${set(e, {
    reservedTokens: greatest(sql`coalesce(${e.reservedTokens}, 0)`, tokens),
    reservedCost: greatest(sql`coalesce(${e.reservedCost}, 0)`, cost),
  })}
  where ${e.id} = ${id} and ${e.fence} = ${fence} and ${e.status} = ${status('running')}
    and (${e.beyondBudget} or ${fits({ page, row, greatest }, { id, tokens, cost })})
  ${returning}`,
})
/** Has so much set aside for a run in all: true where there is room for it. */
export async function afford(
  store: Store,
  { budgets, ...of }: { id: number; fence: number; tokens: number; cost: number; budgets: BudgetOfRun[] },
): Promise<boolean> {
  const [, raised] = await store.atomically([lockClaims(), raise({ ...of, rows: budgets })])
  return raised.length > 0
}

const standing = statement({
  values: { except: 'int' },
  rows: { ...bearing, ord: 'int' },
  answer: {
    ord: as('int', sql`ord`),
    usedTokens: as('int', sql`used_tokens`),
    usedCost: as('real', sql`used_cost`),
    reservedTokens: as('int', sql`reserved_tokens`),
    reservedCost: as('real', sql`reserved_cost`),
  },
  text: ({ page, row, answer, greatest, values: { except } }) => {
    const kept = largest(greatest)
    return sql`
  select ${answer} from (
    select ${row.ord} as ord, ${used(row, x.tokensUsed)} as used_tokens, ${used(row, x.cost)} as used_cost,
      ${reserved(row, kept.tokens, except)} as reserved_tokens, ${reserved(row, kept.cost, except)} as reserved_cost
    from ${page}) s order by s.ord`
  },
})
export type Standing = RowsOf<typeof standing>
/** How each stands, in their order; `except`: a run that is left out. */
export const standings = (store: Store, budgets: BudgetOfRun[], except = 0): Promise<Standing[]> =>
  budgets.length === 0
    ? Promise.resolve([])
    : store.all(standing({ except, rows: budgets.map((it, ord) => ({ ...it, ord })) }))

const recent = statement({
  values: { triggerId: 'int', revision: 'int' },
  answer: { tokens: e.tokensUsed, cost: e.cost },
  text: ({ answer, values: { triggerId, revision } }) => sql`
  select ${answer} from ${table(e)} where ${e.triggerId} = ${triggerId} and ${e.model} is not null
    and ${e.agentRevision} = ${revision} and ${e.completedAt} is not null
  order by ${e.queuedAt} desc, ${e.id} desc limit 20`,
})
/** What the last runs of a trigger with this revision of its agent used. */
export const recentOf = (store: Store, triggerId: number, revision: number) =>
  store.all(recent({ triggerId, revision }))

const once = { budgetId: 'int', period: 'instant', kind: 'text' } as const
const isNews = ({ budgetId, period, kind }: Record<keyof typeof once, SQL>) => sql`
  exists (select 1 from ${budgets} where ${budgets.id} = ${budgetId})
  and not exists (select 1 from ${table(bn)}
    where ${bn.budgetId} = ${budgetId} and ${bn.period} = ${period} and ${bn.kind} = ${kind})`
const news = newsOf(once, isNews)
const owe = oweNews(once, 'budget', isNews)
const note = statement({
  values: { ...once, now: 'instant' },
  answer: { budgetId: t.budgetNotices.budgetId },
  text: ({ returning, values: { budgetId, period, kind, now } }) => sql`
  ${insert(t.budgetNotices, { budgetId: budgets.id, period, kind, at: now })}
  from ${budgets} where ${budgets.id} = ${budgetId} on conflict do nothing ${returning}`,
})
const hold = statement({
  values: { budgetId: 'int' },
  answer: { id: budgets.id },
  text: ({ answer, lockRows, values: { budgetId } }) =>
    sql`select ${answer} from ${budgets} where ${budgets.id} = ${budgetId} ${lockRows}`,
})
/** Says it, the first time in a period: then it is true. One of all together shows in one workspace. */
export function tellOnce(
  store: Store,
  it: News & { text: string; budgetId: number; period: Date; kind: 'warning' | 'reached' },
  now: Date,
): Promise<boolean> {
  const told = { ...it, data: it.data ?? null, now }
  const subject = `budget:${it.budgetId}:${it.period.getTime()}:${it.kind}`
  return sayOnce(store, it.workspaceId, {
    hold: [hold(told)],
    owe: [owe({ ...told, subject })],
    look: news.look(told),
    write: news.write(told),
    tell: news.tell(told),
    mark: note(told),
  })
}
