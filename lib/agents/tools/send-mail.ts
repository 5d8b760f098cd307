/** A mail to people, under an id by which it is known however often the call is begun. */
import { z } from 'zod'
import { Line } from '../../contract/fields.ts'
import { MailAddress } from '../../contract/mail.ts'
import { MailProblem } from '../../mail/problem.ts'
import { listed } from '../markdown.ts'
import { markedIf, tool, ToolProblem, UnknownOutcome } from './tool.ts'

const MOST_NAMED = 3

export default tool({
  name: 'send_mail',
  description:
    'Sends a mail as plain text to people, by their addresses. It may need the approval of a person first.',
  input: z.strictObject({
    to: z.array(MailAddress).min(1).max(50).meta({ description: 'Each sees the others.' }),
    subject: Line(200),
    text: z.string().trim().min(1).max(100_000),
  }),
  effect: 'outside',
  repeat: 'verify',
  looksFirst: true,
  needs: 'mail',
  untrusted: false,
  says: ({ to, subject }) => {
    const more = to.length - MOST_NAMED
    return `Mails “${subject}” to ${listed(more > 0 ? [...to.slice(0, MOST_NAMED), `${more} more`] : to)}`
  },
  async run(given, { mail, key }) {
    const sent = await mail.send({ ...given, key }).catch((error: unknown) => {
      if (!(error instanceof MailProblem)) throw error
      throw error.certainty === 'unknown' ? new UnknownOutcome(error.message) : new ToolProblem(error.message)
    })
    // What a server says of a recipient is its own words.
    return markedIf((sent?.rejected.length ?? 0) > 0, sent)
  },
})
