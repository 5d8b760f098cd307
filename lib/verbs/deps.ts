/**
 * What verbs work with. Each file beside this one is a noun; each function that it exports is a verb: it
 * takes these, and whoever changes something says who did it.
 */
import type { Store } from '#db/store.ts'
import type { Clock } from '../clock.ts'
import type { AgentRef } from '../agents/catalogue.ts'
import type { Sealing } from '../agents/sealing.ts'
import type { ToolSource } from '../agents/tools/tool.ts'
import type { Conditions } from '../conditions/conditions.ts'
import type { Engine } from '../engine/engine.ts'
import type { ContextFault } from './contexts.ts'
import type { Limits } from '../queue/queue.ts'

export interface Deps {
  store: Store
  clock: Clock
  engine: Pick<
    Engine,
    | 'look'
    | 'fire'
    | 'occur'
    | 'tellPauses'
    | 'record'
    | 'lookForStops'
    | 'callOffOrphans'
    | 'leaveTraces'
    | 'lookAtQueue'
    | 'readiness'
  >
  minimumIntervalSeconds: number
  limits: Limits
  /** Called after a commit with the workspaces whose story goes on. */
  hint(workspaceIds: number[]): void
  /** Keeps what a context holds in confidence. */
  sealing: Sealing
  /** What is watched, and looks at it. */
  conditions: Conditions
  /** Where tools come from that are no part of the product. */
  sources: readonly ToolSource[]
  /** What is wrong with an agent or its context, or nothing. */
  judgeAgent(workspaceId: number, agent: AgentRef, context: Record<string, unknown>): Promise<ContextFault[]>
}

/** The verbs of a noun as their callers see them: what they work with is bound. */
export type Bound<Verbs> = {
  [Verb in keyof Verbs]: Verbs[Verb] extends (deps: never, ...rest: infer Rest) => infer Answer
    ? (...rest: Rest) => Answer
    : never
}
type Verb<D> = (deps: D, ...rest: never[]) => unknown

/** `bind(deps, triggers)`: a noun's module in, its verbs out. */
export function bind<D, Verbs extends Readonly<Record<string, Verb<D>>>>(
  deps: D,
  verbs: Verbs,
): Bound<Verbs> {
  const bound = Object.entries(verbs).map(([name, verb]) => [name, verb.bind(null, deps)])
  return Object.fromEntries(bound) as Bound<Verbs>
}
