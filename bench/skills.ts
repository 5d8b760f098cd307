/** What it costs that a skill has a process of its own: its start, and the memory of many at once. */
import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Level } from '../lib/agents/imported/containment.ts'
import { createSandbox, type SkillCall } from '../lib/agents/imported/sandbox.ts'
import { systemClock } from '../lib/clock.ts'
import type { Figure } from './figures.ts'

const TOGETHER = 20
const LEVELS: Level[] = ['bubblewrap', 'other-user', 'permission']
const SKILL = `module.exports.runtime = { async handler({ wait }) {
  this.introspect('begun')
  if (wait) await this.requestToolApproval({ description: 'go on' })
  return 'done'
} }`

function place() {
  const root = mkdtempSync(join(tmpdir(), 'bench-skills-'))
  const folder = join(root, 'skill')
  mkdirSync(folder)
  writeFileSync(join(folder, 'plugin.json'), '{"hubId":"bench"}')
  writeFileSync(join(folder, 'handler.js'), SKILL)
  // Its user may be another.
  execFileSync('chmod', ['755', root])
  return { root, folder }
}

const yes = async () => ({ approved: true, message: '' })
const callIn = (folder: string): SkillCall => ({
  folder,
  manifest: { hubId: 'bench', description: '', examples: [], params: null, setup: {} },
  setup: {},
  params: {},
  grants: { network: [], privateNetwork: false, read: [], write: [], childProcess: false },
  signal: new AbortController().signal,
  say() {},
  approve: yes,
})

const since = (begun: number) => performance.now() - begun

/** Until its handler runs, and until nothing of it is left. */
async function timed(
  run: (say: SkillCall['say']) => Promise<unknown>,
): Promise<{ start: number; whole: number }> {
  const begun = performance.now()
  let start = 0
  await run(() => {
    start = since(begun)
  })
  return { start, whole: since(begun) }
}

function bareNode(): number {
  const begun = performance.now()
  execFileSync(process.execPath, ['-e', '0'])
  return since(begun)
}

/** Of all processes below a folder, what they share counted once. */
function memoryBelow(root: string): number {
  const pids = readdirSync('/proc').filter((it) => /^\d+$/.test(it))
  const sizes = pids.map((pid) => {
    try {
      if (!readlinkSync(`/proc/${pid}/cwd`).startsWith(root)) return 0
      return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0)
    } catch {
      return 0
    }
  })
  return sizes.reduce((sum, it) => sum + it, 0) / 1024
}

/** The memory of as many, while each of them waits for a person. */
async function memoryOf(
  run: (approve: SkillCall['approve']) => Promise<unknown>,
  root: string,
): Promise<number> {
  const all = Promise.withResolvers<void>()
  let waiting = 0
  let mib = 0
  const approve = async () => {
    if (++waiting === TOGETHER) {
      mib = memoryBelow(root)
      all.resolve()
    }
    await all.promise
    return yes()
  }
  await Promise.all(Array.from({ length: TOGETHER }, () => run(approve)))
  return mib
}

async function figuresOf(wanted: Level, rounds: number): Promise<Figure[]> {
  const { root, folder } = place()
  const sandbox = createSandbox({
    clock: systemClock,
    scratchDir: join(root, 'scratch'),
    allowedPrivateNetworks: [],
    levels: [wanted, 'permission'],
  })
  const run = (call: Partial<SkillCall>) => sandbox.run({ ...callIn(folder), ...call })
  try {
    const { level } = await sandbox.level()
    if (level !== wanted) return []
    const bare = []
    const one = []
    const many = []
    const memory = []
    for (let n = 0; n < rounds * 5; n++) {
      bare.push(bareNode())
      one.push(await timed((say) => run({ say })))
    }
    for (let n = 0; n < rounds; n++) {
      const begun = performance.now()
      await Promise.all(Array.from({ length: TOGETHER }, () => run({})))
      many.push(since(begun))
      memory.push(await memoryOf((approve) => run({ approve, params: { wait: true } }), root))
    }
    const starts = one.map((it) => it.start)
    return [
      { name: `start of a skill's run (${level})`, unit: 'ms', ours: starts, goalAbsolute: 150 },
      {
        name: `a skill's run, until nothing of it is left (${level})`,
        unit: 'ms',
        ours: one.map((it) => it.whole),
        peer: 'Node that does nothing',
        theirs: bare,
      },
      { name: `${TOGETHER} skills at once (${level})`, unit: 'ms', ours: many },
      {
        name: `${TOGETHER} skills at once: their memory (${level})`,
        unit: 'MiB',
        ours: memory,
        goalAbsolute: 400,
      },
    ]
  } finally {
    await sandbox.close()
    rmSync(root, { recursive: true, force: true })
  }
}

export async function skills({ rounds }: { rounds: number }): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const level of LEVELS) figures.push(...(await figuresOf(level, rounds)))
  return figures
}
