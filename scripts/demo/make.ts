/** The process that makes the demo: what is wanted comes in, how far it is and what was made go out, a line each. */
import { makeDemo, type Wanted } from './making.ts'
import { leaveRoom } from './room.ts'

const chunks: Buffer[] = []
for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
const wanted = JSON.parse(Buffer.concat(chunks).toString()) as Wanted
const say = (it: object) => process.stdout.write(`${JSON.stringify(it)}\n`)

try {
  await leaveRoom(wanted)
  const made = await makeDemo(wanted, (progress) => say({ progress }))
  process.stdout.write(`${JSON.stringify(made)}\n`, () => process.exit(0))
} catch (error) {
  process.stderr.write(String((error as Error).stack), () => process.exit(1))
}
