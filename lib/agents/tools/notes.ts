/** Keeps what the next run of the schedule is to know: all of it, in place of what was there. */
import { z } from 'zod'
import { NotesText } from '../../contract/notes.ts'
import { tool } from './tool.ts'

export default tool({
  name: 'notes',
  description:
    'Writes the notes that the next run of this schedule begins with, in place of those that you were given. They are kept when this run succeeds.',
  input: z.strictObject({ content: NotesText }),
  effect: 'inside',
  // Only the last of a run is kept, with its success.
  repeat: 'safe',
  untrusted: false,
  keeps: ({ content }) => content,
  says: ({ content }) => `Keeps notes (${content.length.toLocaleString('en')} characters)`,
  run: async () => ({ kept: 'when this run succeeds' }),
})
