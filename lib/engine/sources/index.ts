/** The sources of events of this installation, as this server looks after them. */
import * as rows from '#db/queries/sources.ts'
import type { ReadinessLook } from '../readiness.ts'
import { kindOf, SourceProblem } from '#lib/triggers/sources/index.ts'
import { keptIn, openConfig } from './confidence.ts'
import { look, type Looked, type LookingDeps, rewind, type SourceRow } from './looking.ts'
import { sourcesNamedIn } from './using.ts'
import { createWatching } from './watching.ts'

/** As `lib/mail` takes it: this floor knows no mail. */
interface Mailbox {
  host: string
  port: number
  secure: boolean
  user: string
  password: string
}
type Open = Omit<Mailbox, 'port'> & { port?: number }

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
    /** For an agent that reads the mailbox by itself. */
    async mailboxOf(workspaceId: number, id: number): Promise<Mailbox | { problem: string }> {
      const row = await rows.get(store, workspaceId, id)
      if (row?.kind !== 'imap') return { problem: `The source ${id} is no mailbox, or is not there.` }
      try {
        const config: Open = await openConfig(deps, workspaceId, kindOf('imap'), keptIn(row))
        return { ...config, port: config.port ?? (config.secure ? 993 : 143) }
      } catch (error) {
        if (!(error instanceof SourceProblem)) throw error
        return { problem: error.message }
      }
    },
    rewind: (row: SourceRow, to: Parameters<typeof rewind>[2]) => rewind(deps, row, to),
  }
}
