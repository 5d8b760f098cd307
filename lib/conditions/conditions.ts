/**
 * Conditions as verbs and the engine work with them: what is kept of a source, and looks at it.
 *
 * Promise: what headers hold in confidence is sealed before it is kept; a mask means the value that is there, as
 * long as it goes to whom it was entered for.
 */
import { sealValues } from '../agents/mcp/confidence.ts'
import { readingTool } from '../agents/mcp/tools.ts'
import { MASK } from '../agents/sealed.ts'
import type { ConditionSource } from '../contract/condition-trigger.ts'
import type { FieldError } from '../triggers/index.ts'
import { createLookAt, HEADERS, type LookAt, type LookingDeps } from './looking.ts'

export interface Conditions {
  lookAt: LookAt
  /** As it is kept, and what is wrong with it; paths begin at the source. `before`: what was kept until now. */
  kept(
    workspaceId: number,
    source: ConditionSource,
    before: ConditionSource | null,
  ): Promise<{ source: ConditionSource; faults: FieldError[] }>
}

export function createConditions(deps: LookingDeps): Conditions {
  return {
    lookAt: createLookAt(deps),
    async kept(workspaceId, source, before) {
      if (source.kind === 'http') return sealed(deps, workspaceId, source, before)
      if (source.kind !== 'mcp') return { source, faults: [] }
      const found = await readingTool(deps.mcp, workspaceId, source)
      const faults = 'fault' in found ? [{ path: found.at, message: found.fault }] : []
      return { source, faults }
    },
  }
}

type Http = Extract<ConditionSource, { kind: 'http' }>

function sealed(
  { box }: Pick<LookingDeps, 'box'>,
  workspaceId: number,
  source: Http,
  before: ConditionSource | null,
): { source: Http; faults: FieldError[] } {
  const known = before?.kind === 'http' ? before : null
  const isMoved = known !== null && originOf(known) !== originOf(source)
  const isMasked = Object.values(source.headers).includes(MASK)
  if (isMoved && isMasked) {
    const message = `has a header that is "${MASK}", and the address is another now: enter it again`
    return { source, faults: [{ path: 'headers', message }] }
  }
  const { kept, faults } = sealValues(box, workspaceId, source.headers, known?.headers ?? {}, HEADERS)
  return {
    source: { ...source, headers: kept },
    faults: faults.map((it) => ({ path: `headers.${it.name}`, message: it.message })),
  }
}

const originOf = ({ url }: Http) => URL.parse(url)?.origin
