/** The sources of events of this installation, as this server looks after them. */
import * as rows from '#db/queries/sources.ts'
import type { ReadinessLook } from '../readiness.ts'
import { look, type Looked, type LookingDeps, rewind, type SourceRow } from './looking.ts'
import { sourcesNamedIn } from './using.ts'
import { createWatching } from './watching.ts'

export interface SourcesDeps extends LookingDeps {
  serverId: string
  readiness: Pick<ReadinessLook, 'lasting'>
}
export type Sources = ReturnType<typeof createSources>

export function createSources(deps: SourcesDeps) {
  const { store, readiness } = deps
  /** What a server that died had to say to triggers is said by the next. */
  const toldHere = new Set<number>()

  async function looked(row: SourceRow, { found, isKept }: Looked): Promise<void> {
    if (!isKept || (found.status === 'ok' && row.status === 'ok' && toldHere.has(row.id))) return
    for (const it of await usersOf(row.workspaceId, row.id))
      await readiness.lasting({ ...it, triggerId: it.id, triggerName: it.name }, false)
    toldHere.add(row.id)
  }

  async function usersOf(workspaceId: number, id: number) {
    const all = await rows.mayUse(store, workspaceId)
    return all.filter((it) => sourcesNamedIn(it).includes(id))
  }

  const watching = createWatching({ ...deps, looked })
  return {
    ...watching,
    reach: deps.reach,
    usersOf,
    /** Once, now, whoever looks after it. */
    async check(row: SourceRow): Promise<void> {
      const outcome = await look(deps, row, new AbortController().signal)
      await looked(row, outcome)
      watching.look()
    },
    rewind: (row: SourceRow, to: Parameters<typeof rewind>[2]) => rewind(deps, row, to),
  }
}
