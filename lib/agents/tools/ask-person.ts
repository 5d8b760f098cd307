/** Asks a person, and waits for the answer. */
import { z } from 'zod'
import { tool, ToolProblem } from './tool.ts'

export default tool({
  name: 'ask_person',
  description:
    'Asks the people of the workspace a question and waits until one of them answers; with options they choose one. Only for what the task cannot go on without.',
  input: z.strictObject({
    question: z.string().trim().min(1).max(2000),
    options: z.array(z.string().trim().min(1).max(200)).min(2).max(20).optional(),
  }),
  effect: 'read',
  repeat: 'safe',
  untrusted: false,
  says: ({ question }) => question,
  asks: ({ question, options }) => ({ question, ...(options && { options }) }),
  run: () => Promise.reject(new ToolProblem('Only a person can answer.')),
})
