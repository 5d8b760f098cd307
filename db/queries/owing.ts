/**
 * What is owed to people elsewhere: one delivery for each rule that listens to a fact.
 *
 * Promise: it is written in the transaction of the fact itself, and of one fact a rule is owed at most one, by
 * `deliveries_subject`. Whether anything is said of it is judged afterwards, from these rows (`lib/delivery`): so
 * nothing is lost between what happened and who is told.
 */
import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import type { Tellable } from '#lib/contract/delivery.ts'
import { alias, insert, t, table } from '../statement.ts'
import { nameForAll } from './channels.ts'

const r = alias(t.deliveryRules, 'r')
const c = alias(t.channels, 'c')
const any = alias(t.deliveryRules, 'any_rule')

/** Lists of words are kept each between commas. */
export const listOf = (words: readonly (string | number)[]) => `,${words.join(',')},`
export const wordsIn = (list: string): string[] => list.split(',').filter(Boolean)
const isIn = (list: SQLWrapper, word: SQLWrapper) => sql`${list} like '%,' || ${word} || ',%'`
const asText = (it: SQLWrapper) => sql`cast(${it} as text)`

/** Of a rule `r`: whether it listens to that. */
export const listens = (to: Tellable): SQL => isIn(r.events, sql.raw(`'${to}'`))
/** Whether a rule is about a trigger. */
export const concerns = (rule: Pick<typeof r, 'triggerIds'>, triggerId: SQLWrapper): SQL =>
  sql`(${rule.triggerIds} is null or ${isIn(rule.triggerIds, asText(triggerId))})`
/** A fact as it is kept. */
export const fact = (it: Tellable): SQL => sql.raw(`'${listOf([it])}'`)

interface Owed {
  fact: { workspaceId: SQLWrapper; triggerId: SQLWrapper; facts: SQLWrapper; now: SQLWrapper } & Partial<
    Record<'executionId' | 'incidentId' | 'nth' | 'words', SQLWrapper>
  >
  /** What names the fact among all. */
  subject: SQLWrapper
  /** Of a rule `r`: whether it hears of it. */
  heard: SQL
  from: SQL
  where: SQL
}
/**
 * `from` introduces where the fact stands; it is owed while `where` holds. Mostly nobody listens, which is asked once
 * for a whole page.
 */
export const owed = ({ fact: { now, ...of }, subject, heard, from, where }: Owed): SQL => sql`
  ${insert(t.deliveries, {
    ...of,
    subject,
    ruleId: r.id,
    channelId: r.channelId,
    channelName: nameForAll(c),
    createdAt: now,
    updatedAt: now,
  })}
  ${from}
    join ${table(r)} on ${r.workspaceId} = ${of.workspaceId} and ${concerns(r, of.triggerId)} and ${heard}
    join ${table(c)} on ${c.id} = ${r.channelId}
  where ${where} and exists (select 1 from ${table(any)})
  on conflict do nothing`
