/**
 * A document as it comes in, read with care; and as it goes out.
 *
 * Promise: what is read is plain JSON, however it was written. Nothing that YAML can say beyond that gets through: no
 * tag, no anchor that a few bytes could grow into gigabytes with, no merge key, no name of a prototype, no depth that
 * a stack ends in. What is refused says where.
 */
import { stringify } from 'yaml'
import { MOST_DOCUMENT_BYTES } from '../../contract/exchange.ts'
import { unacceptable } from '../../contract/problem.ts'
import type { PlainOf } from '../../documents/extract.ts'

export type Values = Record<string, unknown>

const DEEPEST = 48
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype', '<<'])
const refuse = (message: string) => unacceptable([{ path: 'document', message }])

/** @throws ProblemError 422 */
export async function readDocument(plainOf: PlainOf, given: string | Values): Promise<Values> {
  const text = typeof given === 'string' ? given : JSON.stringify(given)
  if (Buffer.byteLength(text) > MOST_DOCUMENT_BYTES) throw refuse('is longer than 1 MiB: import it in parts')
  const value = typeof given === 'string' ? await fromYaml(plainOf, given) : given
  const fault = faultIn(value)
  if (fault) throw refuse(fault)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refuse('expects an object with version, triggers and the like')
  return value as Values
}

async function fromYaml(plainOf: PlainOf, text: string): Promise<unknown> {
  const answer = await plainOf({ bytes: Buffer.from(text) })
  if ('problem' in answer) throw refuse(answer.problem)
  return JSON.parse(answer.json)
}

/** Without a stack of its own, so that depth is a sentence and no crash. */
function faultIn(root: unknown): string | null {
  const left: { value: unknown; depth: number }[] = [{ value: root, depth: 0 }]
  for (let it = left.pop(); it; it = left.pop()) {
    const { value, depth } = it
    if (depth > DEEPEST) return `is nested deeper than ${DEEPEST} levels`
    const fault = faultOfPlain(value)
    if (fault) return fault
    if (typeof value !== 'object' || value === null) continue
    for (const [name, inner] of Object.entries(value)) {
      if (FORBIDDEN.has(name)) return `has the name "${name}", which is not taken here`
      left.push({ value: inner, depth: depth + 1 }, { value: name, depth })
    }
  }
  return null
}

function faultOfPlain(value: unknown): string | null {
  if (typeof value === 'number' && !Number.isFinite(value)) return `has ${value}, which is no number of JSON`
  if (typeof value === 'string' && (value.includes('\0') || !value.isWellFormed()))
    return 'has a character that is not text'
  return null
}

/** Read the same by programs that go by an older YAML, in which `no` and `12:30` are no texts. */
export const toYaml = (value: Values): string =>
  stringify(value, {
    version: '1.2',
    schema: 'core',
    compat: 'yaml-1.1',
    lineWidth: 0,
    aliasDuplicateObjects: false,
  })
