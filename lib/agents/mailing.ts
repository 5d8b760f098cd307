/**
 * Mail that a run sends.
 *
 * Promise: under one key a run sends one mail, however often it is begun. What the server said is kept with the run;
 * where a crash has hidden it, nothing is sent again, and that is said. What is known not to have been sent may be.
 */
import type { Mailbox, OpenMailbox } from '../mail/imap.ts'
import type { Mail, NewMail } from '../mail/mail.ts'
import { type Certainty, MailProblem } from '../mail/problem.ts'
import type { Sent } from '../mail/sending.ts'
import type { Task } from './agent.ts'

export interface RunMail {
  /** Whether there is a server to send through. */
  isSetUp(): Promise<boolean>
  /** Null: the run is staged. @throws MailProblem */
  send(mail: NewMail): Promise<Sent | null>
  /** Reads a mailbox, and changes nothing in it. @throws MailProblem */
  open<Answer>(mailbox: Mailbox, work: (open: OpenMailbox) => Promise<Answer>): Promise<Answer>
}

type Kept = { sent: Sent } | { problem: string; certainty: Certainty }

const UNKNOWN =
  'Whether this mail was sent is unknown: the server stopped in the middle of it. It is not sent again.'

export function runMail(
  mail: Mail,
  { workspace, step, has, signal }: Pick<Task<unknown>, 'workspace' | 'step' | 'has' | 'signal'>,
): RunMail {
  /** What came of a try, and whether that was known before. */
  async function attempt(given: NewMail, place: string): Promise<{ kept: Kept; isKnown: boolean }> {
    const isKnown = has(place)
    const begun = `${place} begun`
    if (!isKnown && has(begun)) throw new MailProblem(UNKNOWN, 'unknown')
    if (!isKnown) await step(begun, () => null)
    return { kept: await step(place, () => outcomeOf(mail.send(workspace.id, given, signal))), isKnown }
  }

  return {
    open: (mailbox, work) => mail.open(mailbox, signal, work),
    isSetUp: async () => (await mail.inForce(workspace.id)) !== null,
    async send(given) {
      for (let n = 1; ; n++) {
        const { kept, isKnown } = await attempt(given, `mail ${given.key} ${n}`)
        if ('sent' in kept) return kept.sent
        if (!isKnown || kept.certainty === 'unknown') throw new MailProblem(kept.problem, kept.certainty)
      }
    },
  }
}

async function outcomeOf(sending: Promise<Sent>): Promise<Kept> {
  try {
    return { sent: await sending }
  } catch (error) {
    if (!(error instanceof MailProblem)) throw error
    return { problem: error.message, certainty: error.certainty }
  }
}
