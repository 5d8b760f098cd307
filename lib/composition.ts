/**
 * Builds the one Carillon object: store, engine, agents, accounts, wired together. What the doors may call is its type, in `carillon.ts`.
 */
import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import * as documents from '#db/queries/documents.ts'
import * as events from '#db/queries/events.ts'
import * as executions from '#db/queries/executions.ts'
import * as messages from '#db/queries/messages.ts'
import * as statistics from '#db/queries/statistics.ts'
import * as triggers from '#db/queries/triggers.ts'
import * as upkeep from '#db/queries/upkeep.ts'
import { openStore } from '#db/index.ts'
import type { Store } from '#db/store.ts'
import { findAgent, judgeContext, listAgents, unknownAgent } from './agents/index.ts'
import { createAgentPort } from './agents/performing.ts'
import { createAuth } from './auth/index.ts'
import type { By, Carillon } from './carillon.ts'
import { type Clock, days, hours, minutes, seconds, systemClock } from './clock.ts'
import { followDatabase } from './database-clock.ts'
import type { Execution } from './contract/execution.ts'
import { notFound, ProblemError, unacceptable } from './contract/problem.ts'
import { createEngine } from './engine/engine.ts'
import { BEAT } from './engine/lifecycle.ts'
import { judgePattern, zoneFaults } from './recurrence/index.ts'
import { createSteering } from './engine/steering.ts'
import { percentiles, previewOfPattern, previewOfTrigger, toTrigger } from './engine/viewing.ts'
import type { Env } from './env.ts'
import { createMetrics } from './metrics.ts'
import { createGuardedFetch } from './net/guarded-fetch.ts'
import { queueFor } from './queue/index.ts'
import { faultsOf } from './triggers/index.ts'
import { VERSION } from './version.ts'

/** Events are for catching up, answers for repeated requests: both are kept for a while only. */
const EVENTS_KEPT_MS = days(14)
const ANSWERS_KEPT_MS = days(1)
/** A proxy that asks where to send requests does not wait until a query is given up. */
const READY_WITHIN_MS = seconds(2)
/** A skew of the database's clock from ours that is worth a word. */
const SKEW_WORTH_SAYING_MS = seconds(2)

const place = (cursor: string | undefined): executions.Place | null => {
  if (!cursor) return null
  const [queuedAt, id] = Buffer.from(cursor, 'base64url').toString().split('.').map(Number)
  if (!Number.isSafeInteger(queuedAt) || !Number.isSafeInteger(id))
    throw new ProblemError(400, `The cursor "${cursor}" is not one that this server gave.`)
  return { queuedAt: queuedAt as number, id: id as number }
}
const cursorOf = (it: Execution | undefined) =>
  it ? Buffer.from(`${Date.parse(it.queuedAt)}.${it.id}`).toString('base64url') : null

export interface Parts {
  env: Env
  log: Logger
  clock?: Clock
  store?: Store
  chance?: () => number
}

/** Opens the store, brings it up to date and makes what a first start needs. Nothing fires before `start`. */
export async function createCarillon({
  env,
  log,
  clock: ownClock = systemClock,
  store: given,
  chance = Math.random,
}: Parts): Promise<Carillon> {
  const store = given ?? (await openStore(env, { exclusive: true }))
  // Several servers go by one clock: the database's.
  const clock = store.shared ? await followDatabase(store, ownClock, log) : ownClock
  const serverId = randomUUID()
  const listeners = new Set<(workspaceIds: number[]) => void>()
  const hint = (workspaceIds: number[]) => {
    for (const listener of listeners) listener(workspaceIds)
  }
  const fetch = createGuardedFetch({ allowedPrivateNetworks: env.ALLOWED_PRIVATE_NETWORKS })
  const metrics = createMetrics({ store, clock })
  const agents = createAgentPort({ find: findAgent, unknown: unknownAgent }, { store, clock, fetch })
  const limits = { total: env.MAX_CONCURRENT_EXECUTIONS, perWorkspace: env.MAX_CONCURRENT_PER_WORKSPACE }
  const engine = createEngine({
    store,
    clock,
    log,
    agents,
    limits,
    minimumIntervalSeconds: env.MINIMUM_INTERVAL_SECONDS,
    server: { id: serverId, role: env.ROLE, version: VERSION },
    ...BEAT,
    chance,
    hint,
    queue: (taker) => queueFor(env, { store, clock, log, owner: serverId, limits, taker }),
    observe: metrics.observe,
    observeStart: metrics.observeStart,
  })
  const fires = env.SCHEDULER_ENABLED && env.ROLE !== 'web'
  const steering = createSteering({
    store,
    clock,
    engine,
    hint,
    minimumIntervalSeconds: env.MINIMUM_INTERVAL_SECONDS,
    judgeAgent(agentId, agentType, context) {
      const verdict = judgeContext(agentId, agentType, context, {
        allowedPrivateNetworks: env.ALLOWED_PRIVATE_NETWORKS,
      })
      return verdict.ok ? [] : verdict.errors
    },
  })
  const auth = createAuth({ store, env, clock, log })
  await auth.boot()
  const startedAtMs = clock.monotonicMs()
  // Another server may have changed a trigger: look, but not at each of a thousand notices.
  let callOffLook: (() => void) | null = null
  store.onNews?.((workspaceIds) => {
    hint(workspaceIds)
    callOffLook ??= clock.after(seconds(1), () => {
      callOffLook = null
      if (fires) engine.look()
    })
  })
  let stopping: Promise<void> | null = null
  let callOffPruning: (() => void) | null = null

  const found = async (workspaceId: number, id: number) => {
    const row = await triggers.get(store, workspaceId, id)
    if (!row) throw notFound('schedule')
    return row
  }

  /** Soon after a start, for a server that is restarted every hour must clear too; then each hour. */
  function pruneLater(delayMs: number): void {
    callOffPruning = clock.after(delayMs, () => {
      const now = clock.now().getTime()
      upkeep
        .prune(store, {
          eventsBefore: new Date(now - EVENTS_KEPT_MS),
          answersBefore: new Date(now - ANSWERS_KEPT_MS),
        })
        .catch((error) => log.warn({ err: error }, 'Could not clear old events.'))
        .finally(() => pruneLater(hours(1)))
    })
  }

  /** The rules of a zone may change with the program: what is to come is then computed again. */
  async function heedNewZoneRules(): Promise<void> {
    const rules = process.versions.tz ?? 'unknown'
    const known = await upkeep.setting(store, 'tz')
    if (known === rules) return
    if (known) {
      log.info(
        { from: known, to: rules },
        'The time zone rules changed: the next instants are computed again.',
      )
      await upkeep.planAnew(store, clock.now())
    }
    await upkeep.setSetting(store, 'tz', rules)
  }

  async function health(): ReturnType<Carillon['health']> {
    const problems: string[] = []
    let clockSkewMs = 0
    let paused = false
    try {
      clockSkewMs = await store.clockSkewMs()
      paused = (await upkeep.globalPause(store)) !== null
      if (await auth.secretDiffers())
        problems.push(
          'Another server was started with another JWT_SECRET: whoever signs in there is unknown here. Give all servers the same secrets.',
        )
    } catch (error) {
      problems.push((error as Error).message)
    }
    if (engine.problem) problems.push(engine.problem)
    if (Math.abs(clockSkewMs) > SKEW_WORTH_SAYING_MS)
      problems.push(
        `This machine's clock differs from the database's by ${Math.round(clockSkewMs / 100) / 10} s. Due times follow the database.`,
      )
    return {
      status: problems.length === 0 ? 'ok' : 'degraded',
      version: VERSION,
      role: env.ROLE,
      database: store.dialect,
      queue: engine.queueName,
      scheduler: !fires ? 'off' : paused ? 'paused' : 'running',
      clockSkewMs,
      lastTickAt: engine.loop.lastTickAt?.toISOString() ?? null,
      uptimeSeconds: Math.round((clock.monotonicMs() - startedAtMs) / 1000),
      problems,
    }
  }

  const schedulerState = async () => {
    const pause = await upkeep.globalPause(store)
    return {
      paused: pause !== null,
      reason: pause?.reason ?? null,
      since: pause?.since.toISOString() ?? null,
    }
  }

  return {
    env,
    version: VERSION,
    serverId,
    log,
    clock,
    store,
    auth,
    triggers: {
      async list(workspaceId, { limit, cursor, q, health: wanted, kind }) {
        const after = cursor ? Number(cursor) : 0
        if (!Number.isSafeInteger(after) || after < 0)
          throw new ProblemError(400, `The cursor "${cursor}" is not one that this server gave.`)
        const rows = await triggers.list(store, workspaceId, { after, kind, q, limit: limit + 1 })
        const page = rows.slice(0, limit).map(toTrigger)
        return {
          triggers: wanted ? page.filter((it) => it.health === wanted) : page,
          nextCursor: rows.length > limit ? String(page.at(-1)?.id) : null,
        }
      },
      get: async (workspaceId, id) => toTrigger(await found(workspaceId, id)),
      create: async (workspaceId, body, by) => toTrigger(await steering.create(workspaceId, body, by)),
      change: async (workspaceId, id, body, by) =>
        toTrigger(await steering.change(workspaceId, id, body, by)),
      remove: (workspaceId, id) => steering.remove(workspaceId, id),
      toggle: async (workspaceId, id, body, by) =>
        toTrigger(await steering.toggle(workspaceId, id, body, by)),
      runNow: (workspaceId, id, body, _by, requestId) => steering.runNow(workspaceId, id, body, requestId),
      backfill: (workspaceId, id, body) => steering.backfill(workspaceId, id, body),
      async stats(workspaceId, id) {
        const row = await found(workspaceId, id)
        const recent = await triggers.recentRuns(store, id)
        const finished = row.successfulRuns + row.failedRuns
        return {
          totalExecutions: row.totalRuns,
          successfulExecutions: row.successfulRuns,
          failedExecutions: row.failedRuns,
          successRate: finished === 0 ? 0 : Math.round((1000 * row.successfulRuns) / finished) / 10,
          averageExecutionTime: row.totalRuns === 0 ? 0 : row.durationMs / row.totalRuns / 1000,
          durationMs: percentiles(recent.flatMap((it) => it.durationMs ?? [])),
          latenessMs: percentiles(recent.flatMap((it) => it.latenessMs ?? [])),
        }
      },
      async preview(workspaceId, id, { count, viewerTimezone }) {
        const row = await found(workspaceId, id)
        const faults = [...faultsOf(row), ...zoneFaults('viewerTimezone', viewerTimezone)]
        if (faults.length > 0) throw unacceptable(faults)
        return previewOfTrigger(row, clock.now(), count, viewerTimezone)
      },
      previewCron({ cronExpression, timezone, viewerTimezone, from, count }) {
        const verdict = judgePattern(cronExpression, timezone, {
          minimumIntervalSeconds: env.MINIMUM_INTERVAL_SECONDS,
        })
        if (!verdict.ok) throw unacceptable([{ path: verdict.field, message: verdict.message }])
        const faults = zoneFaults('viewerTimezone', viewerTimezone)
        if (faults.length > 0) throw unacceptable(faults)
        return previewOfPattern({
          cronExpression: verdict.pattern,
          timezone,
          viewerTimezone,
          count,
          from: from ? new Date(from) : clock.now(),
        })
      },
      async missed(workspaceId) {
        const now = clock.now()
        const overdue = await executions.overdue(store, workspaceId, now)
        return {
          overdue: overdue.map((it) => ({
            ...it,
            dueAt: new Date(it.dueAt).toISOString(),
            lateMs: now.getTime() - it.dueAt,
          })),
          missed: await executions.list(store, workspaceId, { status: ['missed'] }, null, 100),
        }
      },
    },
    executions: {
      async list(workspaceId, { limit, cursor, from, to, ...filter }) {
        const range = {
          ...filter,
          from: from ? new Date(from) : undefined,
          to: to ? new Date(to) : undefined,
        }
        const rows = await executions.list(store, workspaceId, range, place(cursor), limit + 1)
        const page = rows.slice(0, limit)
        return { executions: page, nextCursor: rows.length > limit ? cursorOf(page.at(-1)) : null }
      },
      async get(workspaceId, id) {
        const execution = await executions.get(store, workspaceId, id)
        if (!execution) throw notFound('execution')
        return execution
      },
      cancel: (workspaceId, id, by) => steering.cancel(workspaceId, id, by),
      retry: (workspaceId, id, _by, requestId) => steering.retry(workspaceId, id, requestId),
    },
    messages: {
      list: (workspaceId, query) => messages.list(store, workspaceId, query),
      async post(workspaceId, body, by) {
        const message = await messages.post(
          store,
          { workspaceId, kind: 'person', author: by, ...body },
          clock.now(),
        )
        hint([workspaceId])
        return message
      },
    },
    events: { since: (workspaceId, after, limit) => events.since(store, workspaceId, after, limit) },
    documents: {
      list: (workspaceId) => documents.list(store, workspaceId),
      add: (workspaceId, { name, text }, by: By) =>
        documents.add(store, { workspaceId, name, content: text, by: by.id }, clock.now()),
      async remove(workspaceId, id) {
        if (!(await documents.remove(store, workspaceId, id))) throw notFound('document')
      },
    },
    agents: { list: listAgents },
    async stats(workspaceId, dayCount) {
      const since = new Date(clock.now().getTime() - days(dayCount - 1)).toISOString().slice(0, 10)
      const [totals, daily, recentExecutions] = await Promise.all([
        statistics.totals(store, workspaceId),
        statistics.days(store, workspaceId, since),
        executions.list(store, workspaceId, {}, null, 10),
      ])
      return { ...totals, recentExecutions, daily }
    },
    scheduler: {
      state: schedulerState,
      async change({ paused, reason }, by) {
        if (paused) await upkeep.pauseAll(store, reason ?? `paused by ${by.name}`, clock.now())
        else await upkeep.resumeAll(store, clock.now())
        engine.look()
        return schedulerState()
      },
    },
    health,
    async ready() {
      if (stopping) return { ready: false, reason: 'The server is stopping.' }
      const late = Promise.withResolvers<never>()
      const callOff = clock.after(READY_WITHIN_MS, () =>
        late.reject(new Error(`The database has not answered for ${READY_WITHIN_MS / 1000} seconds.`)),
      )
      try {
        // One look into an index: anybody may ask, as often as they like.
        await Promise.race([upkeep.globalPause(store), late.promise])
        return { ready: true, reason: null }
      } catch (error) {
        return { ready: false, reason: (error as Error).message }
      } finally {
        callOff()
      }
    },
    onHint(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    metrics: metrics.text,
    async start() {
      await heedNewZoneRules()
      await auth.leaveMark()
      await engine.start({ fires })
      pruneLater(minutes(5))
      const active = await statistics.activeTriggers(store)
      const words = fires
        ? `Agent Scheduler started with ${active} active schedules`
        : `This server fires nothing (ROLE, SCHEDULER_ENABLED); there are ${active} active schedules`
      log.info({ serverId, active, database: store.dialect, fires }, `[AgentScheduler] ${words}`)
    },
    stop() {
      stopping ??= (async () => {
        callOffPruning?.()
        callOffLook?.()
        await engine.stop()
        fetch.close()
        await store.close()
      })()
      return stopping
    },
  }
}
