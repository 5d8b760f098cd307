/** What others wrote is parsed in a thread of its own, which ends with its time and its memory. */
import { Worker } from 'node:worker_threads'
import { type Clock, seconds } from '../../clock.ts'

/** A page of a few kilobytes can keep a parser busy for a minute. */
const PARSING_MS = seconds(5)
const MOST_MB = 256

/** In words: what it was, and why it cannot be read. */
export class Unreadable extends Error {}

/** `script` posts one message, which is the answer. @throws Unreadable that names `what`. */
export function inThread<Answer>(
  script: URL,
  { data, what, clock }: { data: unknown; what: string; clock: Clock },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(script, {
      workerData: data,
      resourceLimits: { maxOldGenerationSizeMb: MOST_MB },
    })
    const give = (act: () => void) => {
      callOff()
      void worker.terminate()
      act()
    }
    const refuse = (why: string) => give(() => reject(new Unreadable(`${what} ${why}`)))
    const callOff = clock.after(PARSING_MS, () => refuse('is built in a way that takes too long to read.'))
    worker.once('message', (it: Answer) => give(() => resolve(it)))
    worker.once('error', (error: Error) => refuse(`could not be read: ${error.message.slice(0, 200)}`))
  })
}
