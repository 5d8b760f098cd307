/**
 * An Agent Skill (`SKILL.md`): instructions for agents, with the texts that they refer to.
 *
 * Promise: nothing of it is ever run; of its front matter the keys of the format are read, and the rest is passed over.
 */
import type { SkillManifest } from './manifest.ts'
import { type SkillFiles, SkillProblem } from './files.ts'

/** What the instructions of an agent may be; see `lib/contract/custom-agent.ts`. */
const MOST_INSTRUCTIONS = 32 * 1024
const REFERENCE = /^(?:references?\/.+|[^/]+)\.(?:md|txt)$/i

export function readAgentSkill(text: string, files: SkillFiles): SkillManifest {
  const parts = /^\uFEFF?---[ \t]*\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)([\s\S]*)$/.exec(text)
  if (!parts)
    throw new SkillProblem('SKILL.md has no front matter: begin it with "---", name, description, "---".')
  const head = frontMatter(parts[1] ?? '')
  const { name = '', description = '' } = head
  if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(name))
    throw new SkillProblem(
      `SKILL.md names the skill "${name.slice(0, 80)}". A name has up to 64 small letters, digits and hyphens.`,
    )
  if (description === '')
    throw new SkillProblem('SKILL.md has no description. Say in it what the skill is for.')
  const { instructions, left } = withReferences((parts[2] ?? '').trim(), files)
  return {
    hubId: name,
    name,
    description: description.slice(0, 1024),
    version: head.version ?? null,
    author: head.author ?? null,
    format: 'agent-skill',
    setup: { type: 'object', properties: {} },
    params: null,
    examples: [],
    asks: { network: [], privateNetwork: false, read: [], write: [], childProcess: false },
    warnings: warningsOf(files, left),
    instructions,
  }
}

function withReferences(body: string, files: SkillFiles): { instructions: string; left: string[] } {
  if (body === '') throw new SkillProblem('SKILL.md has no text below its front matter.')
  if (Buffer.byteLength(body) > MOST_INSTRUCTIONS)
    throw new SkillProblem(
      'The text of SKILL.md is longer than 32 KiB, which agents are not given. Shorten it.',
    )
  const left: string[] = []
  let instructions = body
  for (const [path, bytes] of files) {
    if (path === 'SKILL.md' || !REFERENCE.test(path) || /^(?:readme|license|changelog)\b/i.test(path))
      continue
    const longer = `${instructions}\n\n# ${path}\n\n${bytes.toString().trim()}`
    if (Buffer.byteLength(longer) <= MOST_INSTRUCTIONS) instructions = longer
    else left.push(path)
  }
  return { instructions, left }
}

function warningsOf(files: SkillFiles, left: string[]): string[] {
  const scripts = [...files.keys()].filter((it) => it.startsWith('scripts/'))
  return [
    ...(scripts.length > 0 ? [`Its scripts are kept and never run: ${someOf(scripts)}.`] : []),
    ...(left.length > 0 ? [`Agents are not given what goes beyond 32 KiB: ${someOf(left)}.`] : []),
  ]
}

export const someOf = (list: readonly string[], most = 8) =>
  list.length > most ? `${list.slice(0, most).join(', ')} and ${list.length - most} more` : list.join(', ')

/** `key: value` at the margin; what is indented below belongs to it, folded or as it stands. */
function frontMatter(text: string): Record<string, string> {
  const found = new Map<string, string[]>()
  let current: string[] = []
  for (const line of text.split(/\r?\n/)) {
    const key = /^([A-Za-z][\w-]*):(?:[ \t]+(.*))?$/.exec(line)
    if (key?.[1] && !found.has(key[1])) {
      current = [key[2]?.trim() ?? '']
      found.set(key[1], current)
    } else if (/^[ \t]/.test(line) || line === '') current.push(line.trim())
    else if (!line.startsWith('#'))
      throw new SkillProblem(`SKILL.md has a front matter that cannot be read at "${line.slice(0, 60)}".`)
  }
  return Object.fromEntries([...found].map(([key, lines]) => [key, scalar(lines)]))
}

function scalar([first = '', ...rest]: string[]): string {
  if (/^[>|][+-]?\d?$/.test(first)) return rest.join(first.startsWith('|') ? '\n' : ' ').trim()
  const whole = [first, ...rest].join(' ').trim()
  const quoted = /^(["'])([\s\S]*)\1$/.exec(whole)
  if (quoted?.[1] === "'") return (quoted[2] ?? '').replaceAll("''", "'")
  if (quoted) return (quoted[2] ?? '').replace(/\\(["\\])/g, '$1')
  return whole.replace(/\s#.*$/, '')
}
