/** A page or a file of the web: what it says counts, not how it is marked up. */
import { askAgain } from '../../reading/conditional.ts'
import { decoded } from '../../reading/encoding.ts'
import type { GuardedResponse } from '../../../net/guarded-fetch.ts'
import { differenceOf } from './difference.ts'
import { newsOf, type Ground, isDown, known, type Look, nothing, type Thing } from './look.ts'
import { hashOf, hashOfText, LONGEST_TITLE, type Memory, type PageMemory } from './memory.ts'

const MOST_BYTES = 25 * 1024 * 1024

export async function lookAtPage(
  url: string,
  remembered: Memory['pages'][string] | undefined,
  ground: Ground,
): Promise<Look> {
  const { before, failing } = known<PageMemory>(remembered)
  const thing: Thing = { name: before?.title ?? url, link: url }
  // A page that is gone is asked for anew: a server that knows nothing of it any more may still say "as before".
  const asked = await askAgain(url, before && !before.gone ? before : {}, { ...ground, maxBytes: MOST_BYTES })
  switch (asked.kind) {
    case 'failed':
      return isDown({ ...thing, problem: asked.problem }, remembered, asked.transient)
    case 'gone':
      if (!before) return isDown({ ...thing, problem: asked.problem }, remembered, false)
      return {
        ...nothing,
        ...(before.gone ? { unchanged: [thing.name] } : { gone: [thing] }),
        memory: { ...before, gone: true, failing: false },
      }
    case 'same':
      // Asked for only where it was known.
      return {
        ...nothing,
        unchanged: [thing.name],
        recovered: failing,
        memory: before && { ...before, failing: false },
      }
  }
  const raw = hashOf(asked.answer.bytes)
  if (before && before.raw === raw && !before.gone)
    return {
      ...nothing,
      unchanged: [thing.name],
      recovered: failing,
      memory: { ...before, ...asked.validators, failing: false },
    }
  const read = await textOf(asked.answer, ground)
  if ('problem' in read) return isDown({ ...thing, problem: read.problem }, remembered, false)
  const memory: PageMemory = {
    raw,
    text: hashOfText(read.text),
    title: titleOf(read.text, asked.answer),
    ...asked.validators,
    gone: false,
    failing: false,
  }
  if (before && before.text === memory.text && !before.gone)
    return { ...nothing, unchanged: [thing.name], recovered: failing, tainted: true, memory }
  return kept(url, { before, memory, read, failing }, ground)
}

interface ReadPage {
  before: PageMemory | null
  memory: PageMemory
  read: { text: string; mediaType: string; original: Buffer | null }
  failing: boolean
}
async function kept(url: string, { before, memory, read, failing }: ReadPage, ground: Ground): Promise<Look> {
  const old = before && (await ground.tools.workspace.documentFrom(ground.by, url))
  const problem = await ground.keep({ name: memory.title, from: url, ...read })
  const thing: Thing = { name: memory.title, link: url }
  if (problem !== null) return isDown({ ...thing, problem }, before, false)
  const told: Look = { ...nothing, recovered: failing, first: !before, tainted: true, memory }
  if (!before) return { ...told, fresh: [{ ...thing, ...newsOf(read.text) }] }
  if (before.gone) return { ...told, fresh: [{ ...thing, note: 'is there again', ...newsOf(read.text) }] }
  const changed = { ...thing, ...(old && { difference: differenceOf(old.text, read.text) }) }
  return { ...told, changed: [changed] }
}

async function textOf(answer: GuardedResponse, { tools, signal }: Ground) {
  const type = answer.headers.get('content-type') ?? ''
  const isText = /^text\/|[/+](json|xml)\b/i.test(type)
  const bytes = isText ? Buffer.from(decoded(answer)) : Buffer.from(answer.bytes)
  const name = nameIn(answer.url)
  const read = await tools.files.textOf({ name, bytes, isPage: /html/i.test(type) }, signal)
  signal.throwIfAborted()
  if ('problem' in read) return read
  if (read.text.trim() === '')
    return { problem: 'There is no text in it: it may be drawn by a script, which is not run.' }
  // A page is kept as what it says; its markup is of no use to anybody.
  const isPage = read.mediaType === 'text/html'
  return {
    text: read.text,
    mediaType: isPage ? 'text/markdown' : read.mediaType,
    original: isPage || isText ? null : bytes,
  }
}

const nameIn = (url: string): string => {
  const last = new URL(url).pathname.split('/').findLast((it) => it !== '')
  try {
    return decodeURIComponent(last ?? '')
  } catch {
    // Bytes that are no UTF-8: the name is as it stands.
    return last ?? ''
  }
}

/** Its first heading, the name of its file, its address. */
function titleOf(text: string, { url }: GuardedResponse): string {
  const heading = /^# +(.+)$/m.exec(text.slice(0, 2_000))?.[1]
  const { host, pathname } = new URL(url)
  const name =
    heading ?? (nameIn(url).includes('.') ? nameIn(url) : `${host}${pathname === '/' ? '' : pathname}`)
  return (
    name
      .replace(/\p{Cc}+/gu, ' ')
      .trim()
      .slice(0, LONGEST_TITLE)
      .toWellFormed() || host
  )
}
