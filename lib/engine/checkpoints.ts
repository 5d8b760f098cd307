/**
 * The parts of its work that an agent has done, kept one by one.
 *
 * Promise: when `step` answers, what came of the part is stored, by the current owner of the execution;
 * whoever continues the execution gets that answer and does not do the part again. A part that fails keeps
 * nothing.
 */
import type { Checkpoint } from '#db/queries/checkpoints.ts'
import type { Task } from '../agents/agent.ts'

const LONGEST_KEY = 200
const MOST_KEPT = 256 * 1024

interface Deps {
  signal: AbortSignal
  /** What earlier claims of the execution have kept. */
  kept: Checkpoint[]
  /** False where the execution has another owner by now. */
  keep(checkpoint: Checkpoint): Promise<boolean>
}

export function createSteps({ signal, kept, keep }: Deps): Pick<Task<unknown>, 'step' | 'has'> {
  const before = new Map(kept.map((it) => [it.key, it.value]))
  const used = new Set<string>()

  function take(key: string): void {
    if (key.length === 0 || key.length > LONGEST_KEY)
      throw new Error(
        `The key of a step has 1 to ${LONGEST_KEY} characters; "${key.slice(0, 40)}" has ${key.length}.`,
      )
    if (used.has(key))
      throw new Error(
        `The key "${key}" was used for a step of this run already: each part needs a key of its own.`,
      )
    used.add(key)
  }

  return {
    has: (key) => before.has(key),
    async step(key, work) {
      take(key)
      signal.throwIfAborted()
      let value = before.get(key)
      if (value === undefined) {
        value = json(key, await work())
        if (!(await keep({ key, value })))
          throw new Error(`The step "${key}" was not kept: the execution is in other hands by now.`)
      }
      return JSON.parse(value)
    },
  }
}

function json(key: string, answer: unknown): string {
  let text: string
  try {
    // What a part answers that is done for its effect is nothing.
    text = JSON.stringify(answer ?? null)
  } catch (error) {
    throw new Error(
      `What the step "${key}" answers cannot be kept, for it is not JSON: ${(error as Error).message}`,
    )
  }
  if (text === undefined)
    throw new Error(
      `What the step "${key}" answers cannot be kept, for it is not JSON: it is a ${typeof answer}.`,
    )
  if (text.length > MOST_KEPT)
    throw new Error(
      `What the step "${key}" answers is too long to be kept: ${text.length} characters, and at most ${MOST_KEPT} are.`,
    )
  return text
}
