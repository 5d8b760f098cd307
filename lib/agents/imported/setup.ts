/**
 * What a skill is set up with.
 *
 * Promise: what its schema marks `writeOnly` is sealed for its workspace and its name, masked in every answer, and
 * opened only for a run; a secret is taken by its name in place of any text.
 */
import type { SecretRef } from '../../contract/secret.ts'
import type { SetupValue } from '../../contract/skill.ts'
import { type Box, isSealed, MASK, mapped, opened, sealed } from '../sealed.ts'
import { isRef, type Secrets } from '../secrets.ts'

export type Setup = Record<string, SetupValue>
/** Whose it is. */
export interface Owner {
  workspaceId: number
  hubId: string
}
/** As a manifest has it. */
export type SetupSchema = Record<string, unknown>
interface Argument {
  type?: string
  enum?: unknown[]
  writeOnly?: boolean
}
export interface SetupFault {
  path: string
  message: string
}

const placeOf = ({ workspaceId, hubId }: Owner) => `skill ${hubId} of workspace ${workspaceId}`
const argumentsOf = ({ properties = {} }: SetupSchema) => properties as Record<string, Argument>
const requiredOf = ({ required = [] }: SetupSchema) => required as string[]
const isEmpty = (value: unknown) => value === undefined || value === null || value === ''

/** In a sentence of ours: what else a skill calls its values is not ours to say. */
export const named = (name: string) => (/^[\w.-]{1,80}$/.test(name) ? name : 'one of its values')

/** Required ones that nobody has entered: what they are by default is only shown, as the original has it. */
export const missingIn = (schema: SetupSchema, kept: Setup): string[] =>
  requiredOf(schema).filter((name) => isEmpty(kept[name]))

/** As it is kept, with what is wrong with it; a mask means what `before` keeps. */
export function keepSetup(
  box: Box,
  owner: Owner,
  schema: SetupSchema,
  { given, before }: { given: Setup; before: Setup },
): { kept: Setup; faults: SetupFault[] } {
  const known = argumentsOf(schema)
  const faults: SetupFault[] = []
  const kept: Setup = {}
  for (const [name, it] of Object.entries(given)) {
    const argument = Object.hasOwn(known, name) ? (known[name] as Argument) : null
    const value = argument ? keptValue(argument, it, before[name]) : unknown(known)
    if ('fault' in value) faults.push({ path: `setup.${name}`, message: value.fault })
    else if (value.plain !== undefined) kept[name] = sealed(box, value.plain, placeOf(owner))
    else if (!isEmpty(value.kept)) kept[name] = value.kept as SetupValue
  }
  const missing = missingIn(schema, kept).filter((name) => !faults.some((it) => it.path === `setup.${name}`))
  faults.push(
    ...missing.map((name) => ({ path: `setup.${name}`, message: 'is needed: the skill requires it' })),
  )
  return { kept, faults }
}

type Kept = { fault: string } | { plain: string } | { kept: SetupValue | undefined; plain?: undefined }

const unknown = (known: Record<string, Argument>): Kept => ({
  fault: `is no setup argument of this skill. There are ${Object.keys(known).join(', ') || 'none'}`,
})

function keptValue(argument: Argument, given: SetupValue, before: SetupValue | undefined): Kept {
  if (given === MASK)
    return isEmpty(before)
      ? { fault: `is "${MASK}", which stands for a value that is kept: there is none here, enter it` }
      : { kept: before }
  if (isRef(given) || isEmpty(given)) return { kept: given }
  if (typeof given === 'string' && isSealed(given)) return { fault: 'pretends to be sealed' }
  const value = asTyped(argument, given)
  if (value === undefined) return { fault: expected(argument) }
  return argument.writeOnly ? { plain: String(value) } : { kept: value }
}

/** Numbers and yes or no are taken as text, too. */
function asTyped({ type, enum: choices }: Argument, given: SetupValue): SetupValue | undefined {
  const value = converted(type, given)
  return choices && !choices.some((it) => String(it) === String(value)) ? undefined : value
}

function converted(type: string | undefined, given: SetupValue): SetupValue | undefined {
  switch (type) {
    case 'number':
    case 'integer': {
      const value = Number(given)
      return typeof given === 'boolean' || !Number.isFinite(value) ? undefined : value
    }
    case 'boolean':
      if (given === 'true' || given === 'false') return given === 'true'
      return typeof given === 'boolean' ? given : undefined
    case 'string':
      return String(given)
    default:
      return given
  }
}

const expected = ({ type, enum: choices }: Argument) =>
  choices
    ? `expects one of: ${choices.join(', ')}`
    : `expects ${type === 'boolean' ? 'true or false' : 'a number'}`

/** As it is answered. */
export const maskedSetup = (kept: Setup): Setup =>
  mapped(kept, (text) => (isSealed(text) ? MASK : text)) as Setup

export const secretsIn = (kept: Setup): string[] =>
  Object.values(kept).flatMap((it) => (isRef(it) ? it.secret : []))

export interface OpenedSetup {
  values: Record<string, string | number | boolean | null>
  /** Those that no step and no answer may show. */
  confidential: string[]
  /** What cannot be opened, in words. */
  faults: string[]
}

export async function openSetup(
  { box, secrets }: { box: Box; secrets: Pick<Secrets, 'open'> },
  owner: Owner,
  kept: Setup,
): Promise<OpenedSetup> {
  const known = await secrets.open(owner.workspaceId, secretsIn(kept))
  const found: OpenedSetup = { values: {}, confidential: [], faults: [] }
  for (const [name, it] of Object.entries(kept)) {
    if (!isConfidential(it)) {
      found.values[name] = it
      continue
    }
    const value = isRef(it) ? known.get(it.secret) : opened(box, it, placeOf(owner))
    if (typeof value !== 'string') found.faults.push(whyClosed(name, it))
    else {
      found.values[name] = value
      found.confidential.push(value)
    }
  }
  return found
}

const isConfidential = (it: SetupValue): it is string | SecretRef =>
  isRef(it) || (typeof it === 'string' && isSealed(it))
const whyClosed = (name: string, it: string | SecretRef) =>
  isRef(it)
    ? `the secret ${it.secret} is not there, or cannot be opened here`
    : `the value of ${named(name)} cannot be opened here: SIG_KEY or SIG_SALT is another than when it was saved`
