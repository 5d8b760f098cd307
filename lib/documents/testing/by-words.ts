/** For tests whose workspaces have no model of embeddings. */
import * as finding from '#db/queries/finding.ts'
import type { Store } from '#db/store.ts'
import type { DocumentSearch } from '../search.ts'

export const byWords =
  (store: Store): DocumentSearch =>
  (workspaceId, asked) =>
    finding.find(store, workspaceId, asked)
