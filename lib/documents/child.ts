/** The process in which one file is read: bytes come in, one line of JSON goes out. See `extract.ts`. */
import { type Span, spanned } from './calendar.ts'
import { daysIn } from './calendar-days.ts'
import { kept } from './kept.ts'
import { textOf } from './readers.ts'
import { type Reading, Unreadable } from './types.ts'

const chunks: Buffer[] = []
for await (const chunk of process.stdin) chunks.push(chunk as Buffer)

// Libraries that print would stand in the answer.
const { stdout } = process
const answer = (it: object) => stdout.write(JSON.stringify(it), () => process.exit(0))
console.log = console.info = console.warn = console.error

try {
  const [, , asked, given] = process.argv
  const bytes = Buffer.concat(chunks)
  const span = () => JSON.parse(given ?? '') as Span
  if (asked === 'events') answer(await spanned(bytes, span()))
  else if (asked === 'days') answer(await daysIn(bytes, span()))
  else if (asked === 'yaml') answer((await import('./yaml.ts')).plainOf(bytes.toString()))
  else answer(kept(await textOf(asked as Exclude<Reading, null>, bytes)))
} catch (error) {
  const { name, message } = error as Error
  answer({ problem: error instanceof Unreadable ? message : `It could not be read: ${name}.` })
}
