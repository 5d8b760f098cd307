/**
 * What a run says on its way: told live, kept in order.
 *
 * Promise: steps are numbered where they are said, so that a page which is written again after a lost answer
 * repeats no step. The number is made of the claim's fencing number and the step's place in the claim: unique
 * and in order over all claims of an execution, without asking anybody. After `close` nothing more is said.
 */
import type { Announcement, StepRow } from '#db/queries/settling.ts'
import type { Task } from '../agents/agent.ts'
import type { Clock } from '../clock.ts'
import type { Post } from '../contract/trigger.ts'
import { type Told, telling } from './telling.ts'
import { keepable } from './text.ts'

/** Steps said in between are told together, so that a talkative agent does not flood the chat. */
const STEP_PAUSE_MS = 300
/** What an agent says beyond it in one claim is dropped. */
export const MOST_SAID = 1000
/**
 * The numbers of one claim; wider than any earlier version's, so that what goes on after an upgrade still
 * comes last.
 */
const NUMBERS_OF_A_CLAIM = 1024

/** The place of a step among all of its execution: `place` counts from 1 within the claim. */
export const stepNumber = (fence: number, place: number) => (fence - 1) * NUMBERS_OF_A_CLAIM + place

/** The step after which this claim says nothing more: its number is above all that an agent can say. */
export const closingStep = (
  fence: number,
  at: Date,
  { kind, text }: Pick<StepRow, 'kind' | 'text'>,
): StepRow => ({
  n: stepNumber(fence, MOST_SAID + 1),
  at,
  kind,
  text: keepable(text),
  data: null,
})

export interface Transcript {
  say: Task<unknown>['say']
  write: Task<unknown>['write']
  /** The chat and the listeners hear that the run began. */
  announce(): void
  readonly announced: boolean
  /** Answers the steps that are not recorded yet; nothing more is said. */
  close(): StepRow[]
}

interface Deps {
  clock: Clock
  told: Told
  post: Post
  fence: number
  record(it: Pick<Announcement, 'steps' | 'message' | 'events'>): void
}

export function createTranscript({ clock, told, post, fence, record }: Deps): Transcript {
  const unsaid: StepRow[] = []
  /** What is being written, where it is newer than all that was said. */
  let written: string | null = null
  let said = 0
  let announced = false
  let closed = false
  let callOff: (() => void) | null = null

  const shown = (text: string) => (post === 'always' ? telling(told, text, clock.now()) : null)

  function announce(): void {
    if (closed || announced) return
    announced = true
    const message = shown(written ?? unsaid.at(-1)?.text ?? 'Running …')
    written = null
    record({
      steps: unsaid.splice(0),
      message,
      events: ['schedule:started', ...(message ? (['chat'] as const) : [])],
    })
  }

  function tellTogether(): void {
    callOff = null
    // The announcement takes along what was said before it.
    if (!announced && (unsaid.length > 0 || written !== null)) announce()
    const text = written ?? unsaid.at(-1)?.text
    const message = text === undefined ? null : shown(text)
    if (unsaid.length > 0 || message)
      record({ steps: unsaid.splice(0), message, events: ['execution:progress'] })
    written = null
  }

  const soon = () => {
    callOff ??= clock.after(STEP_PAUSE_MS, tellTogether)
  }

  return {
    say(text, data = null, kind = 'step') {
      if (closed || said >= MOST_SAID) return
      unsaid.push({ n: stepNumber(fence, ++said), at: clock.now(), kind, text: keepable(text), data })
      written = null
      soon()
    },
    write(text) {
      if (closed || text.trim() === '') return
      written = keepable(text)
      soon()
    },
    announce,
    get announced() {
      return announced
    },
    close() {
      closed = true
      callOff?.()
      return unsaid.splice(0)
    },
  }
}
