/**
 * The ordeal of the cluster test (`e2e/fixtures/ordeal.ts`) in its long form: until 100,000 planned
 * instants are accounted for.
 */
import { ordeal } from '../e2e/fixtures/ordeal.ts'
import { type Figure, percentiles, type Setting } from './figures.ts'

export async function longOrdeal({ postgres, quick }: Setting): Promise<Figure[]> {
  const begun = performance.now()
  const say = (line: string) => console.error(`${Math.round((performance.now() - begun) / 1000)} s  ${line}`)
  const { problems, rows, kills, heard, backAfterMs } = await ordeal({
    postgres,
    schedules: quick ? 30 : 300,
    instants: quick ? 0 : 100_000,
    cutOffMs: 60_000,
    backWithinMs: 60_000,
    say,
  })
  if (problems.length > 0) throw new Error(`It does not add up:\n${problems.slice(0, 50).join('\n')}`)
  const sum = (of: (row: (typeof rows)[number]) => number) =>
    rows.reduce((total, it) => total + of(it), 0).toLocaleString('en')
  return [
    {
      name: 'three servers under every fault: planned instants, each in exactly one row',
      unit: '',
      note: `${sum((it) => it.instants)} instants in ${sum((it) => it.rows)} rows (${rows.map((it) => `${it.rows.toLocaleString('en')} ${it.status}`).join(', ')})`,
    },
    {
      name: 'three servers under every fault: the faults',
      unit: '',
      note: `${kills} servers killed, ${sum((it) => it.crashed)} runs cut off or repeated, ${heard.toLocaleString('en')} events heard once and in order`,
    },
    ...Object.entries(backAfterMs).map(
      ([fault, ms]): Figure => ({
        name: `back to normal after ${fault}, at the latest`,
        unit: 's',
        ours: [percentiles(ms).max / 1000],
        goalAbsolute: 60,
      }),
    ),
  ]
}
