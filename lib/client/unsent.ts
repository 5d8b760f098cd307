/**
 * What was written and not sent, kept in the browser: a page that is loaded again, with or without a network, still
 * has it, and sends it when it can.
 *
 * Promise: it is of one person; each text goes once, for its client id comes along.
 */
const PLACE = 'carillon unsent'
const MOST = 50

export interface Kept {
  slug: string
  /** Whose it is. */
  userId: string
  text: string
  clientId: string
  threadId?: number | undefined
}

function read(): Kept[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(PLACE) ?? '[]')
    return Array.isArray(kept) ? (kept as Kept[]).filter((it) => typeof it?.clientId === 'string') : []
  } catch {
    return []
  }
}
function write(all: readonly Kept[]): void {
  try {
    if (all.length === 0) localStorage.removeItem(PLACE)
    else localStorage.setItem(PLACE, JSON.stringify(all.slice(-MOST)))
  } catch {
    // Without storage it is kept as long as the page is.
  }
}

export const keepUnsent = (it: Kept): void =>
  write([...read().filter(({ clientId }) => clientId !== it.clientId), it])
export const forgetUnsent = (clientId: string): void => write(read().filter((it) => it.clientId !== clientId))
export const forgetAllUnsent = (): void => write([])
export const unsentOf = (slug: string, userId: string): Kept[] =>
  read().filter((it) => it.slug === slug && it.userId === userId)
