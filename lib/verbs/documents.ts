/** Texts that a workspace keeps for its agents. */
import * as documents from '#db/queries/documents.ts'
import type { AnswerOf, Api, BodyOf } from '../contract/api.ts'
import type { By } from '../contract/by.ts'
import { notFound } from '../contract/problem.ts'
import type { Deps } from './deps.ts'
import { requireRoom } from './quotas.ts'

type Shelf = Pick<Deps, 'store' | 'clock'>

export const list = (
  { store }: Shelf,
  workspaceId: number,
): Promise<AnswerOf<Api['listDocuments']>['documents']> => documents.list(store, workspaceId)

export async function add(
  { store, clock }: Shelf,
  workspaceId: number,
  { name, text }: BodyOf<Api['addDocument']>,
  by: By,
): Promise<AnswerOf<Api['addDocument']>['document']> {
  await requireRoom(store, workspaceId, { documents: 1, documentBytes: Buffer.byteLength(text) })
  return documents.add(store, { workspaceId, name, content: text, by: by.id }, clock.now())
}

export async function remove({ store }: Shelf, workspaceId: number, id: number, _by: By): Promise<void> {
  if (!(await documents.remove(store, workspaceId, id))) throw notFound('document')
}
