/** In what two texts differ, word by word. Pure. */

export interface Piece {
  kind: 'same' | 'gone' | 'new'
  text: string
}

/** Beyond so many pairs of words the middle is told as a whole: nobody reads a mosaic. */
const MOST_PAIRS = 1_000_000

/** Words with the space after them; a line's end is a word of its own. */
const wordsIn = (text: string): string[] => text.match(/\n|[^\S\n]*[^\s]+[^\S\n]*|[^\S\n]+/g) ?? []

export function differenceOf(before: string, after: string): Piece[] {
  const [a, b] = [wordsIn(before), wordsIn(after)]
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start++
  let end = 0
  const most = Math.min(a.length, b.length) - start
  while (end < most && a[a.length - 1 - end] === b[b.length - 1 - end]) end++
  const [left, right] = [a.slice(start, a.length - end), b.slice(start, b.length - end)]
  return joined([
    ...pieces('same', a.slice(0, start)),
    ...(left.length * right.length > MOST_PAIRS
      ? [...pieces('gone', left), ...pieces('new', right)]
      : between(left, right)),
    ...pieces('same', a.slice(a.length - end)),
  ])
}

const pieces = (kind: Piece['kind'], words: string[]): Piece[] => words.map((text) => ({ kind, text }))

/** How long the longest row of words is that both have from each place on: `at(i, j)`. */
function longestRows(a: string[], b: string[]): (i: number, j: number) => number {
  const width = b.length + 1
  const longest = new Uint32Array((a.length + 1) * width)
  const at = (i: number, j: number) => longest[i * width + j] as number
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      longest[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
  return at
}

function between(a: string[], b: string[]): Piece[] {
  const at = longestRows(a, b)
  const found: Piece[] = []
  let [i, j] = [0, 0]
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      found.push({ kind: 'same', text: a[i++] as string })
      j++
    } else if (at(i + 1, j) >= at(i, j + 1)) found.push({ kind: 'gone', text: a[i++] as string })
    else found.push({ kind: 'new', text: b[j++] as string })
  }
  return [...found, ...pieces('gone', a.slice(i)), ...pieces('new', b.slice(j))]
}

function joined(pieces: Piece[]): Piece[] {
  const found: Piece[] = []
  for (const it of pieces) {
    const last = found.at(-1)
    if (last?.kind === it.kind) last.text += it.text
    else found.push({ ...it })
  }
  return found
}

const KEPT = 60

/** With long stretches that are the same cut to what stands beside a difference. */
export function withoutTheSame(pieces: Piece[]): Piece[] {
  return pieces.map((it, n) => {
    if (it.kind !== 'same' || it.text.length <= 3 * KEPT) return it
    const head = n === 0 ? '' : it.text.slice(0, KEPT)
    const tail = n === pieces.length - 1 ? '' : it.text.slice(-KEPT)
    return { ...it, text: `${head} … ${tail}` }
  })
}
