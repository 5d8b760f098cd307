/**
 * Builds the one Carillon object: store, engine, agents, accounts and verbs, wired together. Doors name its
 * type, and nothing else of it.
 */
import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import { openStore } from '#db/index.ts'
import { recordingOn } from '#db/recording.ts'
import { upcoming } from './engine/calendars/coming.ts'
import type { Store } from '#db/store.ts'
import { untilAvailable } from '#db/until-available.ts'
import { createModels } from './agents/custom/model-client.ts'
import { fromElsewhere } from './agents/elsewhere.ts'
import type { Ground } from './agents/performing.ts'
import { sealOld } from './agents/seal-old.ts'
import { createSecrets } from './agents/secrets.ts'
import { createWorks } from './agents/works.ts'
import { createAuth } from './auth/index.ts'
import { sealFor } from './auth/seal.ts'
import { type Clock, systemClock } from './clock.ts'
import { createConditions } from './conditions/conditions.ts'
import { followDatabase } from './database-clock.ts'
import { pageReader } from './documents/at-once.ts'
import { createReaders } from './documents/extract.ts'
import { createLibrary } from './documents/library.ts'
import { createNews, followOthers } from './engine/news.ts'
import { engineOf } from './engine/of-server.ts'
import { outsideOf } from './engine/outside.ts'
import { beforeFiring, keepInOrder } from './engine/upkeep.ts'
import { boundsOf, type Env } from './env.ts'
import { createMail } from './mail/mail.ts'
import { createMetrics } from './metrics.ts'
import { aboutServer } from './verbs/about-server.ts'
import { createCheckup } from './verbs/checkup/index.ts'
import { takeGrant } from './verbs/granting.ts'
import { bindVerbs } from './verbs/index.ts'
import { tellingElsewhere } from './verbs/telling-elsewhere.ts'
import { VERSION } from './version.ts'

export interface Parts {
  env: Env
  log: Logger
  clock?: Clock
  store?: Store
  chance?: () => number
}

/** What doors, commands and pages call. Verbs throw `ProblemError` for what a person can mend. */
export type Carillon = Awaited<ReturnType<typeof createCarillon>>

type Late = Pick<Ground, 'doingsOf' | 'mailboxOf'>
const afterwards = (made: () => Late): Late => ({
  doingsOf: (...run) => made().doingsOf(...run),
  mailboxOf: (...which) => made().mailboxOf(...which),
})

/** Opens the store, brings it up to date and makes what a first start needs. Nothing fires before `start`. */
export async function createCarillon({ env, log, chance = Math.random, ...given }: Parts) {
  const { ground, metrics, observeDelivery, ...observing } = await groundOn({ env, log, ...given })
  const { store, clock } = ground
  const serverId = randomUUID()
  const news = createNews()
  const { hint, onHint } = news
  const box = sealFor(env)
  const models = createModels({ store, box, env })
  const secrets = createSecrets(store, box)
  const { leave, ...elsewhere } = fromElsewhere({ ...ground, env, box, secrets, hint })
  const readers = createReaders(clock)
  const mail = createMail({ store, clock, env, box, secrets, textOfPage: pageReader(readers.extract) })
  const { search, shelf } = createLibrary(ground, models.embedder, readers.extract)
  // What agents do for people to see is done by the verbs, which need what runs the agents.
  const late: Late = afterwards(() => ({ ...verbs, ...outside.given.eventSources }))
  const used = { models, box, secrets, ...elsewhere, mail, search, upcoming, ...readers, ...late }
  const grant: Ground['grant'] = (of, call) => takeGrant(ground, of, call)
  const { agents, fetch, close, ...works } = createWorks({ ...ground, ...used, grant, env })
  const conditions = createConditions({ ...ground, ...used, fetch })
  const telling = tellingElsewhere({ ...ground, ...used, env, serverId, hint, observe: observeDelivery })
  const engine = engineOf({ ...ground, ...conditions, env, serverId, agents, chance, hint, ...observing })
  const fires = env.SCHEDULER_ENABLED && env.ROLE !== 'web'
  const outside = outsideOf({ ...ground, ...used, env, serverId, hint, fires, engine })
  const auth = createAuth({ ...ground, env })
  await untilAvailable(auth.boot, ground)
  await untilAvailable(() => sealOld({ store, ...works }), ground)
  const ends = [followOthers({ ...ground, hint }, () => fires && engine.look()), onHint(engine.matcher.look)]
  let stopping: Promise<void> | null = null
  const verbs = bindVerbs({
    ...{ ...ground, ...used, ...works, ...telling, ...outside.given, ...boundsOf(env) },
    ...{ ...news, conditions, engine, shelf },
    server: aboutServer({ ...ground, ...auth, env, fires, isStopping: () => stopping !== null }),
  })

  return {
    ...ground,
    env,
    version: VERSION,
    serverId,
    auth,
    ...news,
    metrics,
    ...verbs,
    checkup: createCheckup({ env, clock }),
    shelf,
    /** Accounts for the time the server was away, then begins to fire. */
    async start(): Promise<void> {
      ends.push(await untilAvailable(auth.leaveMark, ground))
      await untilAvailable(() => beforeFiring(ground), ground)
      await elsewhere.skills.sweep()
      await engine.start({ fires })
      await Promise.all([shelf.start(), telling.deliveries.start(onHint), outside.start()])
      ends.push(verbs.hooks.keepCarrying(), verbs.chat.keepAsking())
      ends.push(...(await keepInOrder(ground, { onHint, serverId, fires })))
    },
    /** Claims nothing more, signals what runs, waits for the grace time, closes the store. Twice is fine. */
    stop(): Promise<void> {
      stopping ??= (async () => {
        for (const end of ends) end()
        await Promise.all([engine.stop(), outside.stop()])
        await Promise.all([shelf.stop(), telling.deliveries.stop()])
        await Promise.all([close(), models.close(), leave(), outside.close()])
        await store.close()
      })()
      return stopping
    },
  }
}

/** What everything stands on: the store, of which decisions are counted and changes are on record, and the clock. */
async function groundOn({ env, log, ...given }: Parts) {
  const opened = given.store ?? (await openStore(env, { exclusive: true }))
  const clock = await clockFor(opened, given.clock ?? systemClock, log)
  const { store, text: metrics, ...observing } = createMetrics({ store: opened, clock })
  return { ...observing, metrics, ground: { ...recordingOn(store), clock, log } }
}

/** Several servers go by one clock: the database's. */
const clockFor = (store: Store, own: Clock, log: Logger) =>
  store.shared ? followDatabase(store, own, log) : own
