/** What became of files that were sent, in words: one by one, and all together for who hears the page. */
import { isUnderWay, type Upload } from '#lib/client/uploads.ts'

type Ended = Pick<Upload, 'state' | 'problem' | 'document' | 'isNew'>

export function outcomeOf({ state, problem, document, isNew }: Ended): {
  tone: 'good' | 'warn' | 'bad'
  words: string
} {
  if (state === 'refused' || !document) return { tone: 'bad', words: problem ?? 'It was not sent.' }
  if (!isNew) return { tone: 'warn', words: 'The same is there already: nothing was added.' }
  const kept = document.version > 1 ? `It is version ${document.version} now.` : 'Added.'
  return document.status === 'failed'
    ? { tone: 'warn', words: `${kept} ${document.problem ?? 'Its text cannot be read.'}` }
    : { tone: 'good', words: kept }
}

/** Changes when a file begins or ends, and not with every percent. */
export function summaryOf(uploads: readonly Pick<Upload, 'name' | keyof Ended>[]): string {
  if (uploads.length === 0) return ''
  const ended = uploads.filter((it) => !isUnderWay(it))
  const files = uploads.length === 1 ? '1 file' : `${uploads.length} files`
  if (ended.length === 0) return `Sending ${files}.`
  const told = ended.flatMap((it) => {
    const { tone, words } = outcomeOf(it)
    return tone === 'good' ? [] : [`${it.name}: ${words}`]
  })
  return [`${ended.length} of ${files} done.`, ...told].join(' ')
}
