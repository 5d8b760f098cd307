/** What has happened in a workspace, for whoever follows it or was away. */
import * as events from '#db/queries/events.ts'
import type { EventPage } from '../contract/event.ts'
import type { Deps } from './deps.ts'

/** Events after a number, in order. */
export const since = (
  { store }: Pick<Deps, 'store'>,
  workspaceId: number,
  after: number,
  limit: number,
): Promise<EventPage> => events.since(store, workspaceId, after, limit)
