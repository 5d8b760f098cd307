/**
 * Builds the one Carillon object: store, engine, agents, accounts and verbs, wired together. Doors name its
 * type, and nothing else of it.
 */
import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { openStore } from '#db/index.ts'
import type { Store } from '#db/store.ts'
import { untilAvailable } from '#db/until-available.ts'
import type { AgentCatalogue } from './agents/catalogue.ts'
import { createComposing } from './agents/custom/composing.ts'
import type { LoopDeps } from './agents/custom/beginning.ts'
import { createModels } from './agents/custom/model-client.ts'
import { prices } from './agents/custom/prices.ts'
import { customAgents } from './agents/custom/provider.ts'
import { createSandbox } from './agents/imported/sandbox.ts'
import { createSkills } from './agents/imported/skills.ts'
import { skillTools } from './agents/imported/tools.ts'
import { catalogueWith } from './agents/index.ts'
import { createMcpServers, type McpDeps } from './agents/mcp/servers.ts'
import { mcpTools } from './agents/mcp/tools.ts'
import { createAgentPort, type Ground } from './agents/performing.ts'
import { createFolders } from './agents/reading/folders.ts'
import { sealOld } from './agents/seal-old.ts'
import { createSealing, type Sealing } from './agents/sealing.ts'
import { createSecrets } from './agents/secrets.ts'
import { tools } from './agents/tools/index.ts'
import { createAuth } from './auth/index.ts'
import { createSeal } from './auth/seal.ts'
import { readSecrets } from './auth/secrets.ts'
import { type Clock, seconds, systemClock } from './clock.ts'
import { followDatabase } from './database-clock.ts'
import { readAtOnce } from './documents/at-once.ts'
import type { Embedders } from './documents/embedder.ts'
import { createEventsOf, createExtract, type Extract } from './documents/extract.ts'
import { createIndexing } from './documents/indexing.ts'
import { createDocumentSearch, type DocumentSearch } from './documents/search.ts'
import { createShelf } from './documents/shelf.ts'
import { createEngine } from './engine/engine.ts'
import { BEAT } from './engine/lifecycle.ts'
import { createNews, followOthers } from './engine/news.ts'
import { beforeFiring, keepInOrder } from './engine/upkeep.ts'
import { witnessIn } from './engine/witness.ts'
import type { Env } from './env.ts'
import { createMail } from './mail/mail.ts'
import { createMetrics } from './metrics.ts'
import { createGuardedAddress } from './net/guarded-address.ts'
import { createGuardedFetch } from './net/guarded-fetch.ts'
import { queueFor } from './queue/index.ts'
import { takeGrant } from './verbs/granting.ts'
import { bindVerbs } from './verbs/index.ts'
import { createFullness } from './verbs/quotas.ts'
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

/** Opens the store, brings it up to date and makes what a first start needs. Nothing fires before `start`. */
export async function createCarillon({ env, log, chance = Math.random, ...given }: Parts) {
  const store = given.store ?? (await openStore(env, { exclusive: true }))
  const ownClock = given.clock ?? systemClock
  // Several servers go by one clock: the database's.
  const clock = store.shared ? await followDatabase(store, ownClock, log) : ownClock
  const ground = { store, clock, log }
  const serverId = randomUUID()
  const { hint, onHint } = createNews()
  const box = sealOf(env)
  const models = createModels({ store, box, env })
  const secrets = createSecrets(store, box)
  const { mcp, skills, sources, leave } = fromElsewhere({ ...ground, env, box, secrets, hint })
  const extract = createExtract(clock)
  const mail = mailOf({ store, clock, env, box, secrets, extract })
  const { search, shelf } = libraryOf(ground, models.embedder, extract)
  const loop = { models, prices: () => prices(store), tools, sources, mail }
  const catalogue = catalogueWith(customAgents(store, loop), skills)
  const sealing = createSealing(catalogue, box, secrets)
  // What agents do for people to see is done by the verbs, which need what runs the agents.
  const doingsOf: Ground['doingsOf'] = (workspaceId) => verbs.doingsOf(workspaceId)
  const runs = { sealing, catalogue, mail, search, extract, doingsOf, loop }
  const { engine, metrics, close } = createWorks({ ...ground, env, chance, serverId, hint, ...runs })
  const auth = createAuth({ ...ground, env })
  await untilAvailable(auth.boot, ground)
  await untilAvailable(() => sealOld({ store, catalogue, sealing }), ground)
  const fires = env.SCHEDULER_ENABLED && env.ROLE !== 'web'
  const ends = [followOthers({ ...ground, hint }, () => fires && engine.look())]
  let stopping: Promise<void> | null = null
  const verbs = bindVerbs({
    ...{ ...ground, ...runs, engine, hint, models, box, secrets, mcp, skills, sources, shelf },
    ...boundsOf(env),
    server: {
      version: VERSION,
      role: env.ROLE,
      fires,
      startedAtMs: clock.monotonicMs(),
      otherSecrets: auth.otherSecrets,
      fullness: createFullness(ground),
      isStopping: () => stopping !== null,
    },
  })

  return {
    ...ground,
    env,
    version: VERSION,
    serverId,
    auth,
    onHint,
    metrics: metrics.text,
    ...verbs,
    shelf,
    /** Accounts for the time the server was away, then begins to fire. */
    async start(): Promise<void> {
      ends.push(await untilAvailable(auth.leaveMark, ground))
      await untilAvailable(() => beforeFiring(ground), ground)
      await skills.sweep()
      await engine.start({ fires })
      await shelf.start()
      ends.push(...(await keepInOrder(ground, { onHint, serverId, fires })))
    },
    /** Claims nothing more, signals what runs, waits for the grace time, closes the store. Twice is fine. */
    stop(): Promise<void> {
      stopping ??= (async () => {
        for (const end of ends) end()
        await engine.stop()
        await Promise.all([shelf.stop(), close(), models.close(), leave()])
        await store.close()
      })()
      return stopping
    },
  }
}

/** What reads documents, and what finds them. */
function libraryOf(
  ground: Pick<Required<Parts>, 'store' | 'clock' | 'log'>,
  embedders: Embedders,
  extract: Extract,
) {
  const embedding = { ...ground, embedders }
  return {
    search: createDocumentSearch(embedding),
    shelf: createShelf({ ...ground, extract, index: createIndexing(embedding) }),
  }
}

const limitsOf = (env: Env) => ({
  total: env.MAX_CONCURRENT_EXECUTIONS,
  perWorkspace: env.MAX_CONCURRENT_PER_WORKSPACE,
})

/** What whoever operates the server lets people and agents do. */
const boundsOf = (env: Env) => ({
  minimumIntervalSeconds: env.MINIMUM_INTERVAL_SECONDS,
  dataDir: env.DATA_DIR,
  limits: limitsOf(env),
  allowedPrivateNetworks: env.ALLOWED_PRIVATE_NETWORKS,
  documentFolders: env.DOCUMENT_FOLDERS,
})

function sealOf(env: Env) {
  const { SIG_KEY, SIG_SALT } = readSecrets(env)
  return createSeal(`${SIG_KEY}${SIG_SALT}`, 'agent secrets')
}

type Elsewhere = Omit<McpDeps, 'allowStdio' | 'allowedPrivateNetworks'> & { env: Env }

/** What agents use that is no part of the product: servers of tools, and skills. */
function fromElsewhere({ env, ...it }: Elsewhere) {
  const { DATA_DIR, ALLOW_MCP_STDIO: allowStdio, ALLOWED_PRIVATE_NETWORKS: allowedPrivateNetworks } = env
  const mcp = createMcpServers({ ...it, allowStdio, allowedPrivateNetworks })
  const place = placeOfRuns(env)
  const skills = createSkills({
    ...it,
    sandbox: createSandbox({
      clock: it.clock,
      scratchDir: join(place.dir, 'scratch'),
      allowedPrivateNetworks,
    }),
    foldersDir: join(DATA_DIR, 'plugins', 'agent-skills'),
    unpackedDir: join(place.dir, 'skills'),
    onClose: place.leave,
  })
  const sources = [mcpTools(mcp), skillTools(skills)]
  return { mcp, skills, sources, leave: () => Promise.all([mcp.close(), skills.close()]) }
}

/** A server that is root has skills run as another user, who sees nothing of its data folder. */
function placeOfRuns({ DATA_DIR }: Env) {
  if (process.getuid?.() !== 0) return { dir: DATA_DIR, leave: async () => {} }
  const dir = join(tmpdir(), `carillon-${randomUUID()}`)
  return { dir, leave: () => rm(dir, { recursive: true, force: true }) }
}

interface MailParts extends Omit<Parameters<typeof createMail>[0], 'addresses' | 'textOfPage'> {
  env: Env
  extract: Extract
}

function mailOf({ env, extract, ...it }: MailParts) {
  const usual = createGuardedAddress({ allowedPrivateNetworks: env.ALLOWED_PRIVATE_NETWORKS })
  // Whoever starts the server may have its mail go where they like; metadata services are refused all the same.
  const own = createGuardedAddress({ allowedPrivateNetworks: ['0.0.0.0/0', '::/0'] })
  return createMail({
    ...{ ...it, env, addresses: { usual, own } },
    async textOfPage(bytes, signal) {
      const read = await extract({ reading: 'html', bytes }, signal)
      return 'text' in read ? read.text : null
    },
  })
}

interface WorksParts extends Required<Parts> {
  serverId: string
  hint(workspaceIds: number[]): void
  sealing: Sealing
  catalogue: AgentCatalogue
  mail: Ground['mail']
  search: DocumentSearch
  extract: Extract
  doingsOf: Ground['doingsOf']
  loop: Pick<LoopDeps, 'models' | 'prices'>
}

/** What fires and runs, and what counts it. */
function createWorks({
  env,
  chance,
  serverId,
  hint,
  sealing,
  catalogue,
  mail,
  search,
  extract,
  doingsOf,
  loop,
  ...ground
}: WorksParts) {
  const fetch = createGuardedFetch({ allowedPrivateNetworks: env.ALLOWED_PRIVATE_NETWORKS })
  const metrics = createMetrics(ground)
  const agents = createAgentPort(catalogue, {
    ...{ ...ground, fetch, mail, search, sealing, doingsOf },
    composing: createComposing({ ...loop, clock: ground.clock }),
    files: { textOf: readAtOnce(extract), entriesOf: createEventsOf(ground.clock) },
    folders: createFolders(env.DOCUMENT_FOLDERS),
    grant: (of, call) => takeGrant(ground, of, call),
  })
  const limits = limitsOf(env)
  const engine = createEngine({
    ...ground,
    agents,
    limits,
    minimumIntervalSeconds: env.MINIMUM_INTERVAL_SECONDS,
    server: { id: serverId, role: env.ROLE, version: VERSION },
    ...BEAT,
    graceMs: seconds(env.STOP_GRACE_SECONDS),
    witness: witnessIn(join(env.DATA_DIR, 'carillon.last-seen')),
    chance,
    hint,
    queue: (taker) => queueFor(env, { ...ground, owner: serverId, limits, taker }),
    observe: metrics.observe,
    observeStart: metrics.observeStart,
  })
  return { engine, metrics, close: () => fetch.close() }
}
