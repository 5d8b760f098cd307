/**
 * What a source is reached by in confidence: a text, which is sealed, or the name of a secret.
 *
 * Promise: it is opened for the look that needs it and nowhere else, and goes to no other place than it was entered
 * for.
 */
import { type Box, isSealed, MASK, masked, opened, sealed } from '#lib/agents/sealed.ts'
import { isRef, type Secrets } from '#lib/agents/secrets.ts'
import { type Kind, SourceProblem } from '#lib/triggers/sources/index.ts'

/** As a row keeps it. */
export type KeptConfig = Record<string, unknown>

const placeOf = (workspaceId: number) => `sources of workspace ${workspaceId}`
export const keptIn = ({ config }: { config: string }): KeptConfig => JSON.parse(config) as KeptConfig
/** As it is answered. */
export const shownConfig = (row: { config: string }): KeptConfig => masked(keptIn(row))

interface Fault {
  path: string
  message: string
}

/** As it is kept. `before`: what was kept until now, for masks. */
export function sealConfig(
  box: Box,
  workspaceId: number,
  { confidential, receiver }: Kind,
  given: KeptConfig,
  before: KeptConfig | null,
): { kept: KeptConfig; faults: Fault[] } {
  const faults: Fault[] = []
  const kept = { ...given }
  const isSamePlace = before !== null && receiver(before as never) === receiver(given as never)
  for (const field of confidential as readonly string[]) {
    const value = given[field]
    const refuse = (message: string) => faults.push({ path: `config.${field}`, message })
    if (value === MASK && !before)
      refuse(`is "${MASK}", which stands for what is kept: there is none, enter it`)
    else if (value === MASK && !isSamePlace) refuse('is needed again: it was entered for another place')
    else if (value === MASK) kept[field] = before?.[field]
    else if (typeof value !== 'string') continue
    else if (isSealed(value)) refuse('pretends to be sealed')
    else kept[field] = sealed(box, value, placeOf(workspaceId))
  }
  return { kept, faults }
}

/** The names of secrets that stand for what is confidential. */
export const secretsNamed = (kept: KeptConfig): string[] =>
  Object.values(kept).flatMap((it) => (isRef(it) ? it.secret : []))

/** As its kind takes it. @throws SourceProblem that names what is missing */
export async function openConfig(
  { box, secrets }: { box: Box; secrets: Pick<Secrets, 'open'> },
  workspaceId: number,
  { confidential, config }: Kind,
  kept: KeptConfig,
): Promise<never> {
  const known = await secrets.open(workspaceId, secretsNamed(kept))
  const open = { ...kept }
  for (const field of confidential as readonly string[]) {
    const value = kept[field]
    const plain = isRef(value)
      ? known.get(value.secret)
      : typeof value === 'string' && opened(box, value, placeOf(workspaceId))
    if (typeof plain !== 'string') throw cannotBeOpened(field, isRef(value) ? value.secret : null)
    open[field] = plain
  }
  const { success, data, error } = config.safeParse(open)
  if (success) return data
  // Plain SQL has spoilt it, or another version of the program wrote it.
  throw new SourceProblem(`Its configuration is not as this version takes it: ${error.issues[0]?.message}.`)
}

const cannotBeOpened = (field: string, secret: string | null) =>
  new SourceProblem(
    secret === null
      ? `Its ${field} cannot be opened here: SIG_KEY or SIG_SALT is another than when it was saved. Enter it again.`
      : `The secret ${secret}, which is its ${field}, is not there, or cannot be opened here. Enter it in the settings, under Secrets.`,
    { status: 'auth_required' },
  )
