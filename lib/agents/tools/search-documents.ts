/** Finds documents of the workspace by words. */
import { z } from 'zod'
import { markedIf, tool } from './tool.ts'

const MOST = 8

export default tool({
  name: 'search_documents',
  description:
    'Finds documents of the workspace that have all of the words, the best first, with an excerpt.',
  input: z.strictObject({ query: z.string().trim().min(2).max(200) }),
  effect: 'read',
  repeat: 'safe',
  untrusted: false,
  says: ({ query }) => `Searches the documents for “${query}”`,
  async run({ query }, { workspace }) {
    const found = await workspace.documentsWith(query, MOST)
    const documents = found.map(({ id, name, snippet }) => ({ documentId: id, name, excerpt: snippet }))
    return markedIf(
      found.some((it) => it.tainted),
      { documents },
    )
  },
})
