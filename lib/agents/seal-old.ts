/**
 * Contexts that were written before their secrets were sealed, or by plain SQL.
 *
 * Promise: after a start no secret that an agent's schema marks lies in the rows in clear. Once is enough, and
 * twice does no harm.
 */
import { contextsOf, type Kept, replaceContexts } from '#db/queries/contexts.ts'
import type { Store } from '#db/store.ts'
import type { AgentCatalogue } from './catalogue.ts'
import type { Sealing } from './sealing.ts'

const PAGE = 100

interface Deps {
  store: Store
  catalogue: Pick<AgentCatalogue, 'list'>
  sealing: Pick<Sealing, 'seal'>
}

export async function sealOld({ store, catalogue, sealing }: Deps): Promise<void> {
  const rows = await contextsOf(store, await confidants(catalogue))
  const changes: { workspaceId: number; old: string; fresh: string }[] = []
  for (const it of rows) {
    const fresh = await sealedText(it, sealing)
    if (fresh !== null && fresh !== it.text)
      changes.push({ workspaceId: it.workspaceId, old: it.text, fresh })
  }
  for (let n = 0; n < changes.length; n += PAGE) await replaceContexts(store, changes.slice(n, n + PAGE))
}

/** Agents that are told secrets, and those that hand tasks to others. */
async function confidants(catalogue: Pick<AgentCatalogue, 'list'>): Promise<string[]> {
  const all = await catalogue.list(0)
  return all
    .filter(({ input }) => /"writeOnly":true|"agentId"/.test(JSON.stringify(input)))
    .flatMap((it) => [it.id, ...it.aliases])
}

/** Null where plain SQL wrote what nobody can read. */
async function sealedText({ workspaceId, text, ...agent }: Kept, sealing: Pick<Sealing, 'seal'>) {
  const seal = async (context: Record<string, unknown>) => sealing.seal(workspaceId, agent, context, context)
  try {
    const value = JSON.parse(text) as Record<string, unknown>
    // A revision's configuration keeps the context as a text of its own.
    if (typeof value.context !== 'string' || typeof value.agentId !== 'string')
      return rewritten(text, value, await seal(value))
    const inner = JSON.parse(value.context) as Record<string, unknown>
    const sealed = await seal(inner)
    return rewritten(text, inner, sealed, (it) => ({ ...value, context: JSON.stringify(it) }))
  } catch {
    return null
  }
}

/** The text as it was where nothing was sealed: another order of its fields is no change. */
const rewritten = (text: string, before: object, after: object, wrap: (it: object) => object = (it) => it) =>
  JSON.stringify(before) === JSON.stringify(after) ? text : JSON.stringify(wrap(after))
