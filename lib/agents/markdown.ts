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
