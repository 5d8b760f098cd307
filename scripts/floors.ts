/**
 * Imports point down only (README, "The house"): a table of who may import whom, and what breaks it.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

interface Room { name: string; holds: RegExp; imports: readonly string[] }

/** From the lowest floor up. A file is in the first room that holds it; a room may import itself. */
const ROOMS: readonly Room[] = [
  { name: 'ground', holds: /^lib\/(contract\/|(env|clock|log|version)\.ts)/, imports: [] },
  { name: 'db', holds: /^db\//, imports: ['ground'] },
  { name: 'net', holds: /^lib\/net\//, imports: ['ground'] },
  { name: 'recurrence', holds: /^lib\/engine\/recurrence(\/|\.ts)/, imports: ['ground'] },
  { name: 'triggers', holds: /^lib\/triggers\//, imports: ['ground', 'db', 'recurrence'] },
  { name: 'core', holds: /^lib\/(engine|agents|queue|delivery)\//, imports: ['ground', 'db', 'net', 'recurrence', 'triggers'] },
  { name: 'beside db', holds: /^lib\/(metrics|database-clock)\.ts/, imports: ['ground', 'db'] },
  { name: 'client', holds: /^lib\/client\//, imports: ['ground'] },
  { name: 'doors', holds: /^lib\/(auth|http|realtime|carillon\.ts|composition\.ts)/, imports: ['ground', 'db', 'net', 'recurrence', 'triggers', 'core', 'beside db'] },
  { name: 'components', holds: /^components\//, imports: ['ground', 'client'] },
  { name: 'app', holds: /^app\//, imports: ['ground', 'client', 'components', 'doors'] },
]
/** Plug-ins stand side by side: none knows another. */
const PLUGINS = /^lib\/(agents\/system|delivery)\/(?!index|markdown)/

const IMPORT = /(?:^|\n)\s*(?:import|export)\s(type\s)?(?:[^'"]*?\sfrom\s)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g

const roomOf = (path: string) => ROOMS.find((it) => it.holds.test(path))
const isTest = (path: string) => /\.test\.tsx?$|\/testing\//.test(path)

/** One line for each import that points up or sideways; `files` maps paths to texts. */
export function violations(files: ReadonlyMap<string, string>): string[] {
  return [...files].flatMap(([path, text]) => {
    const room = roomOf(path)
    if (isTest(path)) return []
    if (!room) return [`${path} is in no room of scripts/floors.ts`]
    return [...text.matchAll(IMPORT)].flatMap(([, typeOnly, from, dynamic]) => {
      const target = resolve(path, from ?? dynamic ?? '')
      const other = target && roomOf(target)
      if (!target || !other) return []
      if (PLUGINS.test(path) && PLUGINS.test(target) && target !== path) return [`${path} imports ${target}: a plug-in never imports another`]
      if (other === room || room.imports.includes(other.name)) return []
      // Types vanish: the engine may name an agent's shape, a page the server's.
      if (typeOnly) return []
      return [`${path} (${room.name}) imports ${target} (${other.name})`]
    })
  })
}

function resolve(path: string, specifier: string): string | null {
  if (specifier.startsWith('#')) return specifier.slice(1)
  return specifier.startsWith('.') ? join(dirname(path), specifier) : null
}

function* sources(root: string, folder: string): Generator<[string, string]> {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* sources(root, path)
    else if (/\.tsx?$/.test(entry.name)) yield [path, readFileSync(join(root, path), 'utf8')]
  }
}

export function brokenFloors(root: string): string[] {
  return violations(new Map(['app', 'components', 'lib', 'db'].flatMap((folder) => [...sources(root, folder)].map(([path, text]) => [relative('.', path), text] as const))))
}
