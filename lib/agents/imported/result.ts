/** What a skill answers, of whatever type, as a result for people; what it says of itself is text from outside. */
import type { AgentResult } from '../agent.ts'
import { fenced } from '../markdown.ts'

const TAINTED = { tainted: true } as const

export function resultOf(value: unknown): AgentResult {
  const isText = typeof value === 'string'
  const text = isText ? value : wordsFor(value)
  return { text, ...(!isText && value !== undefined && value !== null && { outcome: value }), usage: TAINTED }
}

function wordsFor(value: unknown): string {
  if (value === undefined || value === null) return 'It has ended, and answers nothing.'
  if (typeof value !== 'object') return String(value)
  return fenced(JSON.stringify(value, null, 2), 'json')
}
