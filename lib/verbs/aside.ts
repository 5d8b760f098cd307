/** What the engine does on the way, for itself, is nobody's change. */
import type { Recording } from '#db/recording.ts'

const QUIET = ['look', 'tellPauses', 'lookForStops', 'callOffOrphans', 'leaveTraces', 'lookAtQueue'] as const
type Work = (...given: never[]) => unknown

/** The same engine, as it is at any time, with its own work done aside. */
export function aside<E extends Record<(typeof QUIET)[number], Work>>(
  engine: E,
  { aside: apart }: Pick<Recording, 'aside'>,
): E {
  const quiet = QUIET.map((name) => [
    name,
    (...given: never[]) => apart(() => (engine[name] as Work)(...given)),
  ])
  return Object.assign(Object.create(engine) as E, Object.fromEntries(quiet))
}
