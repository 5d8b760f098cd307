/** `npm run bench [-- name …] [-- --quick]`: measures, and prints a table of ratios within this run. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { type Figure, row, type Setting } from './figures.ts'

const HERE = import.meta.dirname
const quick = process.argv.includes('--quick')
const names = process.argv.slice(2).filter((it) => !it.startsWith('--'))

if (!existsSync(join(HERE, 'node_modules'))) {
  console.error('Installing the peers …')
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: HERE,
    stdio: 'inherit',
  })
  if (status !== 0) process.exit(1)
}

const [
  { startPostgres },
  { herd },
  { back },
  { sustained },
  { armed },
  { reading },
  { backtest },
  { facts },
  { requests },
  { sockets },
  { cluster },
  { skills },
  { webhooks },
  { conditions },
  { tellingPeople },
  { pages },
  { longOrdeal },
] = await Promise.all([
  import('../db/testing/postgres-server.ts'),
  import('./herd.ts'),
  import('./back.ts'),
  import('./sustained.ts'),
  import('./armed.ts'),
  import('./reading.ts'),
  import('./backtest.ts'),
  import('./facts.ts'),
  import('./requests.ts'),
  import('./sockets.ts'),
  import('./cluster.ts'),
  import('./skills.ts'),
  import('./webhooks.ts'),
  import('./conditions.ts'),
  import('./telling.ts'),
  import('./pages.ts'),
  import('./ordeal.ts'),
])
const measures: Record<string, (setting: Setting) => Promise<Figure[]>> = {
  herd,
  back,
  sustained,
  armed,
  reading,
  backtest,
  facts,
  requests,
  sockets,
  cluster,
  skills,
  webhooks,
  conditions,
  telling: tellingPeople,
  pages,
}
/** Run only when they are named. */
const long: typeof measures = { ordeal: longOrdeal }
const unknown = names.filter((it) => !(it in measures || it in long))
if (unknown.length > 0) {
  console.error(`Unknown: ${unknown.join(', ')}. Known: ${Object.keys({ ...measures, ...long }).join(', ')}.`)
  process.exit(1)
}

mkdirSync(join(HERE, '.data'), { recursive: true })
const postgres = await startPostgres({ durable: true })
console.log(
  `${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}; peers on PostgreSQL with fsync. Median (least–most).\n`,
)
console.log('| measure | Carillon | peer | ratio | goal | |\n|---|---|---|---|---|---|')
try {
  for (const [name, measure] of Object.entries(names.length > 0 ? { ...measures, ...long } : measures)) {
    if (names.length > 0 && !names.includes(name)) continue
    for (const figure of await measure({
      postgres,
      url: `${postgres.url}/postgres`,
      rounds: quick ? 1 : 3,
      quick,
    }))
      console.log(row(figure))
  }
} finally {
  await postgres.stop()
  rmSync(join(HERE, '.data'), { recursive: true, force: true })
}
process.exit()
