/** Commands of the chat: a line that begins with `/` and is done as the API would do it. */
import { z } from 'zod'
import { Line, ZoneName } from './fields.ts'

export const COMMANDS = [
  { name: 'run', usage: '/run <schedule>', says: 'Run it now' },
  { name: 'plan', usage: '/plan <what, and when>', says: 'Make a schedule from words; you confirm it' },
  {
    name: 'pause',
    usage: '/pause <schedule> [until <day>] [for <time>] [because <why>]',
    says: 'Let it rest, for good or until a day',
  },
  { name: 'resume', usage: '/resume <schedule>', says: 'Let it go on' },
  { name: 'schedules', usage: '/schedules [words]', says: 'What there is, and when each runs next' },
  { name: 'next', usage: '/next [schedule]', says: 'What runs next' },
  { name: 'cancel', usage: '/cancel <schedule or #run>', says: 'Stop what runs, call off what waits' },
  { name: 'why', usage: '/why <schedule> [at <time>]', says: 'Why it ran, or did not' },
  { name: 'approve', usage: '/approve <#number or schedule>', says: 'Allow what a run asks for' },
  { name: 'help', usage: '/help', says: 'These commands' },
] as const
export type CommandName = (typeof COMMANDS)[number]['name']

export const NewCommand = z.strictObject({
  text: Line(500),
  timezone: ZoneName.optional().meta({
    description: 'Whose days and hours the words mean where the person has set no zone; without it, UTC.',
  }),
})
export type NewCommand = z.infer<typeof NewCommand>

/** What may be meant: `text` is the whole command again. */
export const Choice = z.object({ text: z.string(), label: z.string() })
export type Choice = z.infer<typeof Choice>

export const CommandAnswer = z.object({
  /** What was understood and done, in plain words; Markdown. */
  echo: z.string(),
  done: z
    .object({ kind: z.enum(['execution', 'trigger', 'approval', 'proposal']), id: z.number() })
    .nullable(),
  choices: z.array(Choice),
  /** Why nothing was done, with the remedy. */
  problem: z.string().nullable(),
})
export type CommandAnswer = z.infer<typeof CommandAnswer>

export const CompletionQuery = z.object({ prefix: z.string().max(200).default('') })
export const Completion = z.object({ text: z.string(), label: z.string(), description: z.string() })
export type Completion = z.infer<typeof Completion>
