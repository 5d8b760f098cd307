/** A list by how its items stand: what needs somebody first, each state by itself in the order that the list has. */
import { ProblemError } from '../contract/problem.ts'

interface Page<Item> {
  items: Item[]
  nextCursor: string | null
}

/** The cursor says at which state the last page ended, and where in the list of that state. */
export async function inOrder<State extends string, Item>(
  states: readonly State[],
  { cursor, limit }: { cursor?: string | undefined; limit: number },
  look: (state: State, page: { cursor: string | undefined; limit: number }) => Promise<Page<Item>>,
): Promise<Page<Item>> {
  let { at, within } = placeIn(states, cursor)
  const items: Item[] = []
  for (; at < states.length; at++, within = undefined) {
    const page = await look(states[at] as State, { cursor: within, limit: limit - items.length })
    items.push(...page.items)
    if (page.nextCursor !== null) return { items, nextCursor: `${at}~${page.nextCursor}` }
    if (items.length >= limit) return { items, nextCursor: at + 1 < states.length ? `${at + 1}~` : null }
  }
  return { items, nextCursor: null }
}

function placeIn(states: readonly unknown[], cursor: string | undefined) {
  if (cursor === undefined) return { at: 0, within: undefined }
  const [, at, within] = /^(\d{1,2})~(.*)$/s.exec(cursor) ?? []
  if (at === undefined || Number(at) >= states.length)
    throw new ProblemError(400, `The cursor "${cursor}" is not one that this server gave.`)
  return { at: Number(at), within: within || undefined }
}
