/** Finds what was said in the workspace's chat. */
import { z } from 'zod'
import { markedIf, tool } from './tool.ts'

export default tool({
  name: 'search_messages',
  description: 'Finds messages of the chat that have all of the words, newest last.',
  input: z.strictObject({
    query: z.string().trim().min(2).max(200),
    limit: z.number().int().min(1).max(50).default(20),
  }),
  effect: 'read',
  repeat: 'safe',
  untrusted: false,
  says: ({ query }) => `Searches the chat for “${query}”`,
  async run({ query, limit }, { workspace }) {
    const found = await workspace.messagesWith(query, limit)
    const messages = found.map((it) => ({
      at: it.createdAt,
      by: it.author.name,
      text: it.text.slice(0, 2000),
    }))
    return markedIf(await workspace.anyTainted(found), { messages })
  },
})
