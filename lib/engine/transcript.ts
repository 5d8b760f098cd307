/**
 * What a run says on its way: told live, kept in order.
 *
 * Promise: steps are numbered where they are said, so that a page which is written again after a lost answer
 * repeats no step. The number is made of the claim's fencing number and the step's place in the claim: unique
 * and in order over all claims of an execution, without asking anybody. After `close` nothing more is said.
 */
import type { Announcement, StepRow } from '#db/queries/entries.ts'
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
  /** The steps that are not recorded yet: whoever takes them records them, and they are told of as usual. */
  take(): StepRow[]
  /** Answers the steps that are not recorded yet; nothing more is said. */
  close(): StepRow[]
}

interface Deps {
  clock: Clock
  told: Told
  post: Post
  /** The chat hears nothing of it, whatever the policy. */
  silent?: boolean
  fence: number
  record(it: Pick<Announcement, 'steps' | 'message' | 'events'>): void
}

export function createTranscript({ clock, told, post, silent = false, fence, record }: Deps): Transcript {
  const unsaid: StepRow[] = []
  /** The newest of what was said or written that nobody has heard. */
  let fresh: string | null = null
  /** Something was said that nobody has heard of, recorded or not. */
  let untold = false
  let said = 0
  let announced = false
  let closed = false
  let callOff: (() => void) | null = null

  const shown = (text: string) => (post === 'always' && !silent ? telling(told, text, clock.now()) : null)

  function announce(): void {
    if (closed || announced) return
    announced = true
    const message = shown(fresh ?? 'Running …')
    fresh = null
    untold = false
    record({
      steps: unsaid.splice(0),
      message,
      events: ['schedule:started', ...(message ? (['chat'] as const) : [])],
    })
  }

  function tellTogether(): void {
    callOff = null
    // The announcement takes along what was said before it.
    if (!announced && fresh !== null) announce()
    const text = fresh
    fresh = null
    const message = text === null ? null : shown(text)
    if (untold || message) record({ steps: unsaid.splice(0), message, events: ['execution:progress'] })
    untold = false
  }

  const soon = () => {
    callOff ??= clock.after(STEP_PAUSE_MS, tellTogether)
  }

  return {
    say(text, data = null, kind = 'step') {
      if (closed || said >= MOST_SAID) return stepNumber(fence, said)
      const n = stepNumber(fence, ++said)
      unsaid.push({ n, at: clock.now(), kind, text: keepable(text), data })
      fresh = unsaid.at(-1)?.text ?? null
      untold = true
      soon()
      return n
    },
    write(text) {
      if (closed || text.trim() === '') return
      fresh = keepable(text)
      soon()
    },
    announce,
    take: () => unsaid.splice(0),
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
