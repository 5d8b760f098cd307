/** The newest items of a feed. */
import { z } from 'zod'
import { fetched } from './fetched.ts'
import { inThread } from './in-a-thread.ts'
import { tool, ToolProblem } from './tool.ts'

export default tool({
  name: 'read_feed',
  description:
    'Reads a feed (RSS, Atom, RDF or JSON): its title and newest items, with link, date and a short summary.',
  input: z.strictObject({ url: z.url({ protocol: /^https?$/ }).max(2000) }),
  effect: 'read',
  repeat: 'safe',
  untrusted: true,
  addressOf: ({ url }) => url,
  says: ({ url }) => `Reads the feed ${url}`,
  async run({ url }, ground) {
    const answer = await fetched(url, ground)
    if (answer.truncated)
      throw new ToolProblem(`${answer.url} is longer than 2 MB, which is no feed to be read whole.`)
    return inThread(new URL('./feed-items.ts', import.meta.url), {
      data: answer.text(),
      what: answer.url,
      clock: ground.clock,
    })
  },
})
