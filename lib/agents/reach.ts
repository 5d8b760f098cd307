/**
 * What of the database an agent can reach.
 *
 * Promise: one workspace's rows, the one its run belongs to; no agent can name another. What changes rows
 * stands by itself, so that it is seen who is given it.
 */
import * as activity from '#db/queries/activity.ts'
import * as approvals from '#db/queries/approvals.ts'
import * as documents from '#db/queries/documents.ts'
import * as looking from '#db/queries/looking.ts'
import * as messages from '#db/queries/messages.ts'
import * as notes from '#db/queries/notes.ts'
import * as retention from '#db/queries/retention.ts'
import * as sources from '#db/queries/sources.ts'
import * as triggers from '#db/queries/triggers.ts'
import { globalPause } from '#db/queries/upkeep.ts'
import type { Store } from '#db/store.ts'
import type { DocumentSearch } from '../documents/search.ts'
import type { NewTriggerInput } from '../contract/trigger.ts'

interface Span {
  since: Date
  until: Date
}

/** What runs next: an engine knows of days off, too. */
export type Coming = typeof activity.upcoming

/** Reads what is in the workspace and what happened there. */
export const readerOf = (
  store: Store,
  workspaceId: number,
  { search, upcoming }: { search: DocumentSearch; upcoming: Coming },
) => ({
  messagesByPerson: (span: Span) => activity.messagesByPerson(store, { workspaceId, ...span }),
  /** `except`: agents whose runs are left out. */
  runs: (span: Span, except: string[]) => activity.runs(store, { workspaceId, ...span }, except),
  documentsAdded: (span: Span) => activity.documentsAdded(store, { workspaceId, ...span }),
  inTrouble: (limit: number) => activity.inTrouble(store, { workspaceId, limit }),
  upcoming: (which: { before: Date; except: number; limit: number }) =>
    upcoming(store, { workspaceId, ...which }),
  lastSuccessAt: (triggerId: number) => activity.lastSuccessAt(store, workspaceId, triggerId),
  timezoneOf: (triggerId: number) => activity.timezoneOf(store, workspaceId, triggerId),
  trigger: (id: number) => triggers.get(store, workspaceId, id),
  /** The best of those that have all words, or mean what was asked. */
  documentsWith: (q: string, limit: number) => search(workspaceId, { q, limit, skip: 0 }),
  document: (id: number) => looking.document(store, workspaceId, id),
  /** What an agent has kept from there: its text as it stands now. */
  documentFrom: (by: string, from: string) => documents.keptFrom(store, workspaceId, by, from),
  /** What people have sent or changed since, the oldest first. */
  sentDocuments: (which: Parameters<typeof documents.sent>[2]) => documents.sent(store, workspaceId, which),
  /** Calendars that people have sent. */
  calendars: (limit: number) => documents.ofType(store, workspaceId, 'text/calendar', limit),
  /** What a document was made from. */
  original: (id: number) => documents.original(store, workspaceId, id),
  messagesWith: (q: string, limit: number) => messages.list(store, workspaceId, { q, limit }),
  executions: (filter: Parameters<typeof looking.executions>[2]) =>
    looking.executions(store, workspaceId, filter),
  /** What a schedule's last success said, and whether it had read text from outside. */
  lastOutput: (triggerId: number) => looking.lastOutput(store, workspaceId, triggerId),
  /** What its last successes said, the newest first, each as far as so many characters. */
  lastOutputs: (triggerId: number, most: { runs: number; characters: number }) =>
    looking.lastOutputs(store, workspaceId, triggerId, most),
  /** Whether one of these messages may show text from outside. */
  anyTainted: (said: Parameters<typeof looking.anyTainted>[1]) => looking.anyTainted(store, said),
  /** Whether one of these runs may have read text from outside. */
  mayBeTainted: (executionIds: number[]) => looking.mayBeTainted(store, executionIds),
  /** What the last success of a schedule had it keep. */
  notes: (triggerId: number) => notes.get(store, workspaceId, triggerId),
  /** How much of the workspace waits for a person. */
  pendingApprovals: () => approvals.countPending(store, workspaceId),
  /** A source of events, as far as agents may know it. */
  source: async (id: number) => {
    const row = await sources.get(store, workspaceId, id)
    return row && { name: row.name, kind: row.kind }
  },
  /** The pause of everything, which is the installation's. */
  pause: () => globalPause(store),
})
export type Reader = ReturnType<typeof readerOf>

/** Keeps the workspace tidy. The file is the installation's: what gives its space back takes nothing away. */
export const upkeepOf = (store: Store, workspaceId: number) => ({
  archiveMessages: (which: { before: Date; after: number; now: Date }) =>
    retention.archiveMessages(store, { workspaceId, ...which }),
  retentionDays: () => retention.retentionDays(store, workspaceId),
  pruneExecutions: (which: { before: Date; after: retention.Place }) =>
    retention.pruneExecutions(store, { workspaceId, ...which }),
  dropWorkingCopies: (which: { before: Date; after: number }) =>
    retention.dropWorkingCopies(store, { workspaceId, ...which }),
  removeDeletedTriggers: (before: Date) => retention.removeDeletedTriggers(store, workspaceId, before),
  removeStaleInvitations: (before: Date) => retention.removeStaleInvitations(store, workspaceId, before),
  file: {
    /** Null where the database looks after its own space. */
    space: () => retention.spaceOfFile(store),
    checkpoint: () => retention.checkpoint(store),
    giveBackSomePages: () => retention.giveBackSomePages(store),
    rewrite: () => retention.rewriteFile(store),
  },
})
export type Upkeep = ReturnType<typeof upkeepOf>

export interface Keeping {
  name: string
  text: string
  mediaType: string
  /** The file itself, where it is more than its text. */
  original: Buffer | null
  /** Its address. */
  from: string
  tainted: boolean
  by: string
}

/** What an agent may change in its workspace for people to see, as the verbs do it. */
export interface Doings {
  /** One that was posted under the key before is answered, not posted again. */
  postMessage(it: {
    text: string
    key: string
    author: string
    triggerId: number
  }): Promise<{ messageId: number }>
  writeDocument(it: {
    name: string
    content: string
    tainted: boolean
    by: string
  }): Promise<{ documentId: number }>
  /** Keeps what was read somewhere: the document from there gets its next version, or is made. */
  keepDocument(it: Keeping): Promise<void>
  pauseSchedule(it: {
    triggerId: number
    reason: string
    agent: { id: string; name: string }
  }): Promise<{ paused: string }>
  /** People see it in the chat; it is made by whoever confirms it. One of the same key is put forward once. */
  proposeSchedule(it: {
    schedule: NewTriggerInput
    agent: { id: string; name: string }
    key: string
  }): Promise<{ proposalId: number; humanReadable: string; next: string[]; expiresAt: string }>
}
