/** The process in which one file becomes text: bytes come in, one line of JSON goes out. See `extract.ts`. */
import { kept } from './kept.ts'
import { textOf, Unreadable } from './readers.ts'
import type { Reading } from './types.ts'

const chunks: Buffer[] = []
for await (const chunk of process.stdin) chunks.push(chunk as Buffer)

// Libraries that print would stand in the answer.
const { stdout } = process
const answer = (it: object) => stdout.write(JSON.stringify(it), () => process.exit(0))
console.log = console.info = console.warn = console.error

try {
  const reading = process.argv[2] as Exclude<Reading, null>
  answer(kept(await textOf(reading, Buffer.concat(chunks))))
} catch (error) {
  const { name, message } = error as Error
  answer({ problem: error instanceof Unreadable ? message : `It could not be read: ${name}.` })
}
