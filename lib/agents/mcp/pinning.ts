/**
 * What the tools of a server say of themselves, as it was accepted and as it was seen last. Pure.
 *
 * Promise: what a tool is called, says it does, takes and hints at is one hash; a tool whose hash is another than the
 * accepted one is off. At first sight all are accepted: somebody has just entered the server.
 */
import { createHash } from 'node:crypto'
import type { Effect, Repeat } from '../../contract/custom-agent.ts'
import type { ToolPolicy } from '../../contract/mcp.ts'

/** As the protocol carries it; what is beyond is passed over. */
export interface Announced {
  name: string
  title?: string | undefined
  description?: string | undefined
  inputSchema: Record<string, unknown>
  annotations?: Record<string, unknown> | undefined
}

export interface Definition {
  description: string
  input: Record<string, unknown>
  /** By its own word it may destroy something. */
  destructive: boolean
  sha256: string
}

/** One of the two is there. */
export interface Pin {
  name: string
  accepted: Definition | null
  seen: Definition | null
}

const MOST_TOOLS = 200
const MOST_BYTES = 64 * 1024
const MOST_BYTES_OF_ALL = 1024 * 1024

/** @throws Error in words where a server offers more than anybody could look at. */
export function definitionsOf(announced: readonly Announced[]): Map<string, Definition> {
  if (announced.length > MOST_TOOLS)
    throw new Error(`It offers ${announced.length} tools; at most ${MOST_TOOLS} are taken.`)
  let all = 0
  const found = new Map<string, Definition>()
  for (const it of announced) {
    const definition = definitionOf(it)
    const bytes = Buffer.byteLength(JSON.stringify(definition))
    all += bytes
    if (bytes > MOST_BYTES || all > MOST_BYTES_OF_ALL)
      throw new Error(
        `What it says of its tool "${it.name.slice(0, 100)}" is too long: at most 64 KiB are taken, of all together 1 MiB.`,
      )
    found.set(it.name, definition)
  }
  return found
}

function definitionOf({ name, title, description, inputSchema, annotations = {} }: Announced): Definition {
  const all = { name, title: title ?? null, description: description ?? '', inputSchema, annotations }
  return {
    description: description || title || name,
    input: inputSchema,
    destructive: annotations.destructiveHint === true && annotations.readOnlyHint !== true,
    sha256: createHash('sha256')
      .update(JSON.stringify(ordered(all)))
      .digest('hex'),
  }
}

/** The order of fields says nothing. */
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, it]) => [name, ordered(it)]),
  )
}

/** `before` null: it was never seen. */
export function seenNow(before: readonly Pin[] | null, now: ReadonlyMap<string, Definition>): Pin[] {
  if (before === null) return [...now].map(([name, it]) => ({ name, accepted: it, seen: it }))
  const known = new Map(before.map((it) => [it.name, it]))
  const names = [...new Set([...known.keys(), ...now.keys()])]
  return names
    .map((name) => ({
      name,
      accepted: known.get(name)?.accepted ?? null,
      seen: now.get(name) ?? null,
    }))
    .filter(({ accepted, seen }) => accepted !== null || seen !== null)
}

/** Those of the names that are there hold from now on as they were seen last; what is gone is let go. */
export const accept = (pins: readonly Pin[], names: readonly string[]): Pin[] =>
  pins
    .map((it) => (names.includes(it.name) ? { ...it, accepted: it.seen } : it))
    .filter(({ accepted, seen }) => accepted !== null || seen !== null)

export const isChanged = ({ accepted, seen }: Pin) => accepted?.sha256 !== seen?.sha256

export interface Standing {
  effect: Effect
  repeat: Repeat
  approval: 'allow' | 'ask' | 'deny'
}

/** What a call is taken for. A server's own word can only make that stricter. */
export function standingOf({ destructive }: Definition, policy: ToolPolicy = {}): Standing {
  const effect = destructive ? 'outside' : (policy.effect ?? 'outside')
  return {
    effect,
    repeat: policy.repeat ?? 'never',
    approval: policy.approval ?? (effect === 'read' ? 'allow' : 'ask'),
  }
}
