/** The kinds of source there are. A new one is a file beside this one and an entry in the list. */
import type { SourceKind } from '#lib/contract/source.ts'
import { feed } from './feed.ts'
import { folder } from './folder.ts'
import { imap } from './imap.ts'
import type { Kind } from './kind.ts'

export type { Item, Kind, Look, Reach } from './kind.ts'
export { SourceProblem } from './kind.ts'

const kinds: ReadonlyMap<string, Kind> = new Map([imap, feed, folder].map((it) => [it.kind, it]))

export function kindOf(kind: SourceKind): Kind {
  const known = kinds.get(kind)
  if (!known) throw new Error(`There is no kind of source "${kind}" in this version.`)
  return known
}
