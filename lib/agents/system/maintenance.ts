/**
 * Keeps a workspace tidy: archives old chats, prunes history, removes what nothing refers to or needs any more, gives
 * free space back, and writes the digest anew.
 *
 * Promise: it says what it did and how much that freed, also where there was
 * nothing to do; it works in small pages and lets the server breathe in
 * between; stopped half-way it has done half of the work and nothing twice.
 */
import { setImmediate } from 'node:timers/promises'
import { z } from 'zod'
import * as retention from '#db/queries/retention.ts'
import { days } from '#lib/clock.ts'
import { agent, type Task, type Usage } from '../agent.ts'
import { counted, inBytes } from '../markdown.ts'

/** A file of this size is rewritten within some 50 ms. */
const SMALL_FILE_BYTES = 4 * 1024 * 1024
/** Deleted schedules and expired invitations can still be asked about for so long. */
const ORPHANS_KEPT_MS = days(30)

/** A run that has just ended may still be looked at by the server that ran it. */
const WORKING_COPIES_KEPT_MS = days(1)

const Days = z.int().min(1).max(3650)
const Input = z.strictObject({
  tasks: z
    .array(
      z.enum([
        'archive_old_chats',
        'prune_executions',
        'cleanup_orphans',
        'cleanup_temp_files',
        'regenerate_summaries',
        'vacuum',
      ]),
    )
    .min(1)
    .max(20)
    .default(['archive_old_chats', 'prune_executions', 'cleanup_orphans', 'vacuum'])
    .meta({
      description:
        'What to do, in this order. cleanup_temp_files: what ended runs had kept to go on after a crash. ' +
        'regenerate_summaries: the digest of the workspace since the last run.',
    }),
  archiveAfterDays: Days.default(90).meta({
    description: 'Messages older than this leave the chat; they are hidden, not deleted.',
  }),
  retentionDays: Days.optional().meta({
    description: 'Executions older than this are deleted; the retention of the workspace when left out.',
  }),
})
type Chore = z.output<typeof Input>['tasks'][number]
type MaintenanceTask = Task<z.output<typeof Input>>

/** What a chore did, in words and as numbers. */
interface Done {
  words: string
  changed: number
  freedBytes: number
  /** What stands by itself below. */
  digest?: string
  usage?: Partial<Usage>
}
const nothing = (words: string): Done => ({ words, changed: 0, freedBytes: 0 })

export const maintenance = agent({
  id: 'maintenance',
  name: 'Maintenance',
  description:
    'Archives old chats, prunes executions by retention, removes orphans and what ended runs have left behind, ' +
    'gives free space back, and writes the digest anew. Says what it did and how much it freed.',
  input: Input,
  example: {
    tasks: ['archive_old_chats', 'prune_executions', 'cleanup_orphans', 'vacuum'],
    archiveAfterDays: 90,
    retentionDays: 365,
  },
  safeToRepeat: true,
  async perform(task) {
    const done: [Chore, Done][] = []
    for (const chore of new Set(task.input.tasks)) {
      task.say(`Begins: ${TITLES[chore].toLowerCase()}`)
      const result = await CHORES[chore](task)
      task.say(result.words)
      done.push([chore, result])
    }
    // Not the sum: what the file gave back is what was deleted before.
    const freedBytes = Math.max(...done.map(([, it]) => it.freedBytes))
    const usage = done.map(([, it]) => it.usage).find((it) => it !== undefined)
    const changed = done.some(([, it]) => it.changed > 0)
    return {
      text: [
        ...done.map(([chore, it]) => `- **${TITLES[chore]}**: ${it.words}`),
        '',
        freedBytes > 0 ? `Freed about ${inBytes(freedBytes)}.` : 'Nothing was freed.',
        ...done.flatMap(([, it]) => (it.digest ? ['', it.digest] : [])),
      ].join('\n'),
      outcome: {
        freedBytes,
        tasks: Object.fromEntries(
          done.map(([chore, { changed, freedBytes }]) => [chore, { changed, freedBytes }]),
        ),
      },
      notable: changed || freedBytes > 0,
      ...(usage && { usage }),
    }
  },
})

const TITLES: Record<Chore, string> = {
  archive_old_chats: 'Old chats',
  prune_executions: 'Executions',
  cleanup_orphans: 'Orphans',
  cleanup_temp_files: 'Temporary files',
  regenerate_summaries: 'Summaries',
  vacuum: 'Space',
}

const CHORES: Record<Chore, (task: MaintenanceTask) => Promise<Done>> = {
  async archive_old_chats(task) {
    const {
      input: { archiveAfterDays },
      tools: { upkeep, clock },
    } = task
    const now = clock.now()
    const before = new Date(now.getTime() - days(archiveAfterDays))
    const { changed } = await inPages<number>(task, 0, (after) =>
      upkeep.archiveMessages({ before, after, now }),
    )
    return {
      words:
        changed > 0
          ? `Archived ${counted(changed, 'message')} older than ${counted(archiveAfterDays, 'day')}.`
          : `No message is older than ${counted(archiveAfterDays, 'day')}.`,
      changed,
      freedBytes: 0,
    }
  },

  async prune_executions(task) {
    const {
      input,
      tools: { upkeep, clock },
    } = task
    const kept = input.retentionDays ?? (await upkeep.retentionDays())
    if (kept === null) return nothing('All are kept: neither this task nor the workspace sets retentionDays.')
    const before = new Date(clock.now().getTime() - days(kept))
    const { changed, bytes } = await inPages<retention.Place>(task, retention.FIRST, (after) =>
      upkeep.pruneExecutions({ before, after }),
    )
    if (changed === 0) return nothing(`None to delete that is older than ${counted(kept, 'day')}.`)
    return {
      words:
        `Deleted ${counted(changed, 'execution')} older than ${counted(kept, 'day')}, ` +
        `with about ${inBytes(bytes)} of output and steps.`,
      changed,
      freedBytes: bytes,
    }
  },

  async cleanup_orphans({ signal, tools: { upkeep, clock } }) {
    const before = new Date(clock.now().getTime() - ORPHANS_KEPT_MS)
    let triggers = 0
    for (let more = true; more; ) {
      signal.throwIfAborted()
      const page = await upkeep.removeDeletedTriggers(before)
      triggers += page.removed
      more = page.more
      await setImmediate()
    }
    const invitations = await upkeep.removeStaleInvitations(before)
    if (triggers + invitations === 0) return nothing('There are none.')
    const parts = [
      triggers > 0 &&
        counted(triggers, 'deleted schedule without history', 'deleted schedules without history'),
      invitations > 0 && counted(invitations, 'expired invitation'),
    ]
    return {
      words: `Removed ${parts.filter(Boolean).join(' and ')}.`,
      changed: triggers + invitations,
      freedBytes: 0,
    }
  },

  async cleanup_temp_files(task) {
    const { upkeep, clock } = task.tools
    const before = new Date(clock.now().getTime() - WORKING_COPIES_KEPT_MS)
    const { changed, bytes } = await inPages<number>(task, 0, (after) =>
      upkeep.dropWorkingCopies({ before, after }),
    )
    if (changed === 0) return nothing('There are none: no run that has ended has left anything behind.')
    return {
      words:
        `Removed what ${counted(changed, 'ended run')} had kept to go on after a crash, ` +
        `about ${inBytes(bytes)}.`,
      changed,
      freedBytes: bytes,
    }
  },

  async regenerate_summaries({ signal, tools }) {
    const { text, notable, usage } = await tools.perform('summary-agent', {}, signal)
    if (notable === false) return nothing('Nothing has happened since the last run.')
    return {
      words: 'The digest since the last run was written anew; it stands below.',
      changed: 1,
      freedBytes: 0,
      digest: text,
      ...(usage && { usage }),
    }
  },

  async vacuum({ signal, tools }) {
    const { file } = tools.upkeep
    const before = await file.space()
    if (!before) return nothing('PostgreSQL does this by itself (autovacuum).')
    await file.checkpoint()
    if (before.free === 0) return nothing(`The database has ${inBytes(before.bytes)}, none of it unused.`)
    const INCREMENTAL = 2
    if (before.autoVacuum === INCREMENTAL) {
      // Until no page is free, or another writer frees and takes pages as fast as this gives them back.
      for (let rounds = Math.ceil(before.free / before.pageBytes / 200); rounds > 0; rounds--) {
        signal.throwIfAborted()
        await file.giveBackSomePages()
        await setImmediate()
      }
    } else if (before.bytes <= SMALL_FILE_BYTES) {
      const refusal = await file.rewrite().then(
        () => null,
        (error: Error) => error.message,
      )
      if (refusal)
        return nothing(`The file could not be made smaller now (${refusal}); the next time may do.`)
    } else {
      return nothing(
        `The database has ${inBytes(before.bytes)}, ${inBytes(before.free)} of it unused: that is filled again before the file grows. Making the file smaller would hold up the server; with the server stopped, \`sqlite3 carillon.db vacuum\` does it.`,
      )
    }
    const after = (await file.space()) ?? before
    const freedBytes = Math.max(0, before.bytes - after.bytes)
    return {
      words: `The database went from ${inBytes(before.bytes)} to ${inBytes(after.bytes)}.`,
      changed: 0,
      freedBytes,
    }
  },
}

/** Page after page, with a breath in between. */
async function inPages<Place>(
  { signal }: MaintenanceTask,
  first: Place,
  turn: (after: Place) => Promise<retention.Page<Place>>,
): Promise<{ changed: number; bytes: number }> {
  const total = { changed: 0, bytes: 0 }
  for (let place: Place | null = first; place !== null; ) {
    signal.throwIfAborted()
    const page: retention.Page<Place> = await turn(place)
    total.changed += page.changed
    total.bytes += page.bytes
    place = page.next
    await setImmediate()
  }
  return total
}
