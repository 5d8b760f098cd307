/** Facts and triggers that wait for them, for tests of what becomes of the two. */
import { list as evaluationsOf } from '#db/queries/evaluations.ts'
import { recordFacts } from '#db/queries/facts.ts'
import { countEvents, lockWorkspaces } from '#db/queries/story.ts'
import { NewTrigger, type NewTriggerInput } from '../../contract/trigger.ts'
import { ADA, type World } from './world.ts'

const BEN = { kind: 'person', id: 'ben', name: 'Ben' } as const

export const waitsFor = (it: World, event: NewTriggerInput['event'], change: Partial<NewTriggerInput> = {}) =>
  it.triggers.create(
    it.workspaceId,
    NewTrigger.parse({ name: 'Filing', agentId: 'test-agent', kind: 'event', event, ...change }),
    ADA,
  )

/** It happens, and nobody looks yet. */
export async function tell(
  { store, workspaceId, clock }: Pick<World, 'store' | 'workspaceId' | 'clock'>,
  data: object[],
  type = 'custom.order',
): Promise<void> {
  const now = clock.now()
  const facts = data.map((one) => ({ workspaceId, type, occurredAt: now, actor: BEN, data: { ...one } }))
  await store.atomically([lockWorkspaces([workspaceId]), recordFacts(facts, now), countEvents([workspaceId])])
}
/** It happens, and is looked at. */
export async function happens(it: World, data: object[], type?: string): Promise<void> {
  await tell(it, data, type)
  await it.engine.matcher.catchUp()
}

/** What was decided of a trigger's facts, in order, and of how many each. */
export const verdicts = async (it: World, id: number) =>
  (await evaluationsOf(it.store, id, { limit: 500 })).reverse().map((one) => [one.verdict, one.count])
export const numbered = (count: number) => Array.from({ length: count }, (_, n) => ({ n }))
