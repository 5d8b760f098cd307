/** Which triggers looked at an event, and what each of them said: as `why` answers for each. */
import { listening } from '#db/queries/due.ts'
import type { AnswerOf, Api } from '../contract/api.ts'
import { EventTrigger } from '../contract/event-trigger.ts'
import { listens } from '../triggers/event.ts'
import type { Deps } from './deps.ts'
import { one } from './happenings.ts'
import { objectOf } from './showing.ts'
import * as why from './why.ts'

/** Each is several questions to the database. */
const MOST = 50

/** Of those that listen for its type now; one that was changed since may have listened then, and says so itself. */
export async function heardBy(
  deps: Pick<Deps, 'store' | 'clock'>,
  workspaceId: number,
  id: number,
): Promise<AnswerOf<Api['getTriggerEvent']>> {
  const event = await one(deps, workspaceId, id)
  const hearing = (await listening(deps.store, workspaceId)).filter((it) => {
    const config = it.kind === 'event' ? EventTrigger.safeParse(objectOf(it.config)) : null
    return config?.success && listens(config.data, event, it.id)
  })
  const answers = []
  for (const { id: triggerId, name } of hearing.slice(0, MOST)) {
    const { verdict, answer, executionId } = await why.ask(deps, workspaceId, triggerId, { eventId: id })
    answers.push({ triggerId, name, verdict, answer, executionId })
  }
  return { event, heardBy: answers, more: hearing.length > MOST }
}
