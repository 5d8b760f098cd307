/** Finds documents of the workspace by words. */
import { z } from 'zod'
import { markedIf, tool } from './tool.ts'

const MOST = 8
const AROUND = 200

export default tool({
  name: 'search_documents',
  description: 'Finds documents of the workspace that have all of the words, newest first, with an excerpt.',
  input: z.strictObject({ query: z.string().trim().min(2).max(200) }),
  effect: 'read',
  repeat: 'safe',
  untrusted: false,
  says: ({ query }) => `Searches the documents for “${query}”`,
  async run({ query }, { workspace }) {
    const words = query.split(/\s+/)
    const found = await workspace.documentsWith(words, MOST)
    const documents = found.map(({ id, name, content }) => ({
      documentId: id,
      name,
      excerpt: around(content, words),
    }))
    return markedIf(
      found.some((it) => it.tainted),
      { documents },
    )
  },
})

function around(content: string, words: string[]): string {
  const lower = content.toLowerCase()
  const at = Math.max(0, ...words.slice(0, 1).map((it) => lower.indexOf(it.toLowerCase())))
  const from = Math.max(0, at - AROUND)
  return `${from > 0 ? '…' : ''}${content.slice(from, at + AROUND)}${at + AROUND < content.length ? '…' : ''}`
}
