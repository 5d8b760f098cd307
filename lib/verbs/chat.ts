/**
 * The conversation of a workspace: what people write, and what runs tell.
 *
 * Promise: a change is made on what its author has seen, or not at all; what was deleted keeps its place, for others
 * have answered it.
 */
import type { Logger } from 'pino'
import * as members from '#db/queries/members.ts'
import * as messages from '#db/queries/messages.ts'
import { waitingReplies } from '#db/queries/replies.ts'
import { threadOf } from '#db/queries/unread.ts'
import type { Api, BodyOf } from '../contract/api.ts'
import type { By } from '../contract/by.ts'
import { mentioned } from '../contract/mentions.ts'
import type { Message, MessageChange, MessageQuery } from '../contract/message.ts'
import { forbidden, notFound, ProblemError } from '../contract/problem.ts'
import { isLive } from '../contract/states.ts'
import type { Decider } from './approvals.ts'
import { type AskingDeps, askAgents, askLeftBehind, owedBy } from './asking.ts'
import type { Deps } from './deps.ts'
import * as executions from './executions.ts'
import { keepLooking } from './left-behind.ts'

type Chat = Pick<Deps, 'store' | 'clock' | 'hint'>

export async function list(
  { store }: Pick<Chat, 'store'>,
  workspaceId: number,
  query: MessageQuery,
): Promise<Message[]> {
  if (query.threadId === undefined) return messages.list(store, workspaceId, query)
  const threadId = await rootOf(store, workspaceId, query.threadId)
  return messages.thread(store, workspaceId, { ...query, threadId })
}

/** A reply to a reply joins its root. @throws ProblemError 404 where there is none here */
async function rootOf(store: Deps['store'], workspaceId: number, id: number): Promise<number> {
  const root = await threadOf(store, workspaceId, id)
  if (root === null) throw notFound('message')
  return root
}

export async function get({ store }: Pick<Chat, 'store'>, workspaceId: number, id: number): Promise<Message> {
  const message = await messages.get(store, workspaceId, id)
  if (!message) throw notFound('message')
  return message
}

/** Asks the agents that it is for. */
export async function post(
  deps: AskingDeps,
  workspaceId: number,
  body: BodyOf<Api['postMessage']>,
  by: By,
): Promise<Message> {
  const { store, clock, hint } = deps
  const { text } = body
  const rootId = body.threadId === undefined ? null : await rootOf(store, workspaceId, body.threadId)
  const [mentions, asks] = await Promise.all([
    whomItNames(store, workspaceId, text, by),
    owedBy(deps, { workspaceId, text, rootId }, by),
  ])
  const posting = { workspaceId, kind: 'person' as const, author: by, mentions, asks, ...body }
  const message = await messages.post(store, posting, clock.now())
  hint([workspaceId])
  if (asks) await askAgents(deps, message, asks)
  return message
}

/** Asks what servers that died had not come to ask, as long as this one lives. Answers how to end that. */
export const keepAsking = (deps: AskingDeps & { log: Logger }): (() => void) =>
  keepLooking(deps, () => askLeftBehind(deps), 'Could not look for questions that were left behind.')

const whomItNames = async (store: Deps['store'], workspaceId: number, text: string, by: By) =>
  text.includes('@') ? mentioned(text, await members.list(store, workspaceId), by.id) : []

/** The words of one's own message, or as an admin of anybody's. */
export async function change(
  { store, clock, hint }: Chat,
  workspaceId: number,
  id: number,
  { text, version }: MessageChange,
  by: Decider,
): Promise<Message> {
  const message = await mayChange(store, workspaceId, id, by)
  if (message.kind !== 'person')
    throw new ProblemError(409, 'What a run or the server said stays as it was said. It can be deleted.')
  const mentions = await whomItNames(store, workspaceId, text, by)
  const seen = { workspaceId, id, version }
  if (version !== message.version || !(await messages.change(store, seen, { text, mentions }, clock.now())))
    throw await changedMeanwhile(store, workspaceId, id, version)
  hint([workspaceId])
  return get({ store }, workspaceId, id)
}

/** One's own message, or as an admin any. One that is deleted already is answered as it is. */
export async function remove(
  deps: Deps,
  workspaceId: number,
  id: number,
  { version }: { version?: number | undefined },
  by: Decider,
): Promise<Message> {
  const { store, clock, hint } = deps
  const message = await mayChange(store, workspaceId, id, by)
  if (message.deleted) return message
  if (message.status !== null && isLive(message.status))
    throw new ProblemError(409, `Its run has not ended yet: it is "${message.status}". Cancel the run first.`)
  const seen = { workspaceId, id, version: version ?? message.version }
  if (seen.version !== message.version || !(await messages.remove(store, seen, clock.now())))
    throw await changedMeanwhile(store, workspaceId, id, seen.version)
  hint([workspaceId])
  await callOffReplies(deps, message, by)
  return get({ store }, workspaceId, id)
}

/** What was asked is not there any more: an answer that has not begun is not given. */
async function callOffReplies(deps: Deps, { id, workspaceId, kind }: Message, by: Decider): Promise<void> {
  if (kind !== 'person') return
  const who: By = { kind: by.kind, id: by.id, name: by.name }
  for (const executionId of await waitingReplies(deps.store, workspaceId, id))
    await executions.cancel(deps, workspaceId, executionId, who).catch((error: unknown) => {
      // It has begun, or ended, by now.
      if (!(error instanceof ProblemError)) throw error
    })
}

async function mayChange(
  store: Deps['store'],
  workspaceId: number,
  id: number,
  by: Decider,
): Promise<Message> {
  const message = await get({ store }, workspaceId, id)
  const own = message.kind === 'person' && message.author.id === by.id
  if (!own && by.role !== 'admin')
    throw forbidden('Only whoever wrote a message, or an admin of the workspace, changes or deletes it.')
  return message
}

async function changedMeanwhile(
  store: Deps['store'],
  workspaceId: number,
  id: number,
  version: number,
): Promise<ProblemError> {
  const now = await get({ store }, workspaceId, id)
  return new ProblemError(
    409,
    now.deleted
      ? `This message was deleted at ${now.updatedAt}.`
      : `This message was changed at ${now.updatedAt}: it is at version ${now.version} now, not ${version}. Look at it again.`,
  )
}
