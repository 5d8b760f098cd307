/**
 * What an installation leans on beside itself: models, mail, notifications of browsers.
 *
 * Promise: only what somebody has set up is asked, each in a bounded time; it is asked whether it is there and lets
 * this installation in, and nothing that costs or is seen by anybody.
 */
import { asc } from 'drizzle-orm'
import { keys as pushKeys } from '#db/queries/push.ts'
import type { Store } from '#db/store.ts'
import { createModels, type Endpoint, type Models } from '../../agents/custom/model-client.ts'
import { createSecrets } from '../../agents/secrets.ts'
import { systemClock } from '../../clock.ts'
import type { Finding } from '../../contract/checkup.ts'
import { canOpenPushKeys } from '../../delivery/push.ts'
import { createMail } from '../../mail/mail.ts'
import { type Check, ok, type Patient, warn } from './finding.ts'

/** The first ones; who has more looks at the rest in the settings. */
const MOST_ASKED = 20

type Installed = Pick<Patient, 'env'> & { store: Store; box: NonNullable<ReturnType<Patient['box']>> }

/** Null where nothing can have been set up yet. */
function installed({ store, box: find, env }: Patient): Installed | null {
  if (!store) return null
  const box = find()
  return box && { store, box, env }
}

/** What is wrong with each, null where nothing is; said together. */
function together(what: string, problems: readonly (string | null)[], remedy: string): Finding | null {
  if (problems.length === 0) return null
  const found = problems.filter((it) => it !== null)
  // Other people's text, too: no control character reaches the terminal.
  if (found.length > 0) return warn(found.join(' ').replace(/\p{Cc}/gu, ''), remedy)
  return ok(problems.length === 1 ? `${what} answers` : `${what} answer, all ${problems.length}`)
}

async function askModel(models: Models, name: string, endpoint: () => Endpoint): Promise<string | null> {
  try {
    const { problem } = await models.test(endpoint())
    return problem && `${JSON.stringify(name)}: ${problem}`
  } catch (error) {
    return (error as Error).message
  }
}

async function lookAtModels(patient: Patient): Promise<Finding | null> {
  const it = installed(patient)
  if (!it) return null
  const { modelProviders } = it.store.t
  const rows = await it.store.q
    .select()
    .from(modelProviders)
    .orderBy(asc(modelProviders.id))
    .limit(MOST_ASKED)
  const models = createModels(it)
  try {
    const { ofEnvironment } = models
    const problems = await Promise.all([
      ...(ofEnvironment ? [askModel(models, 'LLM_PROVIDER', () => ofEnvironment)] : []),
      ...rows.map((row) => askModel(models, row.name, () => models.endpointOf(row))),
    ])
    return together(
      problems.length === 1 ? 'the model provider' : 'the model providers',
      problems,
      'Mend the key or the address in the settings, under Models, where Test says the same; LLM_PROVIDER is mended in the environment.',
    )
  } finally {
    await models.close()
  }
}

async function lookAtMail(patient: Patient): Promise<Finding | null> {
  const it = installed(patient)
  if (!it) return null
  const mail = mailOf(it)
  const { mailSettings } = it.store.t
  const own = await it.store.q
    .select({ workspaceId: mailSettings.workspaceId })
    .from(mailSettings)
    .orderBy(asc(mailSettings.scope))
    .limit(MOST_ASKED)
  const owners = new Set(own.map((row) => row.workspaceId))
  if (await mail.inForce(null)) owners.add(null)
  const problems = await Promise.all(
    [...owners].map((owner) =>
      mail.reach(owner).then(
        () => null,
        (error: Error) => error.message,
      ),
    ),
  )
  return together(
    problems.length === 1 ? 'the mail server' : 'the mail servers',
    problems,
    'Mend it in the settings, under Mail, and send a test there; SMTP_URL is mended in the environment.',
  )
}
const mailOf = (it: Installed) =>
  createMail({
    ...{ ...it, clock: systemClock, secrets: createSecrets(it.store, it.box) },
    // No mailbox is read.
    textOfPage: async () => null,
  })

async function lookAtPush(patient: Patient): Promise<Finding | null> {
  const it = installed(patient)
  const kept = it && (await pushKeys(it.store))
  if (!it || !kept) return null
  return canOpenPushKeys(it.box, kept)
    ? ok('the keys for notifications in browsers are in place')
    : warn(
        'the keys for notifications in browsers cannot be opened: SIG_KEY or SIG_SALT has changed since they were made',
        'Give SIG_KEY and SIG_SALT, or secrets.json, as they were.',
      )
}

export const PEERS: readonly Check[] = [
  ['Models', lookAtModels],
  ['Mail', lookAtMail],
  ['Push', lookAtPush],
]
