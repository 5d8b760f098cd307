/**
 * Words for people, in Markdown.
 *
 * Promise: what somebody else wrote (a name, a reply) shows as the text
 * it is: it starts no markup, no link, no table cell and no new line.
 */

/** Cuts on a character, not inside one. */
export function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`
}

/** Foreign text inside a line. Direction marks are dropped: they would turn the rest of the line round. */
export const inline = (text: string, most = 200) =>
  shortened(
    text
      .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
      .replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
      .trim(),
    most,
  ).replace(/[\\`*_[\]<>|#!~&]/g, '\\$&')

/** Foreign words that lead to a foreign address; only the words where that is none of the web. */
export function linked(words: string, address: string | null): string {
  const url = address === null ? null : URL.parse(address)
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') return inline(words)
  const href = url.href.replace(/[()<>\\\s]/g, (it) => `%${it.charCodeAt(0).toString(16).padStart(2, '0')}`)
  return `[${inline(words)}](${href})`
}

/** What a model wrote in a few sentences or points, each on a line of its own, as the text that it is. */
export const pointed = (text: string, most: number): string[] =>
  text
    .split('\n')
    .map((it) => it.replace(/^[\s>#*•–-]+/, '').trim())
    .filter((it) => it !== '')
    .slice(0, most)
    .map((it) => `- ${inline(it, 500)}`)

/** Our own Markdown as text, for where nobody draws it: what foreign text had in it stands there as it was. */
export const plain = (markdown: string) => markdown.replace(/\\([\\`*_[\]<>|#!~&])|\*\*|^#{1,6} /gm, '$1')

/** Foreign text as a block: the fence is longer than any run of backticks inside. */
export function fenced(text: string, language = ''): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}${language}\n${text}\n${fence}`
}

export const counted = (n: number, one: string, many = `${one}s`) =>
  `${n.toLocaleString('en')} ${n === 1 ? one : many}`

/** "a", "a and b", "a, b and c". */
export const listed = (words: string[]) =>
  words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`

export function inBytes(n: number): string {
  if (n < 1024) return counted(n, 'byte')
  return n < 1024 * 1024 ? `${(n / 1024).toFixed(1)} KiB` : `${(n / 1024 / 1024).toFixed(1)} MiB`
}
