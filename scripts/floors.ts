/**
 * Imports point down only (README, "The house"): a table of who may import whom, and each line that breaks it.
 *
 * Promise: a file that stands in no room is told too, so nothing new escapes the table.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

interface Room {
  name: string
  holds: RegExp
  imports: readonly string[]
  /** Rooms above whose types it may name: types vanish before anything runs. */
  types?: readonly string[]
}

const LOWER = ['contract', 'ground', 'db', 'net', 'recurrence', 'triggers', 'core', 'verbs', 'beside db']

/** From the lowest floor up. A file is in the first room that holds it; a room may import itself. */
const ROOMS: readonly Room[] = [
  // The browser holds it too: nothing of the server may come along.
  { name: 'contract', holds: /^lib\/contract\//, imports: [] },
  { name: 'ground', holds: /^lib\/(env|clock|log|version)\.ts$/, imports: ['contract'] },
  { name: 'db', holds: /^db\//, imports: ['contract', 'ground'] },
  { name: 'net', holds: /^lib\/net\//, imports: ['contract', 'ground'] },
  { name: 'recurrence', holds: /^lib\/recurrence\//, imports: ['contract', 'ground'] },
  { name: 'triggers', holds: /^lib\/triggers\//, imports: ['contract', 'ground', 'db', 'recurrence'] },
  {
    name: 'core',
    holds: /^lib\/(engine|agents|queue|delivery)\//,
    imports: ['contract', 'ground', 'db', 'net', 'recurrence', 'triggers'],
  },
  {
    name: 'verbs',
    holds: /^lib\/verbs\//,
    imports: ['contract', 'ground', 'db', 'net', 'recurrence', 'triggers', 'core'],
  },
  { name: 'beside db', holds: /^lib\/(metrics|database-clock)\.ts$/, imports: ['contract', 'ground', 'db'] },
  { name: 'client', holds: /^lib\/client\//, imports: ['contract'] },
  { name: 'doors', holds: /^lib\/(auth|http|realtime)\//, imports: LOWER, types: ['root'] },
  { name: 'root', holds: /^lib\/composition\.ts$/, imports: [...LOWER, 'doors'] },
  { name: 'components', holds: /^components\//, imports: ['contract', 'client'] },
  // A page that imported the root would get a second copy of it: it reaches the living one through a door.
  { name: 'app', holds: /^app\//, imports: ['contract', 'ground', 'client', 'components', 'doors'] },
  { name: 'server', holds: /^server\.ts$/, imports: [...LOWER, 'doors', 'root'] },
]

/** Plug-ins stand side by side: none knows another. What they share, their registry and interface, is no plug-in. */
const PLUGIN = /^lib\/(?:agents\/system|triggers|delivery)\/(?!(?:index|kind|channel)\.ts$)[^/.]+/

/** A clause ends before the next statement: an exported type above an import lends it nothing. */
const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s(type\s)?(?:(?:(?!\n\s*(?:import|export)\b)[^'"])*?\sfrom\s)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g
const SOURCE = /\.(tsx?|mjs)$/

const roomOf = (path: string) => ROOMS.find((it) => it.holds.test(path))
const pluginOf = (path: string) => PLUGIN.exec(path)?.[0]
const isTest = (path: string) => /\.test\.tsx?$|\/testing\//.test(path)

/** One line for each import that points up or sideways; `files` maps paths to texts. */
export function violations(files: ReadonlyMap<string, string>): string[] {
  return [...files].flatMap(([path, text]) => {
    if (isTest(path)) return []
    const room = roomOf(path)
    if (!room) return [`${path} is in no room of scripts/floors.ts`]
    return [...text.matchAll(IMPORT)].flatMap(([, typeOnly, from, dynamic]) => {
      const target = resolve(path, from ?? dynamic ?? '')
      const problem = target && SOURCE.test(target) && breach(room, path, target, Boolean(typeOnly))
      return problem ? [`${path} imports ${target}: ${problem}`] : []
    })
  })
}

function breach(room: Room, path: string, target: string, typeOnly: boolean): string | null {
  const other = roomOf(target)
  if (!other) return 'that is in no room of scripts/floors.ts'
  if (isTest(target)) return 'that is for tests only'
  if (pluginOf(path) && pluginOf(target) && pluginOf(path) !== pluginOf(target))
    return 'a plug-in never imports another'
  const allowed = typeOnly ? [...room.imports, ...(room.types ?? [])] : room.imports
  return other === room || allowed.includes(other.name)
    ? null
    : `"${room.name}" never imports "${other.name}"`
}

function resolve(path: string, specifier: string): string | null {
  if (specifier.startsWith('#')) return specifier.slice(1)
  return specifier.startsWith('.') ? join(dirname(path), specifier) : null
}

function sources(root: string, path: string): string[] {
  if (!existsSync(join(root, path))) return []
  if (SOURCE.test(path)) return [path]
  return readdirSync(join(root, path), { withFileTypes: true }).flatMap((it) =>
    it.isDirectory() || SOURCE.test(it.name) ? sources(root, join(path, it.name)) : [],
  )
}

export function brokenFloors(root: string): string[] {
  const paths = ['app', 'components', 'lib', 'db', 'server.ts'].flatMap((it) => sources(root, it))
  return violations(new Map(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')])))
}
