/** Sentences that are understood, for whoever looks for words: apart from the schemas, which no browser needs. */
export type { Proposal } from './proposal.ts'

export const SAID_LIKE = [
  'every weekday at 9 summarise what came in overnight',
  'every Monday and Thursday at 18:30 summarise the week',
  'on the first of the month clean up',
  'tomorrow at 8 summarise the news',
  'when a document is uploaded summarise it',
] as const
