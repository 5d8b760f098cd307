/** What a tool of a run changes is on record like what people change: in its transaction, in the agent's name. */
import { note } from '#db/queries/audit.ts'
import type { Recording } from '#db/recording.ts'
import type { Doings } from '../agents/reach.ts'
import type { Clock } from '../clock.ts'

interface Deps {
  recording: Pick<Recording, 'record'>
  clock: Pick<Clock, 'now'>
}
interface Done {
  /** `agent:<id>`. */
  actorId: string
  actorName: string
  action: string
  objectId: string | null
  objectName: string | null
}

/** What is said in the chat is its own record, and a proposal changes nothing before a person takes it. */
export function recordedDoings(doings: Doings, { recording, clock }: Deps, workspaceId: number): Doings {
  const on = async <Answer>(it: Done, work: () => Promise<Answer>): Promise<Answer> => {
    const objectKind = it.action.slice(0, it.action.indexOf('.'))
    const from = { workspaceId, at: clock.now(), actorKind: 'agent', via: 'tool', remoteAddress: null }
    return (await recording.record(note({ ...from, ...it, objectKind }), work)).answer
  }
  const agent = (by: string) => ({ actorId: by, actorName: by.replace(/^agent:/, '') })
  const document = (by: string, objectName: string): Done => ({
    ...{ ...agent(by), action: 'document.write', objectId: null, objectName },
  })
  return {
    ...doings,
    writeDocument: (it) => on(document(it.by, it.name), () => doings.writeDocument(it)),
    keepDocument: (it) => on(document(it.by, it.name), () => doings.keepDocument(it)),
    pauseSchedule: (it) =>
      on(
        {
          ...{ actorId: `agent:${it.agent.id}`, actorName: it.agent.name, action: 'trigger.pause' },
          ...{ objectId: String(it.triggerId), objectName: null },
        },
        () => doings.pauseSchedule(it),
      ),
  }
}
