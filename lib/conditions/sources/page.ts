/** The text of a page, or of a part of it: how it is marked up does not count. */
import { createHash } from 'node:crypto'
import { inThread, Unreadable } from '../../agents/reading/in-a-thread.ts'
import { askAgain } from '../../agents/reading/conditional.ts'
import { decoded } from '../../agents/reading/encoding.ts'
import { type Ground, NoValue, source } from '../source.ts'

const MOST_BYTES = 2 * 1024 * 1024

export const page = source<'page'>({
  kind: 'page',
  async read({ url, selector = '' }, ground) {
    const { fetch, signal, known, clock } = ground
    const key = `page ${url} ${selector}`
    const before = known.get(key)
    const asked = await askAgain(url, before ?? {}, { tools: { fetch }, signal, maxBytes: MOST_BYTES })
    if (asked.kind === 'failed' || asked.kind === 'gone') throw new NoValue(asked.problem)
    if (asked.kind === 'same') return (before as NonNullable<typeof before>).reading
    const hash = createHash('sha256').update(asked.answer.bytes).digest('base64url')
    const reading =
      before?.hash === hash ? before.reading : { value: await textOf(asked.answer, selector, clock) }
    known.keep(key, { ...asked.validators, hash, reading })
    return reading
  },
})

async function textOf(
  answer: Parameters<typeof decoded>[0] & { url: string },
  selector: string,
  clock: Ground['clock'],
): Promise<string> {
  const text = decoded(answer)
  const isPage = /html/i.test(answer.headers.get('content-type') ?? '') || /^\s*</.test(text)
  if (!isPage && selector === '') return text.trim()
  const part = await inThread<string | null>(new URL('../page-part.ts', import.meta.url), {
    data: { html: text, selector },
    what: 'The page',
    clock,
  }).catch((error: Error) => {
    throw error instanceof Unreadable ? new NoValue(error.message) : error
  })
  if (part === null) throw new NoValue(`There is nothing on the page that ${selector} selects.`)
  return part
}
