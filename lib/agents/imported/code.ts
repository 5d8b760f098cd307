/**
 * What can be seen in a skill's code without running it. It helps whoever reviews it and holds nobody back: what a
 * skill can reach is decided when it runs.
 */
import { isBuiltin } from 'node:module'
import { isIP } from 'node:net'
import { extname } from 'node:path/posix'
import { judgeAddress } from '../../net/addresses.ts'
import type { SkillFiles } from './files.ts'

export interface Seen {
  /** Hosts of constant addresses. */
  hosts: string[]
  privateHosts: string[]
  /** It asks for pages at all. */
  requests: boolean
  childProcess: boolean
  /** Paths above its folder that it requires. */
  above: string[]
  /** Modules that are neither Node's nor in its folder. */
  missing: string[]
  variables: string[]
  /** Code that is made while it runs. */
  evaluates: boolean
  /** Files that cannot be read by people. */
  unreadable: string[]
}

const CODE = new Set(['.js', '.cjs', '.mjs'])
const PICTURES = new Set(['.png', '.jpg', '.jpeg', '.gif', '.webp', '.ico', '.pdf', '.woff', '.woff2'])
const LONGEST_READABLE_LINE = 2000
/** More in one file is not written by hand. */
const MOST_CODE = 512 * 1024

interface Part {
  path: string
  code: string
  strings: string[]
}

export function seenIn(files: SkillFiles): Seen {
  const own = [...files].filter(([path]) => !isBundled(path))
  const parts = own
    .filter(([path, bytes]) => isCode(path, bytes))
    .map(([path, bytes]) => partsOf(path, bytes))
  const code = parts.map((it) => it.code).join('\n')
  const modules = distinct(matches(code, MODULE))
  const uses = (name: string) => modules.some((it) => it.replace(/^node:/, '') === name)
  const hosts = distinct([...parts.flatMap((it) => it.strings.flatMap(hostsIn)), ...hostOptionsIn(code)])
  return {
    hosts,
    privateHosts: hosts.filter(isPrivate),
    requests: /\bfetch\s*\(|\bgetLinkContent\b/.test(code) || uses('http') || uses('https'),
    childProcess: uses('child_process') || /\bgetBuiltinModule\b/.test(code),
    above: distinct(parts.flatMap(aboveIn)),
    missing: missingOf(modules, files),
    variables: distinct(matches(code, VARIABLE)),
    evaluates: /(?<![.\w])eval\s*\(|\bnew\s+Function\s*\(/.test(code) || uses('vm'),
    unreadable: own.filter(([path, bytes]) => isUnreadable(path, bytes)).map(([path]) => path),
  }
}

const MODULE =
  /\b(?:require|import)\s*\(\s*(["'`])([^"'`]+)\1|\bfrom\s*(["'])([^"']+)\3|\bimport\s*(["'])([^"']+)\5/g
const VARIABLE = /\bprocess\.env(?:\.([A-Za-z_]\w*)|\[\s*["']([^"']+)["']\s*\])/g

const missingOf = (modules: string[], files: SkillFiles) => {
  const bare = modules.filter((it) => !/^[./]/.test(it) && !isBuiltin(it)).map(packageOf)
  const paths = [...files.keys()]
  return distinct(bare).filter((it) => !paths.some((path) => `/${path}`.includes(`/node_modules/${it}/`)))
}

const isCode = (path: string, bytes: Buffer) => CODE.has(extname(path)) && bytes.length <= MOST_CODE
const isBundled = (path: string) => /(?:^|\/)node_modules\//.test(path)
const distinct = (list: string[]) => [...new Set(list)].sort()
const packageOf = (name: string) =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/')

/** The last group that took something, of each match. */
function matches(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(
    (it) =>
      it
        .slice(1)
        .filter((group) => group !== undefined)
        .at(-1) ?? '',
  )
}

/** Code without comments, and the strings in it. Goes through it once: what is not closed ends it. */
function partsOf(path: string, bytes: Buffer): Part {
  const source = bytes.toString()
  const opener = /["'`]|\/\/|\/\*/g
  const strings: string[] = []
  let code = ''
  let at = 0
  for (let found = opener.exec(source); found; found = opener.exec(source)) {
    const sign = found[0]
    const end = endOf(source, sign, found.index + sign.length)
    const isComment = sign.startsWith('/')
    code += source.slice(at, isComment ? found.index : end)
    if (!isComment) strings.push(source.slice(found.index + 1, end - 1))
    at = end
    opener.lastIndex = end
  }
  return { path, code: code + source.slice(at), strings }
}

function endOf(source: string, sign: string, from: number): number {
  if (sign === '//') return orEnd(source, source.indexOf('\n', from), 0)
  if (sign === '/*') return orEnd(source, source.indexOf('*/', from), 2)
  for (let at = from; at < source.length; at++) {
    if (source[at] === '\\') at++
    else if (source[at] === sign) return at + 1
    // A quote that is not closed on its line was none: it stood in a regular expression.
    else if (sign !== '`' && source[at] === '\n') return at
  }
  return source.length
}

const orEnd = (source: string, at: number, length: number) => (at < 0 ? source.length : at + length)

/** A host that goes on with `${` is not known before it runs. */
export function hostsIn(text: string): string[] {
  return matches(
    text,
    /\b(?:https?|wss?):\/\/(?:[\w.-]+@)?(\[[\da-f:.]+\](?::\d+)?|[a-z\d](?:[\w.-]*[a-z\d])?(?::\d+)?)(?![\w.$:{-])/gi,
  ).map((it) => it.toLowerCase())
}

const hostOptionsIn = (code: string) =>
  matches(code, /\bhost(?:name)?["']?\s*:\s*["']([a-z\d][\w.-]*\.[a-z]{2,})["']/gi).map((it) =>
    it.toLowerCase(),
  )

/** A name that only stands for machines nearby, or an address that does. */
function isPrivate(host: string): boolean {
  const name = host.replace(/:\d+$/, '').replace(/^\[|\]$/g, '')
  if (isIP(name)) return !judgeAddress(name, []).ok
  return !name.includes('.') || /\.(?:local|localhost|internal|lan|home|intranet)$/.test(name)
}

/** Where `../` leads out of the folder, seen from the file that says it. */
function aboveIn({ path, code }: Part): string[] {
  const depth = path.split('/').length - 1
  return matches(code, /(["'`])((?:\.\.\/){1,20}[\w.@-][\w./@-]{0,200})\1/g).flatMap((it) => {
    const ups = it.split('../').length - 1
    if (ups <= depth) return []
    const [first = ''] = it.replace(/^(?:\.\.\/)+/, '').split('/')
    return [`${'../'.repeat(ups - depth)}${first}`]
  })
}

function isUnreadable(path: string, bytes: Buffer): boolean {
  if (PICTURES.has(extname(path).toLowerCase())) return false
  if (bytes.subarray(0, 8192).includes(0)) return true
  if (!CODE.has(extname(path))) return false
  return (
    !isCode(path, bytes) ||
    bytes
      .toString('latin1')
      .split('\n')
      .some((it) => it.length > LONGEST_READABLE_LINE)
  )
}
