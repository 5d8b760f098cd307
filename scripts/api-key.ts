/**
 * Prints a new API key on standard output, alone:
 * `npm run -s api-key -- --name NAME [--workspace SLUG] [--role ROLE] [--may-approve]`. Works beside a running server.
 */
import { parseArgs } from 'node:util'
import { openStore } from '#db/index.ts'
import { createAuth } from '#lib/auth/index.ts'
import { createKeyFor } from '#lib/auth/keys.ts'
import { systemClock } from '#lib/clock.ts'
import { Role } from '#lib/contract/fields.ts'
import { readEnv } from '#lib/env.ts'
import { createLog } from '#lib/log.ts'

const USAGE =
  'Usage: npm run -s api-key -- --name NAME [--workspace SLUG] [--role viewer|editor|admin] [--may-approve]'

async function main(): Promise<string> {
  process.umask(0o077)
  const { values } = parseArgs({
    options: {
      name: { type: 'string' },
      workspace: { type: 'string' },
      role: { type: 'string', default: 'editor' },
      'may-approve': { type: 'boolean', default: false },
    },
  })
  if (!values.name?.trim()) throw new Error(`--name is needed.\n${USAGE}`)
  const role = Role.safeParse(values.role)
  if (!role.success) throw new Error(`--role is "${values.role}". Use viewer, editor or admin.\n${USAGE}`)
  const env = readEnv(process.env)
  const store = await openStore(env, { exclusive: false })
  try {
    await createAuth({
      store,
      env,
      clock: systemClock,
      log: createLog({ ...env, LOG_LEVEL: 'silent' }),
    }).boot()
    const { key } = await createKeyFor(store, systemClock, {
      name: values.name.trim(),
      slug: values.workspace ?? null,
      role: role.data,
      mayApprove: values['may-approve'],
      createdBy: null,
    })
    return key
  } finally {
    await store.close()
  }
}

main().then(
  (key) => console.log(key),
  (error: Error) => {
    console.error(error.message)
    process.exitCode = 1
  },
)
