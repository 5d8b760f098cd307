/** What the doors (routes, sockets, commands) may call. `composition.ts` builds it once for `server.ts`. */
import type { Logger } from 'pino'
import type { Store } from '#db/store.ts'
import type { Auth } from './auth/index.ts'
import type { Clock } from './clock.ts'
import type { Agent } from './contract/agent.ts'
import type { EventPage } from './contract/event.ts'
import type { Execution, ExecutionDetail, ExecutionQuery } from './contract/execution.ts'
import type { Message, MessageQuery } from './contract/message.ts'
import type { AnswerOf, Api, BodyOf, QueryOf } from './contract/api.ts'
import type { NewTrigger, Trigger, TriggerChange, TriggerStats } from './contract/trigger.ts'
import type { WorkspaceStats } from './contract/workspace.ts'
import type { Env } from './env.ts'

/** Who did it, for the record. */
export interface By {
  id: string
  name: string
}

export interface Carillon {
  readonly env: Env
  readonly version: string
  readonly serverId: string
  readonly log: Logger
  readonly clock: Clock
  readonly store: Store
  readonly auth: Auth
  /** Verbs throw `ProblemError` for what a person can mend. */
  readonly triggers: {
    list(
      workspaceId: number,
      query: QueryOf<Api['listTriggers']>,
    ): Promise<{ triggers: Trigger[]; nextCursor: string | null }>
    get(workspaceId: number, id: number): Promise<Trigger>
    create(workspaceId: number, body: NewTrigger, by: By): Promise<Trigger>
    change(workspaceId: number, id: number, body: TriggerChange, by: By): Promise<Trigger>
    remove(workspaceId: number, id: number, by: By): Promise<void>
    toggle(workspaceId: number, id: number, body: BodyOf<Api['toggleSchedule']>, by: By): Promise<Trigger>
    /** `requestId`: the same one answers the same execution. */
    runNow(
      workspaceId: number,
      id: number,
      body: BodyOf<Api['runSchedule']>,
      by: By,
      requestId?: string,
    ): Promise<Execution>
    backfill(
      workspaceId: number,
      id: number,
      body: BodyOf<Api['backfillSchedule']>,
      by: By,
    ): Promise<AnswerOf<Api['backfillSchedule']>>
    stats(workspaceId: number, id: number): Promise<TriggerStats>
    preview(
      workspaceId: number,
      id: number,
      query: QueryOf<Api['previewSchedule']>,
    ): Promise<AnswerOf<Api['previewSchedule']>>
    previewCron(body: BodyOf<Api['previewCron']>): AnswerOf<Api['previewCron']>
    missed(workspaceId: number): Promise<AnswerOf<Api['missed']>>
  }
  readonly executions: {
    list(
      workspaceId: number,
      query: ExecutionQuery,
    ): Promise<{ executions: Execution[]; nextCursor: string | null }>
    get(workspaceId: number, id: number): Promise<ExecutionDetail>
    cancel(workspaceId: number, id: number, by: By): Promise<Execution>
    retry(workspaceId: number, id: number, by: By, requestId?: string): Promise<Execution>
  }
  readonly messages: {
    list(workspaceId: number, query: MessageQuery): Promise<Message[]>
    post(workspaceId: number, body: BodyOf<Api['postMessage']>, by: By): Promise<Message>
  }
  readonly events: { since(workspaceId: number, after: number, limit: number): Promise<EventPage> }
  readonly documents: {
    list(workspaceId: number): Promise<AnswerOf<Api['listDocuments']>['documents']>
    add(
      workspaceId: number,
      body: BodyOf<Api['addDocument']>,
      by: By,
    ): Promise<AnswerOf<Api['addDocument']>['document']>
    remove(workspaceId: number, id: number): Promise<void>
  }
  readonly agents: { list(): Agent[] }
  stats(workspaceId: number, days: number): Promise<WorkspaceStats>
  readonly scheduler: {
    state(): Promise<AnswerOf<Api['scheduler']>['scheduler']>
    change(
      body: BodyOf<Api['changeScheduler']>,
      by: By,
    ): Promise<AnswerOf<Api['changeScheduler']>['scheduler']>
  }
  health(): Promise<AnswerOf<Api['health']>>
  ready(): Promise<AnswerOf<Api['ready']>>
  /** Called after a commit with the workspaces that have new events. A hint: it may be lost, the rows are there. */
  onHint(listener: (workspaceIds: number[]) => void): () => void
  /** Prometheus text. */
  metrics(): Promise<string>
  /** Accounts for the time the server was away, then begins to fire. */
  start(): Promise<void>
  /** Claims nothing more, signals what runs, waits for the grace time, closes the store. Twice is fine. */
  stop(): Promise<void>
}

const KEY = Symbol.for('carillon')

/** Pins the one object where route handlers find it: the web framework bundles its own copy of every module. */
export function pin(carillon: Carillon): void {
  Object.assign(globalThis, { [KEY]: carillon })
}
