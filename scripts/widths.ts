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

export function tooWide(root: string): string[] {
  return FOLDERS.flatMap((it) => sources(root, it)).flatMap((path) => {
    const lines = wideLines(readFileSync(join(root, path), 'utf8'))
    return lines.length > 0 ? [`${path} is wider than ${WIDEST} columns in line ${lines.join(', ')}`] : []
  })
}
