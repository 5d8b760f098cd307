/**
 * Imports point down only (docs/architecture.md, "The house"): a table
 * of who may import whom, and each line that breaks it.
 *
 * Promise: a file that stands in no room is told too, so nothing new escapes the table.
 */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { SOURCE, sources } from './sources.ts'

interface Room {
  name: string
  holds: RegExp
  imports: readonly string[]
  /** Rooms whose types alone it may name: types vanish before anything runs. */
  types?: readonly string[]
}

const GROUND = ['contract', 'ground']
const ENGINE = [
  'triggers',
  'sources',
  'agents',
  'conditions',
  'documents',
  'mail',
  'templates',
  'delivery',
  'queue',
  'engine',
]

/** From the lowest floor up. A file is in the first room that holds it; a room may import itself. */
export const ROOMS: readonly Room[] = [
  // The browser holds it too: nothing of the server may come along.
  { name: 'contract', holds: /^lib\/contract\//, imports: [] },
  {
    name: 'ground',
    holds: /^lib\/(env|clock|deadline|turns|log|reading|version|disk-words)\.ts$/,
    imports: ['contract'],
  },

  { name: 'db', holds: /^db\//, imports: GROUND },
  { name: 'recurrence', holds: /^lib\/recurrence\//, imports: GROUND },
  { name: 'net', holds: /^lib\/net\//, imports: GROUND },
  { name: 'beside db', holds: /^lib\/(metrics|database-clock)\.ts$/, imports: [...GROUND, 'db'] },

  { name: 'triggers', holds: /^lib\/triggers\/(?!sources\/)/, imports: [...GROUND, 'db', 'recurrence'] },
  { name: 'documents', holds: /^lib\/documents\//, imports: [...GROUND, 'db'] },
  { name: 'mail', holds: /^lib\/mail\//, imports: [...GROUND, 'db', 'net'] },
  { name: 'agents', holds: /^lib\/agents\//, imports: [...GROUND, 'db', 'net', 'documents', 'mail'] },
  { name: 'sources', holds: /^lib\/triggers\/sources\//, imports: [...GROUND, 'net', 'mail', 'agents'] },
  {
    name: 'conditions',
    holds: /^lib\/conditions\//,
    imports: [...GROUND, 'db', 'net', 'triggers', 'agents'],
  },
  { name: 'templates', holds: /^lib\/templates\//, imports: GROUND },
  { name: 'delivery', holds: /^lib\/delivery\//, imports: [...GROUND, 'db', 'net', 'mail'] },
  { name: 'queue', holds: /^lib\/queue\//, imports: [...GROUND, 'db'] },
  {
    name: 'engine',
    holds: /^lib\/engine\//,
    imports: [
      ...GROUND,
      ...['db', 'recurrence', 'triggers', 'sources', 'agents', 'conditions', 'delivery', 'queue'],
    ],
  },

  { name: 'verbs', holds: /^lib\/verbs\//, imports: [...GROUND, 'db', 'recurrence', ...ENGINE] },

  { name: 'client', holds: /^lib\/client\//, imports: ['contract'] },
  { name: 'http', holds: /^lib\/http\//, imports: [...GROUND, 'db', 'verbs'], types: ['auth', 'root'] },
  { name: 'auth', holds: /^lib\/auth\//, imports: [...GROUND, 'db', 'verbs', 'http'] },
  { name: 'realtime', holds: /^lib\/realtime\//, imports: [...GROUND, 'db', 'verbs', 'http', 'auth'] },
  {
    name: 'root',
    holds: /^lib\/(composition|checkup)\.ts$/,
    imports: [...GROUND, 'db', 'net', 'beside db', ...ENGINE, 'verbs', 'auth'],
  },

  { name: 'components', holds: /^components\//, imports: ['contract', 'client'] },
  // A page that imported the root would get a second copy of it: it reaches the living one through a door.
  { name: 'app', holds: /^app\//, imports: ['contract', 'client', 'components', 'http', 'auth'] },
  { name: 'server', holds: /^server\.ts$/, imports: [...GROUND, 'http', 'realtime', 'root'] },
]
/** Rooms of `lib` that name a type of a room above them. The number only shrinks. */
const MOST_UP_ARROWS = 2

/**
 * Plug-ins stand side by side: none knows another. What they
 * share, their registry and interface, is no plug-in.
 */
const SHARED = 'index|kind|reading|matching|channel|template|fields|cut|reach'
const PLUGIN = new RegExp(
  `^lib/(?:agents/system|triggers/sources|triggers(?!/sources/)|conditions/sources|delivery/channels|templates)/(?!(?:${SHARED})\\.ts$)[^/.]+`,
)

/** A clause ends before the next statement: an exported type above an import lends it nothing. */
const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s(type\s)?(?:(?:(?!\n\s*(?:import|export)\b)[^'"])*?\sfrom\s)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g

const roomOf = (path: string) => ROOMS.find((it) => it.holds.test(path))
const pluginOf = (path: string) => PLUGIN.exec(path)?.[0]
const isTest = (path: string) => /\.test\.tsx?$|\/testing\//.test(path)

interface Import {
  path: string
  room: Room
  target: string
  typeOnly: boolean
}

function* importsOf(files: ReadonlyMap<string, string>): Generator<Import> {
  for (const [path, text] of files) {
    const room = roomOf(path)
    if (!room || isTest(path)) continue
    for (const [, typeOnly, from, dynamic] of text.matchAll(IMPORT)) {
      const target = resolve(path, from ?? dynamic ?? '')
      if (target && SOURCE.test(target)) yield { path, room, target, typeOnly: Boolean(typeOnly) }
    }
  }
}

/** One line for each import that points up or sideways; `files` maps paths to texts. */
export function violations(files: ReadonlyMap<string, string>): string[] {
  const homeless = [...files.keys()].filter((path) => !isTest(path) && !roomOf(path))
  const broken = [...importsOf(files)].flatMap((it) => {
    const problem = breach(it)
    return problem ? [`${it.path} imports ${it.target}: ${problem}`] : []
  })
  return [...homeless.map((path) => `${path} is in no room of scripts/floors.ts`), ...broken]
}

function breach({ room, path, target, typeOnly }: Import): string | null {
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

/** Which rooms name a type of a room above them, each pair once. */
export function upArrows(files: ReadonlyMap<string, string>): string[] {
  const arrows = [...importsOf(files)].flatMap(({ room, target }) => {
    const other = roomOf(target)
    return other && ROOMS.indexOf(other) > ROOMS.indexOf(room) ? [`${room.name} → ${other.name}`] : []
  })
  return [...new Set(arrows)].sort()
}

function resolve(path: string, specifier: string): string | null {
  if (specifier.startsWith('#')) return specifier.slice(1)
  return specifier.startsWith('.') ? join(dirname(path), specifier) : null
}

export function brokenFloors(root: string): string[] {
  const paths = ['app', 'components', 'lib', 'db', 'server.ts'].flatMap((it) => sources(root, it))
  const files = new Map(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')]))
  const up = upArrows(files)
  return [
    ...violations(files),
    ...(up.length > MOST_UP_ARROWS
      ? [`${up.length} arrows point up, ${MOST_UP_ARROWS} may: ${up.join(', ')}`]
      : []),
  ]
}
