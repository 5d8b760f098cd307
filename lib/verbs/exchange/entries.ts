/**
 * What the record of changes says of an import.
 *
 * Promise: a document may have a secret in plain words; the record has what the API answers of it, which is a mask.
 */
import * as audit from '#db/queries/audit.ts'
import type { ListName } from '../../contract/exchange.ts'
import type { FieldChange } from '../../contract/revision.ts'
import { MASK } from '../../agents/sealed.ts'
import { exported, type There } from './comparing.ts'
import type { ExchangeDeps } from './deps.ts'
import type { Values } from './document.ts'
import type { Existing } from './kinds.ts'
import type { Names } from './names.ts'

/** One that was written, and what the document said of the fields. */
export interface Entry {
  entryId: number
  list: ListName
  key: string
  name: string
  id: Existing['id']
  changes: readonly FieldChange[]
}

/** `there`: all of it as it is after the import. */
export async function tellFields(
  { store, recording }: Pick<ExchangeDeps, 'store' | 'recording'>,
  entries: readonly Entry[],
  there: There,
  names: Names,
): Promise<void> {
  for (const { entryId, list, key, name, id, changes } of entries) {
    const item = changes.length > 0 ? there[list].get(key)?.item : undefined
    const now = item ? exported(list, item, there, names) : {}
    const detail = { objectId: String(id), objectName: name, changes: asAnswered(changes, now) }
    await recording.aside(() => audit.detail(store, entryId, detail))
  }
}

const isNothing = (it: unknown) => it === null || it === undefined || it === ''

/** With what is answered in the place of what was said; what is not answered may be a secret. */
const asAnswered = (changes: readonly FieldChange[], now: Values): FieldChange[] =>
  changes.map(({ path, from, to }) => {
    const answered = valueAt(now, path.split('.'))
    return { path, from, to: answered ?? (isNothing(to) ? to : MASK) }
  })

const valueAt = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (it, name) =>
      typeof it === 'object' && it !== null && Object.hasOwn(it, name) ? (it as Values)[name] : undefined,
    value,
  )
