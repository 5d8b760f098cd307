/** The newest items of a feed. */
import { z } from 'zod'
import { decoded } from '../reading/encoding.ts'
import { readFeed } from '../reading/feed.ts'
import { fetched } from './fetched.ts'
import { tool, ToolProblem } from './tool.ts'

const MOST_ITEMS = 50

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
  async run({ url }, { clock, ...ground }) {
    const answer = await fetched(url, ground)
    if (answer.truncated)
      throw new ToolProblem(`${answer.url} is longer than 2 MB, which is no feed to be read whole.`)
    return readFeed(decoded(answer), { what: answer.url, most: MOST_ITEMS, longest: 500, clock }).catch(
      (error: Error) => {
        throw new ToolProblem(error.message)
      },
    )
  },
})
