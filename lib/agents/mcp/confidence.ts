/**
 * Headers and variables of a server, and headers of what is watched, which are given in confidence: as texts, which
 * are sealed, or by the names of secrets.
 */
import type { SecretRef } from '../../contract/secret.ts'
import { type Box, isSealed, MASK, opened, sealed } from '../sealed.ts'
import { isRef, type Secrets } from '../secrets.ts'
import { McpProblem } from './problem.ts'

export type Confidential = Record<string, string | SecretRef>

/** `of`: what of the workspace they belong to; what was sealed for one opens for no other. */
const placeOf = (workspaceId: number, of: string) => `${of} of workspace ${workspaceId}`
const SERVERS = 'MCP servers'

export interface SealFault {
  name: string
  message: string
}

/** As they are kept; a mask means what `before` keeps. */
export function sealValues(
  box: Box,
  workspaceId: number,
  given: Confidential,
  before: Confidential,
  of = SERVERS,
): { kept: Confidential; faults: SealFault[] } {
  const faults: SealFault[] = []
  const kept: Confidential = {}
  for (const [name, it] of Object.entries(given)) {
    const known = Object.hasOwn(before, name) ? before[name] : undefined
    if (it === MASK && known !== undefined) kept[name] = known
    else if (it === MASK)
      faults.push({
        name,
        message: `is "${MASK}", which stands for a value that is kept: there is none here, enter it`,
      })
    else if (typeof it === 'string' && isSealed(it)) faults.push({ name, message: 'pretends to be sealed' })
    else kept[name] = typeof it === 'string' ? sealed(box, it, placeOf(workspaceId, of)) : it
  }
  return { kept, faults }
}

export const secretsNamed = (values: Confidential): string[] =>
  Object.values(values).flatMap((it) => (isRef(it) ? it.secret : []))

/** @throws McpProblem that names what is missing */
export async function openValues(
  { box, secrets }: { box: Box; secrets: Secrets },
  workspaceId: number,
  kept: Confidential,
  of = SERVERS,
): Promise<Record<string, string>> {
  const known = await secrets.open(workspaceId, secretsNamed(kept))
  const open = (name: string, it: string | SecretRef): string => {
    const value = isRef(it) ? known.get(it.secret) : opened(box, it, placeOf(workspaceId, of))
    if (typeof value === 'string') return value
    throw new McpProblem(
      'misconfigured',
      isRef(it)
        ? `The secret ${it.secret} is not there, or cannot be opened here. Enter it in the settings, under Secrets.`
        : `The value of ${name} cannot be opened here: SIG_KEY or SIG_SALT is another than when it was saved. Enter it again.`,
    )
  }
  return Object.fromEntries(Object.entries(kept).map(([name, it]) => [name, open(name, it)]))
}
