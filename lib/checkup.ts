/** The process that looks an installation over: its configuration comes in, one line of JSON goes out. */
import { knownSeal } from './auth/seal.ts'
import type { Env } from './env.ts'
import { examine } from './verbs/checkup/checks.ts'

const chunks: Buffer[] = []
for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
const { env, now } = JSON.parse(Buffer.concat(chunks).toString()) as { env: Env; now: string }
const lines = await examine(env, { box: () => knownSeal(env), now: new Date(now) })
process.stdout.write(JSON.stringify(lines), () => process.exit(0))
