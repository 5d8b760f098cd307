/** A document of the workspace, whole or a part of it. */
import { z } from 'zod'
import { markedIf, tool, ToolProblem } from './tool.ts'

const MOST_CHARACTERS = 24_000

export default tool({
  name: 'read_document',
  description: 'The text of a document, from a place on; long ones come in parts.',
  input: z.strictObject({
    documentId: z.number().int().positive(),
    from: z.number().int().min(0).default(0).describe('The first character.'),
  }),
  effect: 'read',
  repeat: 'safe',
  untrusted: false,
  says: ({ documentId }) => `Reads document ${documentId}`,
  async run({ documentId, from }, { workspace }) {
    const found = await workspace.document(documentId)
    if (!found) throw new ToolProblem(`There is no document ${documentId}. Search for it first.`)
    const text = found.content.slice(from, from + MOST_CHARACTERS)
    const rest = found.content.length - from - text.length
    return markedIf(found.tainted, {
      name: found.name,
      text,
      ...(rest > 0 && { goesOnFrom: from + text.length, charactersLeft: rest }),
    })
  },
})
