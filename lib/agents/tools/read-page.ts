/** A page of the web as clean text. */
import { z } from 'zod'
import { decoded } from '../reading/encoding.ts'
import { inThread } from '../reading/in-a-thread.ts'
import { fetched } from './fetched.ts'
import { tool, ToolProblem } from './tool.ts'

const MOST_CHARACTERS = 24_000

export default tool({
  name: 'read_page',
  description: 'Fetches a page of the web and answers its text as Markdown, without navigation and scripts.',
  input: z.strictObject({ url: z.url({ protocol: /^https?$/ }).max(2000) }),
  effect: 'read',
  repeat: 'safe',
  untrusted: true,
  addressOf: ({ url }) => url,
  says: ({ url }) => `Reads ${url}`,
  async run({ url }, ground) {
    const page = await fetched(url, ground)
    const type = page.headers.get('content-type') ?? ''
    const { title, text } = /html/.test(type)
      ? await inThread<{ title: string | null; text: string }>(new URL('./page-text.ts', import.meta.url), {
          data: { html: decoded(page), url: page.url },
          what: page.url,
          clock: ground.clock,
        }).catch((error: Error) => {
          throw new ToolProblem(error.message)
        })
      : { title: null, text: plain(type, decoded(page)) }
    return {
      url: page.url,
      title,
      text: text.slice(0, MOST_CHARACTERS),
      ...((page.truncated || text.length > MOST_CHARACTERS) && { truncated: true }),
    }
  },
})

function plain(type: string, text: string): string {
  if (/^(text\/|application\/(json|xml|.*\+(json|xml)))/.test(type)) return text
  throw new ToolProblem(`The page is "${type || 'of no named type'}", which is no text.`)
}
