/** A condition, tried on what was seen of its source. */
import { conditionsOf, recordedOf } from '#db/queries/conditions.ts'
import { sourcePrint } from '../conditions/recorded.ts'
import { ConditionTrigger } from '../contract/condition-trigger.ts'
import { tryOnLooks } from '../engine/backtesting-conditions.ts'
import { turnOfOthers } from '../engine/slices.ts'
import { configIn } from '../engine/watching.ts'
import type { Deps } from './deps.ts'
import { eventsBetween } from './over-events.ts'
import type { Draft, Tried, Trying } from './trying-over.ts'

const PAGE = 1000

/** Over the looks of the trigger whose draft it is, else of the newest that watches the same; as if it had been on. */
export async function overSamples(
  { store, clock }: Pick<Deps, 'store' | 'clock'>,
  row: Draft,
  { from, to, id, ...of }: Trying,
): Promise<Tried> {
  const config = ConditionTrigger.parse(JSON.parse(row.config))
  const source = sourcePrint(config.source)
  const alike = (await conditionsOf(store, row.workspaceId))
    .map((it) => ({ id: it.id, config: configIn(it) }))
    .filter((it) => it.config && (it.id === id || sourcePrint(it.config.source) === source))
    .toSorted((a, b) => Number(b.id === id) - Number(a.id === id))
  for (const it of alike) {
    const watchedEvery = it.config?.everySeconds ?? config.everySeconds
    const trial = tryOnLooks(row, { ...of, watchedEvery })
    const events = eventsBetween(store, row, { from, to, now: clock.now() }, trial)
    let looks = 0
    for (let since = from; ; await turnOfOthers()) {
      const page = await recordedOf(store, { triggerId: it.id, source, from: since, to, limit: PAGE })
      for (const look of page) {
        await events.before(new Date(look.at))
        trial.see(look)
      }
      looks += page.length
      const last = page.at(-1)
      if (page.length < PAGE || !last || trial.isFull) break
      since = new Date(last.at + 1)
    }
    if (looks === 0) continue
    await events.end()
    const { occurrences, evaluations, untold, isFull } = trial
    const note = noted({ untold, every: config.everySeconds, watchedEvery, events: events.note })
    return { occurrences, evaluations, truncated: isFull || events.isCut, note, isRecorded: true }
  }
  return { occurrences: [], evaluations: {}, truncated: false, note: NOTHING, isRecorded: false }
}

const NOTHING =
  'Nothing was recorded of this source in that time: only a schedule that watches it records what is there.'

function noted(it: {
  untold: number
  every: number
  watchedEvery: number
  events: string | null
}): string | null {
  const words = [
    ...(it.every < it.watchedEvery
      ? [`It was looked at every ${it.watchedEvery} seconds only: what lay in between is not known.`]
      : []),
    ...(it.untold > 0
      ? [`${it.untold} checks are left out: of the long text that they read only the beginning is kept.`]
      : []),
    ...(it.events === null ? [] : [it.events]),
  ]
  return words.length > 0 ? words.join(' ') : null
}
