/** The newest items of a feed. */
import { z } from 'zod'
import { inThread } from './in-a-thread.ts'
import { tool, ToolProblem } from './tool.ts'

const MOST_BYTES = 2 * 1024 * 1024

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
  async run({ url }, { fetch, signal, clock }) {
    const answer = await fetch(url, { signal, maxBytes: MOST_BYTES }).catch((error: Error) => {
      signal.throwIfAborted()
      throw new ToolProblem(error.message)
    })
    if (answer.status >= 400) throw new ToolProblem(`${answer.url} answers ${answer.status}.`)
    if (answer.truncated)
      throw new ToolProblem(`${answer.url} is longer than 2 MB, which is no feed to be read whole.`)
    return inThread(new URL('./feed-items.ts', import.meta.url), {
      data: answer.text(),
      what: answer.url,
      clock,
    })
  },
})
