/** A page of the web as clean text. */
import { Worker } from 'node:worker_threads'
import { z } from 'zod'
import { type Clock, seconds } from '../../clock.ts'
import { tool, ToolProblem } from './tool.ts'

const MOST_BYTES = 2 * 1024 * 1024
const MOST_CHARACTERS = 24_000
/** A page of a few kilobytes can keep a parser busy for a minute. */
const PARSING_MS = seconds(5)

export default tool({
  name: 'read_page',
  description: 'Fetches a page of the web and answers its text as Markdown, without navigation and scripts.',
  input: z.strictObject({ url: z.url({ protocol: /^https?$/ }).max(2000) }),
  effect: 'read',
  repeat: 'safe',
  untrusted: true,
  says: ({ url }) => `Reads ${url}`,
  async run({ url }, { fetch, signal, clock }) {
    const page = await fetch(url, { signal, maxBytes: MOST_BYTES }).catch((error: Error) => {
      signal.throwIfAborted()
      throw new ToolProblem(error.message)
    })
    if (page.status >= 400) throw new ToolProblem(`${page.url} answers ${page.status}.`)
    const type = page.headers.get('content-type') ?? ''
    const { title, text } = /html/.test(type)
      ? await readable(page.text(), page.url, clock)
      : { title: null, text: plain(type, page.text()) }
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

interface Readable {
  title: string | null
  text: string
}

/** In a thread of its own, which ends with its time. */
function readable(html: string, url: string, clock: Clock): Promise<Readable> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./page-text.ts', import.meta.url), {
      workerData: { html, url },
      resourceLimits: { maxOldGenerationSizeMb: 256 },
    })
    const give = (act: () => void) => {
      callOff()
      void worker.terminate()
      act()
    }
    const callOff = clock.after(PARSING_MS, () =>
      give(() => reject(new ToolProblem(`${url} is built in a way that takes too long to read.`))),
    )
    worker.once('message', (it: Readable) => give(() => resolve(it)))
    worker.once('error', (error: Error) =>
      give(() =>
        reject(new ToolProblem(`${url} could not be read as a page: ${error.message.slice(0, 200)}`)),
      ),
    )
  })
}
