/** The conversation of a workspace: what people write, and what runs tell. */
import * as messages from '#db/queries/messages.ts'
import type { Api, BodyOf } from '../contract/api.ts'
import type { By } from '../contract/by.ts'
import type { Message, MessageQuery } from '../contract/message.ts'
import type { Deps } from './deps.ts'

type Chat = Pick<Deps, 'store' | 'clock' | 'hint'>

export const list = ({ store }: Chat, workspaceId: number, query: MessageQuery): Promise<Message[]> =>
  messages.list(store, workspaceId, query)

export async function post(
  { store, clock, hint }: Chat,
  workspaceId: number,
  body: BodyOf<Api['postMessage']>,
  by: By,
): Promise<Message> {
  const posting = { workspaceId, kind: 'person' as const, author: by, ...body }
  const message = await messages.post(store, posting, clock.now())
  hint([workspaceId])
  return message
}
