/**
 * No line of source is wider than 120 columns.
 *
 * The formatter breaks code at 110, and leaves comments and texts as they are. A
 * comment is wrapped; a line is let through where it is its texts that make it
 * long: a list of classes, an address, a sentence that somebody will search for.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sources } from './sources.ts'

const WIDEST = 120
const FOLDERS = ['app', 'components', 'lib', 'db', 'e2e', 'scripts', 'bench', 'server.ts']

const COMMENT = /^\s*(?:\/\/|\/?\*)/
/** A directive is one line or none, and an address cannot be broken. */
const UNBREAKABLE = /biome-ignore|https?:\/\//
const TEXT = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`/g

/** The numbers of the lines that are too wide. */
export function wideLines(source: string): number[] {
  return source.split('\n').flatMap((line, n) => (isWide(line) ? [n + 1] : []))
}

function isWide(line: string): boolean {
  if (line.length <= WIDEST) return false
  return COMMENT.test(line) ? !UNBREAKABLE.test(line) : line.replace(TEXT, '').length > WIDEST
}

/**
 * What is still to be broken, files and folders. The list only
 * shrinks: where all lines fit, the entry is taken off.
 */
const STILL_WIDE: readonly string[] = [
  'bench/',
  'lib/agents/testing/task.ts',
  'lib/composition.ts',
  'lib/engine/',
  'lib/realtime/requests.ts',
  'lib/realtime/teller.ts',
  'lib/verbs/',
  'scripts/doctor.test.ts',
  'scripts/doctor.ts',
]

export function tooWide(root: string, stillWide = STILL_WIDE): string[] {
  const files = FOLDERS.flatMap((it) => sources(root, it))
  const wide = files.flatMap((path) => {
    const lines = wideLines(readFileSync(join(root, path), 'utf8'))
    return lines.length > 0 ? [{ path, lines }] : []
  })
  return [
    ...wide
      .filter(({ path }) => !stillWide.some((it) => path.startsWith(it)))
      .map(({ path, lines }) => `${path} is wider than ${WIDEST} columns in line ${lines.join(', ')}`),
    ...stillWide
      .filter((listed) => !wide.some((it) => it.path.startsWith(listed)))
      .map((listed) => `${listed} fits: take it off the list in scripts/widths.ts`),
  ]
}
