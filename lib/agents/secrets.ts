/**
 * Secrets of a workspace, by name.
 *
 * Promise: a value is sealed for its name and its workspace, and opened only for the call that needs it.
 */
import * as rows from '#db/queries/secrets.ts'
import type { Store } from '#db/store.ts'
import type { SecretRef } from '../contract/secret.ts'
import type { Box } from './sealed.ts'

export interface Secrets {
  close(workspaceId: number, name: string, value: string): string
  /** Of each name its value; null where there is none, or it cannot be opened here. */
  open(workspaceId: number, names: string[]): Promise<Map<string, string | null>>
}

export const isRef = (value: unknown): value is SecretRef =>
  typeof value === 'object' &&
  value !== null &&
  Object.keys(value).length === 1 &&
  typeof (value as Partial<SecretRef>).secret === 'string'

const placeOf = (workspaceId: number, name: string) => `secret ${name} of workspace ${workspaceId}`

export const createSecrets = (store: Store, box: Box): Secrets => ({
  close: (workspaceId, name, value) => box.close(value, placeOf(workspaceId, name)),
  async open(workspaceId, names) {
    const found = await rows.named(store, workspaceId, names)
    const value = (name: string) => {
      const row = found.find((it) => it.name === name)
      return row ? box.open(row.value, placeOf(workspaceId, name)) : null
    }
    return new Map(names.map((name) => [name, value(name)]))
  },
})
