/** Documents: lists, one by one with its text, and what can be done with them but sending files (`uploads.ts`). */
import {
  type InfiniteData,
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import type { AnswerOf, Api, BodyInput } from '#lib/contract/api.ts'
import type { Document, FoundDocument, ReadDocument } from '#lib/contract/document.ts'
import { addressFor, call } from './call.ts'
import { drawn } from './drawn.ts'
import { newId } from './id.ts'
import { keys } from './keys.ts'
import { firstPage, PAGE_OF } from './pages.ts'

export type DocumentPage = AnswerOf<Api['listDocuments']>

/** No event tells when a document was read: it is looked for while it is. */
const LOOK_AGAIN_MS = 1500
const whileRead = (documents: readonly Document[]): number | false =>
  documents.some(({ status }) => status === 'extracting') && LOOK_AGAIN_MS

/**
 * Newest first, or the best first where there are words; `data` is the flat list of all pages that were loaded.
 * `known`: the first page as the server said it while it drew the page; it is asked for once more.
 */
export const useDocuments = (slug: string, q: string, known?: DocumentPage) =>
  useInfiniteQuery({
    queryKey: keys.documentList(slug, { q }),
    ...drawn(known && firstPage(known)),
    queryFn: ({ pageParam, signal }) =>
      call('listDocuments', {
        params: { slug },
        query: { q, limit: PAGE_OF.documents, cursor: pageParam },
        signal,
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => whileRead(state.data?.pages.flatMap((it) => it.documents) ?? []),
    select: (data) => unique(data.pages.flatMap((it) => it.documents)),
  })

/** Pages overlap when something new moved the older ones along. */
function unique(documents: FoundDocument[]): FoundDocument[] {
  const seen = new Set<number>()
  return documents.filter(({ id }) => !seen.has(id) && seen.add(id))
}

/** `known`: what the server said while it drew the page. */
export const useDocument = (slug: string, id: number, known?: ReadDocument | null) =>
  useQuery({
    queryKey: keys.document(slug, id),
    ...drawn(known),
    queryFn: async ({ signal }) => (await call('getDocument', { params: { slug, id }, signal })).document,
    refetchInterval: ({ state }) => whileRead(state.data ? [state.data] : []),
  })

/** Added, or changed where there is an id. */
export function useWriteDocument(slug: string, id: number | null) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async (body: BodyInput<Api['addDocument']>): Promise<Document> => {
      if (id !== null) return (await call('changeDocument', { params: { slug, id }, body })).document
      const answer = await call('addDocument', { params: { slug }, body, idempotencyKey: newId() })
      return addedIn(answer)
    },
    onSuccess: () => client.invalidateQueries({ queryKey: keys.documents(slug) }),
  })
}

/** What was added where one was sent. */
export function addedIn(answer: AnswerOf<Api['addDocument']>): Document {
  if ('document' in answer) return answer.document
  throw new Error('One document was sent, and several were answered.')
}

type Lists = InfiniteData<DocumentPage, string | undefined>
/** A list that was loaded before does not show it again until it is read anew. */
const without = (lists: Lists, id: number): Lists => ({
  ...lists,
  pages: lists.pages.map((page) => ({ ...page, documents: page.documents.filter((it) => it.id !== id) })),
})

export function useDeleteDocument(slug: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: number) => call('deleteDocument', { params: { slug, id } }),
    onSuccess(_, id) {
      client.removeQueries({ queryKey: keys.document(slug, id) })
      client.setQueriesData<Lists>(
        { queryKey: keys.documentLists(slug) },
        (lists) => lists && without(lists, id),
      )
      return client.invalidateQueries({ queryKey: keys.documents(slug) })
    },
  })
}

/** Where the original is, to be saved as a file. */
export const originalAt = (slug: string, id: number) => addressFor('documentContent', { slug, id })
