/**
 * Group commit: whatever is to be recorded in the same moment shares a transaction.
 *
 * Promise: nothing handed in is lost while the process lives. While the database is away (disk full,
 * connection lost) entries wait here and are written when it is back; an entry that the database refuses for
 * what it is does not take its page down, and one whose row somebody holds waits aside, with all of its trigger.
 * Pages are small, so the event loop never blocks for long.
 */
import type { Logger } from 'pino'
import type { Entry } from '#db/queries/entries.ts'
import { write } from '#db/queries/settling.ts'
import type { Store } from '#db/store.ts'
import { type Clock, seconds } from '../clock.ts'
import { createSetAside } from './set-aside.ts'
import { turnOfOthers } from './slices.ts'

const PAGE = 250
const LONGEST_PAUSE_MS = seconds(5)

export interface Ledger {
  /** Resolves when it is on disk: true; or false where the execution had passed to another owner. */
  add(entry: Entry): Promise<boolean>
  /** Why the last page could not be written; null while all is well. */
  readonly problem: string | null
}

interface Waiting {
  entry: Entry
  /** Its row was held by somebody, and may be still. */
  suspect?: boolean
  resolve(written: boolean): void
  reject(error: unknown): void
}

/**
 * One entry of an execution and one settlement of a trigger in a page: each is one row that the page's
 * statements change once.
 */
function pageOf(waiting: Waiting[]): { page: Waiting[]; rest: Waiting[] } {
  const page: Waiting[] = []
  const rest: Waiting[] = []
  const executions = new Set<number>()
  const triggers = new Set<number>()
  for (const it of waiting) {
    const fits =
      page.length < PAGE &&
      !executions.has(it.entry.executionId) &&
      !(it.entry.kind === 'settle' && triggers.has(it.entry.triggerId))
    executions.add(it.entry.executionId)
    if (it.entry.kind === 'settle') triggers.add(it.entry.triggerId)
    ;(fits ? page : rest).push(it)
  }
  return { page, rest }
}

const isAway = (error: unknown): error is Error => error instanceof Error && error.name === 'StoreUnavailable'

interface LedgerDeps {
  store: Store
  clock: Clock
  log: Logger
  written(entries: Entry[]): void
}

export function createLedger({ store, clock, log, written }: LedgerDeps): Ledger {
  let waiting: Waiting[] = []
  let flushing = false
  let problem: string | null = null
  const again = (them: Waiting[]) => {
    waiting.push(...them.map((it) => ({ ...it, suspect: true })))
    begin()
  }
  const aside = createSetAside<Waiting>({ store, clock, log, again })

  function nextPage(): Waiting[] {
    const { page, rest } = pageOf(waiting.filter((it) => !aside.joins(it)))
    waiting = rest
    return page
  }

  async function commit(all: Waiting[]): Promise<void> {
    let page = all.some((it) => it.suspect) ? await aside.withoutHeld(all) : all
    for (let pauseMs = 50; page.length > 0; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      try {
        return await commitOnce(page)
      } catch (error) {
        if (!isAway(error)) return refused(page, error)
        const free = await aside.withoutHeld(page)
        if (free.length === page.length) await wait(page, error, pauseMs)
        page = free
      }
    }
  }

  async function wait(page: Waiting[], error: Error, pauseMs: number): Promise<void> {
    if (!problem)
      log.error({ err: error, waiting: page.length }, 'Outcomes wait: the database cannot be written.')
    problem = error.message
    await new Promise<void>((resolve) => clock.after(pauseMs, resolve))
  }

  async function commitOnce(page: Waiting[]): Promise<void> {
    const entries = page.map((it) => it.entry)
    const done = await write(store, entries, clock.now())
    if (problem) log.info('The database takes writes again.')
    problem = null
    for (const it of page) it.resolve(done.has(it.entry.executionId))
    written(entries.filter((it) => done.has(it.executionId)))
  }

  /** Which of the page is it? Each is tried by itself, and the one that cannot be written is handed back. */
  async function refused(page: Waiting[], error: unknown): Promise<void> {
    const [only, ...others] = page
    if (!only) return
    if (others.length > 0) {
      for (const it of page) await commit([it])
      return
    }
    log.error({ err: error, executionId: only.entry.executionId }, 'The database refused an outcome.')
    only.reject(error)
  }

  async function flush(): Promise<void> {
    await turnOfOthers()
    try {
      while (waiting.length > 0) {
        await commit(nextPage())
        await turnOfOthers()
      }
    } finally {
      // In the same step as the last look: what is handed in after it begins anew.
      flushing = false
    }
  }

  function begin(): void {
    if (flushing) return
    flushing = true
    void flush()
  }

  return {
    add(entry) {
      const promise = new Promise<boolean>((resolve, reject) => waiting.push({ entry, resolve, reject }))
      begin()
      return promise
    },
    get problem() {
      return problem
    },
  }
}
