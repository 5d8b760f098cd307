/**
 * What a draft would make of what has happened, or of what somebody makes up.
 *
 * Promise: a try saves nothing and costs no token; what is decided is what is decided live, by the verdicts of
 * evaluations.
 */
import * as calls from '#db/queries/webhooks.ts'
import type { AnswerOf, Api, BodyOf } from '../contract/api.ts'
import type { EventTrigger } from '../contract/event-trigger.ts'
import { unacceptable } from '../contract/problem.ts'
import type { TriggerEvent } from '../contract/trigger-event.ts'
import type { WebhookConfig } from '../contract/webhook-trigger.ts'
import { listens } from '../triggers/event.ts'
import { accepting, judge } from '../triggers/index.ts'
import { HOLDS, type Match, match, refusedBy } from '../triggers/matching.ts'
import { type Subject, subjectOf } from '../triggers/webhook/reading.ts'
import { factOf, subjectIn } from './carrying.ts'
import type { Deps } from './deps.ts'
import { configFrom } from './editing.ts'
import { found, one } from './happenings.ts'
import { madeUp } from './requesting.ts'

type Ground = Pick<Deps, 'store' | 'clock' | 'minimumIntervalSeconds'>
type Asked = BodyOf<Api['testTrigger']>
type Results = AnswerOf<Api['testTrigger']>['results']

const USUAL = 20

/** Of an event, of one that is made up, or of the newest that it would listen for; of a webhook, the same of calls. */
export async function test(deps: Ground, workspaceId: number, asked: Asked): Promise<Results> {
  const { trigger } = asked
  const { event, webhook, kind } = trigger
  const now = deps.clock.now()
  const row = { ...configFrom(trigger), createdAt: now.getTime() }
  if (kind === 'event' && event) {
    requireSound(deps, row, now)
    return onEvents(deps, workspaceId, event, row, asked)
  }
  if (kind === 'webhook' && webhook) {
    requireSound(deps, row, now)
    return onCalls(deps, workspaceId, webhook, asked)
  }
  const message = `is "${kind}": only what waits for events, or for calls, can be tried on them`
  throw unacceptable([{ path: 'trigger.kind', message }])
}

type Row = ReturnType<typeof configFrom> & { createdAt: number }
function requireSound({ minimumIntervalSeconds }: Ground, row: Row, now: Date): void {
  const faults = judge(row, { minimumIntervalSeconds, now })
  if (faults.length > 0)
    throw unacceptable(faults.map(({ path, message }) => ({ path: `trigger.${path}`, message })))
}

async function onEvents(
  { store, clock }: Ground,
  workspaceId: number,
  config: EventTrigger,
  row: Row,
  { event, eventId, recent = USUAL }: Asked,
): Promise<Results> {
  const accepts = accepting(row)
  const heard = (it: TriggerEvent) => listens(config, it, 0)
  const newest = () =>
    found(store, workspaceId, { before: Number.MAX_SAFE_INTEGER, limit: recent, pick: heard })
  const events = event
    ? [madeUp(event, clock.now())]
    : eventId !== undefined
      ? [await one({ store }, workspaceId, eventId)]
      : (await newest()).events
  return events.map((it) => {
    if (!heard(it)) return judged(it, 'filtered', 'It does not listen for this type.')
    const held = accepts(it)
    const { depth } = it.chain
    if (held.pass && depth > config.maxDepth)
      return judged(
        it,
        'depth',
        `It lies ${depth} runs deep in a chain, and may lie ${config.maxDepth}.`,
        held,
      )
    return ofMatch(it, held)
  })
}

const judged = (
  event: TriggerEvent,
  verdict: Results[number]['verdict'],
  reason: string | null,
  { trace }: Pick<Match, 'trace'> = { trace: [] },
) => ({ eventId: event.id, event, verdict, reason, trace })
const ofMatch = (event: TriggerEvent, held: Match) =>
  judged(event, held.pass ? 'fired' : 'filtered', held.pass ? null : refusedBy(held), held)

const MOST_WEBHOOKS = 20
/** A call that is made up says as `data` what filters read: `{ headers, query, body }`. */
async function onCalls(
  { store, clock }: Ground,
  workspaceId: number,
  { scheme, filter }: WebhookConfig,
  { event, eventId, recent = USUAL }: Asked,
): Promise<Results> {
  if (eventId !== undefined)
    throw unacceptable([{ path: 'eventId', message: 'is of an event: a webhook is tried on calls' }])
  const held = (subject: Subject) => (filter ? match(filter, subject) : HOLDS)
  if (event) {
    const { headers = {}, query = {}, body = null } = event.data as Partial<Subject>
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    return [ofMatch(madeUp(event, clock.now()), held(subjectOf(headers, query, text)))]
  }
  const triggerIds = await calls.withScheme(store, { workspaceId, scheme, limit: MOST_WEBHOOKS })
  const found = await calls.newestGenuine(store, { triggerIds, limit: recent })
  return found.map((call) => {
    const subject = subjectIn(call)
    const matched = held(subject)
    return ofMatch(factOf(call, subject, matched.trace).event, matched)
  })
}
