/**
 * What Carillon itself says of something, once.
 *
 * Promise: the notice in the chat, the events and what marks them as told are one transaction under the workspace's
 * lock: what is marked was told. Notice and events lean on the mark's absence, so the statement that sets it is last.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { Tellable } from '#lib/contract/delivery.ts'
import type { EventType } from '#lib/contract/event.ts'
import {
  alias,
  answerTo,
  as,
  type Fields,
  insert,
  type Statement,
  statement,
  t,
  table,
} from '../statement.ts'
import type { Store } from '../store.ts'
import { fact as asFact, listens, owed } from './owing.ts'
import { countEvents, lockWorkspaces, nextSeq } from './story.ts'

const w = alias(t.workspaces, 'w')
const m = alias(t.messages, 'm')

/** Of a trigger, in its workspace; without a text there is an event and no notice. */
export interface News {
  workspaceId: number
  triggerId: number
  text: string | null
  type: EventType
  data?: Record<string, unknown>
}
const about = { workspaceId: 'int', triggerId: 'int', now: 'instant' } as const

/** The statements for one kind of news. `isNews`: nothing has marked it as told. */
export const newsOf = <const V extends Fields>(
  of: V,
  isNews: (of: { readonly [K in keyof V]: SQL }) => SQL,
) => ({
  look: statement({
    values: of,
    answer: { one: as('int', sql`1`) },
    text: ({ answer, values }) => sql`select ${answer} where ${isNews(values)}`,
  }),
  write: statement({
    values: { ...of, ...about, text: 'text?' },
    text: ({ values }) => sql`
  ${insert(t.messages, {
    workspaceId: w.id,
    kind: sql`'notice'`,
    prompt: values.text,
    text: values.text,
    authorName: sql`'Carillon'`,
    triggerId: values.triggerId,
    createdAt: values.now,
    updatedAt: values.now,
  })}
  from ${table(w)} where ${w.id} = ${values.workspaceId} and ${values.text} is not null and ${isNews(values)}`,
  }),
  tell: statement({
    values: { ...of, ...about, text: 'text?', type: 'text', data: 'json' },
    text: ({ values }) => sql`
  ${insert(t.events, {
    workspaceId: w.id,
    seq: nextSeq(w, sql`n.n`),
    at: values.now,
    type: sql`case n.n when 1 then 'chat:message' else ${values.type} end`,
    triggerId: values.triggerId,
    messageId: sql`case n.n when 1 then (
      select max(${m.id}) from ${table(m)}
      where ${m.workspaceId} = ${w.id} and ${m.triggerId} = ${values.triggerId}) end`,
    data: sql`case n.n when 2 then ${values.data} end`,
  })}
  from ${table(w)} cross join (select 1 as n union all select 2) n
  where ${w.id} = ${values.workspaceId} and (n.n = 2 or ${values.text} is not null) and ${isNews(values)}`,
  }),
})

/** What is owed of it to whoever listens: see `owing.ts`. */
export const oweNews = <const V extends Fields>(
  of: V,
  fact: Tellable,
  isNews: (of: { readonly [K in keyof V]: SQL }) => SQL,
) =>
  statement({
    values: { ...of, ...about, text: 'text', subject: 'text' },
    text: ({ values }) =>
      owed({
        fact: {
          ...{ workspaceId: w.id, triggerId: values.triggerId, now: values.now },
          facts: asFact(fact),
          words: values.text,
        },
        subject: values.subject,
        heard: listens(fact),
        from: sql`from ${table(w)}`,
        where: sql`${w.id} = ${values.workspaceId} and ${isNews(values)}`,
      }),
  })

/** True where it was news. `hold`: what keeps another workspace from telling the same meanwhile. */
export async function sayOnce(
  store: Store,
  workspaceId: number,
  {
    look,
    write,
    tell,
    mark,
    hold = [],
    owe = [],
  }: Record<'look' | 'write' | 'tell' | 'mark', Statement> & {
    hold?: Statement[]
    owe?: Statement[]
  },
): Promise<boolean> {
  // Mostly it is known already: then nobody is locked.
  if ((await store.all(look)).length === 0) return false
  const list = [lockWorkspaces([workspaceId]), ...hold, write, tell, countEvents([workspaceId]), ...owe, mark]
  return answerTo(mark, list, await store.atomically(list)).length > 0
}
