/**
 * YAML as plain JSON. Runs in a process of its own (`child.ts`).
 *
 * Promise: nothing that YAML can say beyond JSON gets through: no tag, no anchor that a few bytes could grow into
 * gigabytes with, no name twice. What is refused says in which line.
 */
import {
  CST,
  isAlias,
  isMap,
  isNode,
  isScalar,
  Lexer,
  LineCounter,
  type Node,
  parseAllDocuments,
  visit,
  type YAMLMap,
} from 'yaml'
import { Unreadable } from './types.ts'

/** Beyond, the parser takes minutes, or ends its stack. */
const DEEPEST = 64

export interface Plain {
  /** As JSON. */
  json: string
}

export function plainOf(text: string): Plain {
  if (isDeep(text)) throw new Unreadable('is nested too deeply')
  const lines = new LineCounter()
  const [document, second] = parseAllDocuments(text, {
    version: '1.2',
    schema: 'core',
    merge: false,
    resolveKnownTags: false,
    // Theirs looks at each pair of names.
    uniqueKeys: false,
    stringKeys: true,
    prettyErrors: false,
    logLevel: 'silent',
    lineCounter: lines,
  })
  if (second) throw new Unreadable('has more than one document')
  if (!document) return { json: 'null' }
  const where = (at: number | undefined) => `in line ${lines.linePos(at ?? 0).line}`
  visit(document, (_, node) => {
    const what = isNode(node) ? beyondPlain(node) : null
    if (what) throw new Unreadable(`has ${what} ${where((node as Node).range?.[0])}, which is not taken here`)
  })
  const [error] = [...document.errors, ...document.warnings]
  if (error)
    throw new Unreadable(`is no YAML that is taken here: ${short(error.message)}, ${where(error.pos[0])}`)
  return { json: JSON.stringify(document.toJS({ maxAliasCount: 0 }) ?? null, finite) }
}

/** It may say the document back. */
const MOST_SAID = 120
const short = (message: string) => (message.length > MOST_SAID ? `${message.slice(0, MOST_SAID)}…` : message)

function finite(_: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new Unreadable(`has ${value}, which is no number of JSON`)
  return value
}

function beyondPlain(node: Node): string | null {
  if (isAlias(node)) return 'an alias'
  if ('anchor' in node && node.anchor) return 'an anchor'
  if (node.tag) return 'a tag'
  const twice = isMap(node) ? firstTwice(node) : undefined
  return twice === undefined ? null : `“${short(twice)}” twice`
}
function firstTwice({ items }: YAMLMap): string | undefined {
  const names = items.map(({ key }) => String(isScalar(key) ? key.value : key))
  const seen = new Set<string>()
  return names.find((it) => seen.size === seen.add(it).size)
}

const OPENS = new Set(['flow-seq-start', 'flow-map-start'])
const CLOSES = new Set(['flow-seq-end', 'flow-map-end'])
const BEGINS = new Set(['seq-item-ind', 'explicit-key-ind', 'map-value-ind'])
/** By its words alone, before anything is built of them: brackets, and what begins within one line. */
function isDeep(text: string): boolean {
  let brackets = 0
  let begun = 0
  for (const word of new Lexer().lex(text)) {
    const type = CST.tokenType(word) ?? ''
    if (type === 'newline') begun = 0
    else if (OPENS.has(type)) brackets++
    else if (CLOSES.has(type)) brackets--
    else if (BEGINS.has(type) && brackets === 0) begun++
    if (brackets > DEEPEST || begun > DEEPEST) return true
  }
  return false
}
