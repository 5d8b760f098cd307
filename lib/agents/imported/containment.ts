/**
 * What holds the process of a skill, as command lines.
 *
 * Promise: whatever the level, it reads its folder, this product's runner and what it was granted; it writes its
 * scratch folder; it opens no connection, starts no program that it was not granted, and its memory, processor time
 * and files have bounds. A level counts only where a process has been started and answered in it.
 */
import { accessSync, constants, existsSync, realpathSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import type { Grants } from './manifest.ts'

export type Level = 'bubblewrap' | 'other-user' | 'permission'

export interface Containment {
  level: Level
  /** For the doctor and the skill's page. */
  detail: string
}

export interface Bounds {
  heapMb: number
  /** Of data as the system counts it, buffers included: Node 26 starts with 600 MB at the least. */
  dataKb: number
  cpuSeconds: number
}

export interface Hold {
  level: Level
  /** Undefined: the server's own. */
  user?: number
  /** The program, where it is one. */
  bubblewrap?: string
}

const NOBODY = 65_534
const CHILD = join(import.meta.dirname, 'child')
const MOST_FILE_BLOCKS = 131_072
const MOST_PROCESSES = 600
const LIBRARIES = ['/lib', '/lib64', '/usr/lib', '/usr/lib64']
const PROGRAMS = ['/bin', '/usr/bin']

/** From the best down; what does not work on this machine is passed over by whoever tries them. */
export function holds(levels: readonly Level[]): Hold[] {
  const isRoot = process.getuid?.() === 0
  const bubblewrap = found('bwrap')
  const all: Hold[] = [
    ...(bubblewrap && isRoot ? [{ level: 'bubblewrap', user: NOBODY, bubblewrap } as const] : []),
    ...(bubblewrap ? [{ level: 'bubblewrap', bubblewrap } as const] : []),
    ...(isRoot ? [{ level: 'other-user', user: NOBODY } as const] : []),
    { level: 'permission' },
  ]
  return all.filter((it) => levels.includes(it.level))
}

/** `passedOver`: those before it that were tried. */
export function containmentOf({ level }: Hold, passedOver: ReadonlySet<Level>): Containment {
  const words = {
    bubblewrap:
      'Each run is a process in a sandbox of its own (bubblewrap): it sees its folder, and no other process, user or network of this machine.',
    'other-user':
      'Each run is a process of another user that Node holds to its folder. With bubblewrap installed it would not see this machine at all.',
    permission:
      'Each run is a process of the same user as the server that Node holds to its folder. With bubblewrap installed it would not see this machine at all.',
  }
  const tried = {
    bubblewrap: 'It is installed, and does not work on this machine.',
    'other-user': 'Running it as another user was tried, and does not work on this machine.',
    permission: '',
  }
  return { level, detail: [words[level], ...[...passedOver].map((it) => tried[it])].join(' ') }
}

function found(program: string): string | null {
  const places = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/local/bin']
  return places.map((it) => join(it, program)).find(isProgram) ?? null
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

interface Place {
  folder: string
  scratch: string
  grants: Grants
}

/** For `/bin/sh`, which sets the bounds and becomes what it starts. */
export function commandOf(hold: Hold, { folder, scratch, grants }: Place, bounds: Bounds): string[] {
  const granted = (paths: string[]) =>
    paths
      .map((it) => resolve(folder, it))
      .filter(existsSync)
      .map((it) => realpathSync(it))
  const write = granted(grants.write)
  const read = [folder, CHILD, ...granted(grants.read)]
  const node = [
    process.execPath,
    '--permission',
    '--no-experimental-sqlite',
    '--no-warnings',
    `--max-old-space-size=${bounds.heapMb}`,
    ...[...read, scratch, ...write].map((it) => `--allow-fs-read=${it}`),
    ...[scratch, ...write].map((it) => `--allow-fs-write=${it}`),
    ...(grants.childProcess ? ['--allow-child-process'] : []),
    join(CHILD, 'main.cjs'),
  ]
  const wrapped = hold.bubblewrap
    ? [hold.bubblewrap, ...wrapping(read, [scratch, ...write], grants), '--chdir', scratch, ...node]
    : node
  return ['-c', limited(bounds, grants), ...wrapped]
}

/** What a shell does not know it leaves out: their names for the bounds differ. */
function limited({ dataKb, cpuSeconds }: Bounds, { childProcess }: Grants): string {
  const limits = [
    `-d ${dataKb}`,
    '-c 0',
    `-f ${MOST_FILE_BLOCKS}`,
    // First a signal that says why, then one that cannot be caught.
    `-H -t ${cpuSeconds + 1}`,
    `-S -t ${cpuSeconds}`,
    ...(childProcess ? [`-u ${MOST_PROCESSES}`, `-p ${MOST_PROCESSES}`] : []),
  ]
  return `${limits.map((it) => `ulimit ${it} 2>/dev/null`).join('; ')}; exec "$0" "$@"`
}

function wrapping(read: string[], write: string[], { childProcess }: Grants): string[] {
  const system = [...LIBRARIES, ...(childProcess ? PROGRAMS : [])].filter((it) => existsSync(it))
  return [
    ...['--die-with-parent', '--unshare-all', '--new-session', '--clearenv', '--cap-drop', 'ALL'],
    ...['--uid', String(NOBODY), '--gid', String(NOBODY), '--hostname', 'skill'],
    ...[...system, process.execPath, ...read].flatMap((it) => ['--ro-bind', it, it]),
    ...write.flatMap((it) => ['--bind', it, it]),
    ...['--proc', '/proc', '--dev', '/dev'],
  ]
}
