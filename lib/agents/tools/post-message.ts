/** Says something in the workspace's chat. */
import { z } from 'zod'
import { tool } from './tool.ts'

export default tool({
  name: 'post_message',
  description: "Posts a message to the workspace's chat now, beside the result of the run.",
  input: z.strictObject({ text: z.string().trim().min(1).max(16_000) }),
  effect: 'inside',
  repeat: 'keyed',
  untrusted: false,
  says: ({ text }) => `Posts to the chat: “${text.length > 120 ? `${text.slice(0, 120)}…` : text}”`,
  run: ({ text }, { doings, key, agent, triggerId }) =>
    doings.postMessage({ text, key, author: agent.name, triggerId }),
})
