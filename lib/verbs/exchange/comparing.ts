/**
 * What a document would change of a workspace. Pure.
 *
 * Promise: what a document says as it was exported is unchanged, whatever it is; everything else is judged by the
 * schema that the API has for it, with keys in the place of ids.
 */
import { isDeepStrictEqual } from 'node:util'
import {
  GONE,
  type ImportMissing,
  type ImportProblem,
  KIND_OF,
  LISTS,
  type ListName,
  type NamedKind,
} from '../../contract/exchange.ts'
import { Slug } from '../../contract/fields.ts'
import { unacceptable } from '../../contract/problem.ts'
import type { FieldChange } from '../../contract/revision.ts'
import { fieldByField, inWords } from '../../contract/wording.ts'
import { differences } from '../differing.ts'
import type { Values } from './document.ts'
import { type Existing, KINDS } from './kinds.ts'
import type { Names } from './names.ts'
import { namedIn, renamedIn } from './references.ts'

/** All that is there, by key. */
export type There = Readonly<Record<ListName, ReadonlyMap<string, Existing>>>

/** One thing that is made, or changed. */
export interface Step {
  list: ListName
  key: string
  name: string
  /** Its place in the list of the document. */
  n: number
  /** As the document has it. */
  item: Values
  /** Null: it is to be made. */
  before: Existing | null
  changes: FieldChange[]
}
export interface Compared {
  steps: Step[]
  deleted: { list: ListName; before: Existing }[]
  unchanged: { list: ListName; key: string }[]
  missing: ImportMissing[]
  problems: ImportProblem[]
}
export type Lists = Partial<Record<ListName, Values[]>>

const isObject = (it: unknown): it is Values => typeof it === 'object' && it !== null && !Array.isArray(it)

/** The lists of a document. @throws ProblemError 422 where it is none */
export function listsIn({ version, ...lists }: Values): Lists {
  const errors: ImportProblem[] = []
  if (version !== 1)
    errors.push({ path: 'document.version', message: 'expects 1, the only version there is' })
  for (const [name, list] of Object.entries(lists)) {
    const path = `document.${name}`
    if (!LISTS.some((it) => it === name))
      errors.push({ path, message: `is no list of a document: it has ${LISTS.join(', ')}` })
    else if (!Array.isArray(list) || !list.every(isObject))
      errors.push({ path, message: 'expects a list of objects' })
  }
  if (errors.length > 0) throw unacceptable(errors.slice(0, 20))
  return lists as Lists
}

/** `named`: of what stands in a document by a name that it has anyway, the ids. */
export function compare(there: There, lists: Lists, names: Names, prune: boolean): Compared {
  const done: Compared = { steps: [], deleted: [], unchanged: [], missing: [], problems: [] }
  const places = placesIn(there, lists, prune)
  for (const list of LISTS) {
    const seen = new Set<string>()
    lists[list]?.forEach((item, n) => {
      const fault = faultOfKey(item.key, seen)
      if (fault) done.problems.push({ path: `${list}.${n}.key`, message: fault })
      else look(done, { list, n, item, key: item.key as string }, there, names, places)
    })
    if (!prune || !lists[list]) continue
    for (const [key, before] of there[list]) if (!seen.has(key)) done.deleted.push({ list, before })
  }
  return done
}

function faultOfKey(key: unknown, seen: Set<string>): string | null {
  if (key === undefined) return 'is needed'
  const judged = Slug.safeParse(key, inWords)
  if (!judged.success) return judged.error.issues[0]?.message ?? 'is no key'
  return seen.size === seen.add(judged.data).size
    ? `is "${judged.data}", as the key of another before it`
    : null
}

type Looked = Pick<Step, 'list' | 'n' | 'item' | 'key'>

function look(done: Compared, it: Looked, there: There, names: Names, places: Places): void {
  const { list, n, item, key } = it
  const before = there[list].get(key) ?? null
  const was = before && exported(list, before.item, there, names)
  if (before && isDeepStrictEqual(was, item)) {
    done.unchanged.push({ list, key })
    return
  }
  const unknown = unknownIn(it, names, places)
  done.missing.push(...unknown.missing)
  done.problems.push(...unknown.problems)
  if (unknown.missing.length + unknown.problems.length > 0) return
  const wanted = judged(list, item, places, names)
  if (wanted.problems) {
    const at = wanted.problems.map(({ path, message }) => ({ path: [list, n, ...path].join('.'), message }))
    done.problems.push(...at)
    return
  }
  // What is there may be as no schema takes it any more: then all of it is new.
  const now = was && (judged(list, was, places, names).value ?? {})
  const changes = now ? differences(now, wanted.value) : []
  if (before && changes.length === 0) done.unchanged.push({ list, key })
  else done.steps.push({ ...it, name: String(item.name ?? before?.name ?? key), before, changes })
}

type Judged =
  | { value: Values; problems?: never }
  | { value?: never; problems: ReturnType<typeof fieldByField> }

/** As the schema makes it, with what goes without saying; keys stay keys. */
function judged(list: ListName, item: Values, places: Places, names: Names): Judged {
  const back = new Map<unknown, unknown>()
  const withIds = renamedIn(list, item, (name, to) => {
    const id = idOf(name, to, names, places)
    if (id === null) return name
    back.set(`${to} ${id}`, name)
    return id
  })
  const { success, data, error } = KINDS[list].schema.safeParse(withIds, inWords)
  if (!success) return { problems: fieldByField(error.issues) }
  const plain = JSON.parse(JSON.stringify(data)) as Values
  return { value: renamedIn(list, plain, (id, to) => back.get(`${to} ${id}`) ?? id) }
}

/** A thing that is only going to be there has an id that nothing has. */
type Places = ReadonlyMap<string, number | string>
const FIRST_TO_COME = 9_000_000_000_000_000
function placesIn(there: There, lists: Lists, prune: boolean): Places {
  const kept = LISTS.filter((list) => !(prune && lists[list])).flatMap((list) =>
    [...there[list]].map(([key, { id }]): [string, number | string] => [`${KIND_OF[list]} ${key}`, id]),
  )
  let next = FIRST_TO_COME
  const named = LISTS.flatMap((list) =>
    keysIn(lists[list]).map((key): [string, number | string] => [
      `${KIND_OF[list]} ${key}`,
      there[list].get(key)?.id ?? (list === 'agents' ? key : next++),
    ]),
  )
  return new Map([...kept, ...named])
}
const keysIn = (items: Values[] = []): string[] =>
  items.flatMap(({ key }) => (typeof key === 'string' ? key : []))

function idOf(name: unknown, to: NamedKind, names: Names, places: Places): number | string | null {
  if (typeof name !== 'string') return null
  return to === 'mcp' || to === 'skill' || to === 'model'
    ? (names[to].get(name) ?? null)
    : (places.get(`${to} ${name}`) ?? null)
}

const WORDS: Record<NamedKind, string> = {
  trigger: 'schedule',
  agent: 'agent',
  channel: 'channel',
  rule: 'rule',
  calendar: 'calendar',
  budget: 'budget',
  source: 'source',
  mcp: 'MCP server',
  skill: 'skill',
  model: 'model provider',
}
const REMEDY = {
  mcp: (name: string) => `Add the MCP server “${name}” in the settings.`,
  skill: (name: string) => `Bring the skill ${name} and accept it, in the settings.`,
  model: (name: string) => `Add the model provider “${name}” in the settings.`,
  secret: (name: string) => `Enter the secret ${name} in the settings, under Secrets.`,
}

/** What it names and is neither here nor in the document. */
function unknownIn(
  { list, n, item }: Looked,
  names: Names,
  places: Places,
): Pick<Compared, 'missing' | 'problems'> {
  const found: Pick<Compared, 'missing' | 'problems'> = { missing: [], problems: [] }
  for (const { name, to, path: at } of namedIn(list, item)) {
    const path = `${list}.${n}.${at}`
    if (typeof name !== 'string')
      found.problems.push({ path, message: `expects the key of a ${WORDS[to]}, as a text` })
    else if (name === GONE)
      found.problems.push({ path, message: `names a ${WORDS[to]} that was deleted: leave it out` })
    else if (idOf(name, to, names, places) !== null) continue
    else if (to === 'mcp' || to === 'skill' || to === 'model')
      found.missing.push({ kind: to, name, path, remedy: REMEDY[to](name) })
    else
      found.problems.push({
        path,
        message: `names "${name}": there is no such ${WORDS[to]} in this document or workspace`,
      })
  }
  return found
}

/** With keys in the place of ids, as a document has it. */
export function exported(list: ListName, item: Values, there: There, names: Names): Values {
  return renamedIn(list, item, (id, to) => keyOf(id, to, there, names))
}
function keyOf(id: unknown, to: NamedKind, there: There, names: Names): string {
  if (to === 'mcp' || to === 'skill' || to === 'model')
    return [...names[to]].find(([, it]) => it === id)?.[0] ?? GONE
  return byId(there).get(`${to} ${id}`) ?? GONE
}
/** Turned round once for each reading. */
const turned = new WeakMap<There, ReadonlyMap<string, string>>()
function byId(there: There): ReadonlyMap<string, string> {
  const known = turned.get(there)
  if (known) return known
  const entries = LISTS.flatMap((list) =>
    [...there[list].values()].map(({ id, key }) => [`${KIND_OF[list]} ${id}`, key] as const),
  )
  const made = new Map(entries)
  turned.set(there, made)
  return made
}

/** The secrets that an item names and that are not here. */
export function missingSecrets({ list, n, item }: Looked, known: ReadonlySet<string>): ImportMissing[] {
  return secretsIn(item).flatMap(({ name, path }) =>
    known.has(name)
      ? []
      : [{ kind: 'secret' as const, name, path: [list, n, ...path].join('.'), remedy: REMEDY.secret(name) }],
  )
}
function secretsIn(value: unknown, path: string[] = []): { name: string; path: string[] }[] {
  if (typeof value !== 'object' || value === null) return []
  const { secret } = value as { secret?: unknown }
  if (typeof secret === 'string' && Object.keys(value).length === 1) return [{ name: secret, path }]
  return Object.entries(value).flatMap(([name, it]) => secretsIn(it, [...path, name]))
}
