/** What is looked for, and what is shown of where it was found. Pure. */

/** Words are and-ed, `"…"` is a phrase, all else is literal; in lower case. */
export function termsOf(q: string): string[] {
  const terms = [...q.toLowerCase().matchAll(/"([^"]*)"|(\S+)/g)].map(([, phrase, word]) =>
    (phrase ?? word ?? '').replace(/\s+/g, ' ').trim(),
  )
  return [...new Set(terms.filter((it) => it !== ''))]
}

const BEFORE = 60
const LONG = 240

/** One line of the text, around the first term that stands in it. */
export function snippetOf(text: string, terms: readonly string[]): string {
  const line = text.replace(/\s+/g, ' ').trim()
  const low = line.toLowerCase()
  const places = terms.map((it) => low.indexOf(it)).filter((at) => at >= 0)
  const first = places.length > 0 ? Math.min(...places) : 0
  const from = first <= BEFORE ? 0 : first - BEFORE
  const cut = [...line.slice(from, from + LONG)].join('').toWellFormed()
  return `${from > 0 ? '…' : ''}${cut}${from + LONG < line.length ? '…' : ''}`
}
