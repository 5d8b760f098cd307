/**
 * What tells of news by itself: one watch for each source that can, for as long as it is held here and answers.
 *
 * Promise: news are hints to look, together and not more often than every two seconds; what no hint told of is found
 * when the source is due.
 */
import type { Held } from '#db/queries/sources.ts'
import { seconds } from '#lib/clock.ts'
import { kindOf } from '#lib/triggers/sources/index.ts'
import { keptIn, openConfig } from './confidence.ts'
import type { LookingDeps } from './looking.ts'

/** What changes all the time is not looked at all the time. */
const REST_MS = seconds(2)
/** A connection that has ended is made again, not at once. */
const AGAIN_MS = seconds(60)

interface Watch {
  config: string
  stop: AbortController
  ended: Promise<void>
  endedAtMs: number | null
}

export function createWatches(deps: LookingDeps, stopped: AbortSignal, due: (id: number) => void) {
  const { clock, log } = deps
  const watches = new Map<number, Watch>()

  function begin(it: Held): void {
    const kind = kindOf(it.kind)
    if (!kind.watch) return
    const stop = new AbortController()
    const signal = AbortSignal.any([stopped, stop.signal])
    let resting = false
    function news(): void {
      if (resting) return
      resting = true
      clock.after(REST_MS, () => {
        resting = false
        if (!signal.aborted) due(it.id)
      })
    }
    const watch: Watch = { config: it.config, stop, endedAtMs: null, ended: Promise.resolve() }
    watch.ended = (async () => {
      const config = await openConfig(deps, it.workspaceId, kind, keptIn(it))
      await kind.watch?.(config, deps.reach, news, signal)
    })()
      .catch((error) => {
        // Its looks say what is wrong.
        if (!signal.aborted)
          log.debug({ err: error, sourceId: it.id }, 'A source does not tell of news by itself.')
      })
      .finally(() => {
        watch.endedAtMs = clock.monotonicMs()
      })
    watches.set(it.id, watch)
  }

  const isWatchable = ({ status, baselineAt }: Held) => status === 'ok' && baselineAt !== null
  const isOver = ({ endedAtMs }: Watch) => endedAtMs !== null && clock.monotonicMs() - endedAtMs >= AGAIN_MS

  return {
    follow(held: ReadonlyMap<number, Held>): void {
      if (stopped.aborted) return
      for (const [id, watch] of watches) {
        const it = held.get(id)
        if (it && it.config === watch.config && isWatchable(it) && !isOver(watch)) continue
        watch.stop.abort(new Error('It is not watched any more.'))
        watches.delete(id)
      }
      for (const it of held.values()) if (!watches.has(it.id) && isWatchable(it)) begin(it)
    },
    ended: () => Promise.allSettled([...watches.values()].map((it) => it.ended)),
  }
}
