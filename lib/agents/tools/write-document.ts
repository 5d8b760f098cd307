/** Writes a document of the workspace. */
import { z } from 'zod'
import { tool } from './tool.ts'

export default tool({
  name: 'write_document',
  description: 'Writes a document of the workspace; one of the same name gets the new text.',
  input: z.strictObject({
    name: z.string().trim().min(1).max(200),
    content: z.string().max(1_000_000),
  }),
  effect: 'inside',
  // The same text under the same name is the same document.
  repeat: 'safe',
  untrusted: false,
  says: ({ name, content }) =>
    `Writes the document “${name}” (${content.length.toLocaleString('en')} characters)`,
  run: ({ name, content }, { doings, agent, tainted }) =>
    doings.writeDocument({ name, content, tainted, by: `agent:${agent.id}` }),
})
