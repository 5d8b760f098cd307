/**
 * Plain words that say what is to happen first: "when a document is uploaded summarise it". Pure.
 *
 * Promise: one event of the catalogue or none; what is left of the sentence is the task.
 */
import type { EventTrigger } from '../contract/event-trigger.ts'

export interface Happening {
  event: Pick<EventTrigger, 'types' | 'filter'>
  /** The words that were understood. */
  understood: string
  task: string
  notes: string[]
}

const A = String.raw`(?:a|an|any|the|another|some|each|every)?\s*(?:new\s+)?`
const IS = String.raw`(?:is|are|was|were|has been|have been|gets|get)?\s*`
const DOCUMENT = `${A}(?:document|documents|file|files|upload)`
/** In quotes, or one word. */
const NAMED = String.raw`(?:\s+(?:called|named|whose name (?:has|contains))\s+(?:["“'‘](?<quoted>[^"”'’]+)["”'’]|(?<name>[^\s,]+)))?`
const RUN = String.raw`${A}(?:other\s+)?(?:run|runs|schedule|schedules|execution|agent)`
const MAIL = `${A}(?:e-?mail|mail|letter)s?`
const LATER = 'A source reads it: an administrator or editor adds one in the settings, under Sources.'

const WAYS: readonly { words: string; type: string; note?: string }[] = [
  { words: `${DOCUMENT}${NAMED}\\s+${IS}(?:uploaded|added|arrives?|comes? in)`, type: 'document.uploaded' },
  { words: `(?:somebody|someone|anybody|a person) uploads ${DOCUMENT}${NAMED}`, type: 'document.uploaded' },
  { words: `${DOCUMENT}${NAMED}\\s+${IS}(?:changed|changes|updated|replaced)`, type: 'document.changed' },
  { words: `${DOCUMENT}${NAMED}\\s+${IS}(?:deleted|removed)`, type: 'document.deleted' },
  { words: `${A}messages?\\s+${IS}(?:posted|written|comes? in|arrives?)`, type: 'message.posted' },
  {
    words: '(?:somebody|someone|anybody) (?:writes|posts)(?: a message| something)?',
    type: 'message.posted',
  },
  { words: `${RUN}\\s+${IS}(?:fails?|failed|failing)`, type: 'execution.failed' },
  { words: `${RUN}\\s+${IS}(?:missed)`, type: 'execution.missed' },
  {
    words: `${RUN}\\s+(?:succeeds?|succeeded|completes?|finishes|${IS}(?:completed|done))`,
    type: 'execution.completed',
  },
  { words: `${RUN}\\s+${IS}(?:switched off|disabled)`, type: 'schedule.disabled' },
  { words: `${A}approvals?\\s+${IS}(?:requested|asked for|needed)`, type: 'approval.requested' },
  { words: `${A}budgets?\\s+${IS}(?:reached|used up|spent)`, type: 'budget.reached' },
  { words: `${MAIL}\\s+${IS}(?:received|arrives?|comes? in)`, type: 'email.received', note: LATER },
  { words: `(?:i|we) (?:get|receive) ${MAIL}`, type: 'email.received', note: LATER },
  {
    words: `(?:${A}feeds?\\s+has\\s+${A}(?:item|entry|article)|${A}feed (?:item|entry)\\s+${IS}(?:published|appears|comes in))`,
    type: 'feed.item',
    note: LATER,
  },
]
/** "If" and "after" within a sentence belong to what is to be done: "tell me if a run failed". */
const WHEN = String.raw`(?:(?<=^|[,.;:]\s*)(?:if|after|once)|\b(?:when(?:ever)?|as soon as|each time|every time))\s+`

const KNOWN = WAYS.map(({ words, ...it }) => ({
  ...it,
  pattern: new RegExp(String.raw`${WHEN}${words}(?![\p{L}\p{N}])`, 'iu'),
}))

/** Null where the words name no event that is known. */
export function readHappening(text: string): Happening | null {
  for (const { pattern, type, note } of KNOWN) {
    const found = pattern.exec(text)
    if (!found) continue
    const name = found.groups?.quoted ?? found.groups?.name
    const task = `${text.slice(0, found.index)} ${text.slice(found.index + found[0].length)}`
    return {
      event: {
        types: [type],
        ...(name !== undefined && {
          filter: { path: 'data.documentName', op: 'contains' as const, value: name },
        }),
      },
      understood: found[0],
      task: task
        .replace(/\s+/g, ' ')
        .replace(/^[\s,.;:–-]+|[\s,;:–-]+$/g, '')
        .replace(/^(?:(?:please|then|and|to)\s+)+/i, ''),
      notes: note ? [note] : [],
    }
  }
  return null
}
