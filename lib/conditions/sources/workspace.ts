/** The workspace's own figures over the time just past; a trigger's own runs do not count for itself. */
import { documentsSince, messagesSince, runFigures } from '#db/queries/measures.ts'
import { seconds } from '../../clock.ts'
import { NoValue, source } from '../source.ts'

export const workspace = source<'workspace'>({
  kind: 'workspace',
  async read({ measure, triggerIds, windowSeconds }, { store, clock, workspaceId, triggerId }) {
    const since = new Date(clock.now().getTime() - seconds(windowSeconds))
    if (measure === 'messages') return { value: await messagesSince(store, workspaceId, since) }
    if (measure === 'documents') return { value: await documentsSince(store, workspaceId, since) }
    const of = { workspaceId, since, triggerIds: triggerIds ?? null, except: triggerId }
    const figures = await runFigures(store, of)
    if (measure !== 'success_rate') return { value: figures[measure] }
    const ended = figures.successes + figures.failures
    if (ended === 0) throw new NoValue('No run has ended in that time, so there is no success rate.')
    return { value: Math.round((1000 * figures.successes) / ended) / 10 }
  },
})
