/** Who changed something, by the id that was kept of them. Pure. */
import type { ChangeActor } from '../contract/revision.ts'

const GONE = 'somebody who is not here any more'
/** `name`: as it is today; null of whom nobody knows any more. */
export function actorOf({
  changedBy: id,
  name,
}: {
  changedBy: string | null
  name: string | null
}): ChangeActor {
  if (id === 'system') return { kind: 'system', id: null, name: 'Carillon' }
  if (id === null) return { kind: 'sql', id: null, name: 'plain SQL' }
  if (id.startsWith('agent:')) return { kind: 'agent', id, name: name ?? id.slice('agent:'.length) }
  return { kind: id.startsWith('key:') ? 'key' : 'person', id, name: name ?? GONE }
}
