/** What somebody has not read, and that they have. */
import * as reads from '#db/queries/unread.ts'
import { Role } from '../contract/fields.ts'
import { notFound } from '../contract/problem.ts'
import type { Read, Unread } from '../contract/unread.ts'
import type { News } from '../engine/news.ts'
import type { Deps } from './deps.ts'

type Reads = Pick<Deps, 'store' | 'clock'>

/** A workspace as its reader may enter it. */
export interface Entered {
  id: number
  slug: string
  role: Role
}

export const readerOf = (readerId: string, { id, role }: Entered): reads.Reader => ({
  workspaceId: id,
  readerId,
  rank: Role.options.indexOf(role),
})
export const toUnread = (
  { messages, mentions, approvals, failures, firstUnreadId }: reads.Left,
  slug: string,
): Unread => ({ slug, messages, mentions, approvals, failures, firstUnreadId })

export async function list(
  { store, clock }: Reads,
  readerId: string,
  workspaces: readonly Entered[],
): Promise<Unread[]> {
  const rows = await reads.left(
    store,
    workspaces.map((it) => readerOf(readerId, it)),
    clock.now(),
  )
  const found = new Map(rows.map((it) => [it.workspaceId, it]))
  return workspaces.flatMap(({ id, slug }) => {
    const left = found.get(id)
    return left ? [toUnread(left, slug)] : []
  })
}

/** Never moves back. @throws ProblemError 404 where the message or the thread is not there */
export async function mark(
  deps: Reads & Pick<News, 'readOn'>,
  readerId: string,
  workspace: Entered,
  { upTo, threadId }: Read,
): Promise<{ upTo: number; unread: Unread }> {
  const { store, clock } = deps
  const [thread, asked] = await Promise.all([
    reads.threadOf(store, workspace.id, upTo),
    threadId === undefined ? 0 : reads.threadOf(store, workspace.id, threadId),
  ])
  if (thread === null || asked === null || (asked !== 0 && asked !== thread)) throw notFound('message')
  const to = { workspaceId: workspace.id, readerId, threadId: asked, upTo }
  const stands = await reads.markRead(store, to, clock.now())
  const [unread] = await list(deps, readerId, [workspace])
  if (!unread) throw notFound('workspace')
  deps.readOn(workspace.id, readerId)
  return { upTo: stands, unread }
}
