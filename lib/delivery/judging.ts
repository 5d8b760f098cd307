/**
 * Decides what is said of what happened: the rules, over rows.
 *
 * Promise: a fact is judged once, after all that happened before it in its workspace. Whoever judges at the same time
 * comes to the same, and one of them is written.
 */
import type { Logger } from 'pino'
import { MAY_NOT_HEAR } from '#db/queries/channels.ts'
import * as rows from '#db/queries/deliveries.ts'
import { wordsIn } from '#db/queries/owing.ts'
import { isUnavailable, type Store } from '#db/store.ts'
import { QuietHours, type Tellable } from '../contract/delivery.ts'
import { type Going, goingOf, type Pace, type RuleSettings, type Verdict, verdictOf } from './rules.ts'
import { messageOf } from './words.ts'

const PAGE = 200
const MOST_WORKSPACES = 100

interface Ground {
  store: Store
  log: Pick<Logger, 'error'>
  baseUrl: string
}

/** Judges all that waits. What cannot be judged in one workspace keeps no other waiting. */
export async function judgeAll(ground: Ground, now: () => Date): Promise<void> {
  for (let judged = Number.POSITIVE_INFINITY; judged > 0; ) {
    judged = 0
    for (const id of await rows.workspacesToJudge(ground.store, MOST_WORKSPACES))
      judged += await judgePage(ground, id, now()).catch((error: unknown) => {
        if (isUnavailable(error)) throw error
        ground.log.error(
          { err: error, workspaceId: id },
          'What is owed to people elsewhere cannot be judged.',
        )
        return 0
      })
  }
}

async function judgePage({ store, baseUrl }: Ground, workspaceId: number, now: Date): Promise<number> {
  const found = await rows.toJudge(store, workspaceId, PAGE, now)
  if (found.rows.length === 0) return 0
  const work = judgementOf(found, baseUrl, now)
  return (await rows.keepJudged(store, workspaceId, work, now)) ? found.rows.length : 0
}

interface Found {
  rows: rows.Unjudged[]
  heard: rows.Heard[]
  last: ReadonlyMap<number, readonly number[]>
}

function judgementOf({ rows: unjudged, heard, last }: Found, baseUrl: string, now: Date) {
  const knows = new Map<string, Set<number>>()
  for (const it of heard) knownBy(knows, it).add(it.incidentId)
  const went = new Map([...last].map(([id, them]) => [id, them.map((at) => new Date(at))]))
  const said = new Set<string>()
  const changes = new Map<string, { telling: rows.Telling; hears: boolean }>()

  const judged = unjudged.map((it): rows.Judged => {
    const known = knownBy(knows, it)
    const verdict = verdictOn(it, known, said)
    const message = messageOf(
      { ...it, event: verdict.event },
      { baseUrl, slug: it.slug, timezone: it.timezone },
    )
    const common = { id: it.id, said: verdict.event, message }
    if (verdict.kind === 'silent')
      return { ...common, status: 'suppressed', reason: verdict.reason, goesAt: null }
    said.add(sayingOf(it))
    const note = (incidentId: number, hears: boolean) => {
      const telling = { deliveryId: it.id, incidentId, channelId: it.channelId }
      changes.set(`${incidentId} ${it.channelId}`, { telling, hears })
      if (hears) known.add(incidentId)
      else known.delete(incidentId)
    }
    if (verdict.hears !== null) note(verdict.hears, true)
    for (const id of verdict.recovers) note(id, false)
    return { ...common, ...placed(goingNext(it, went, now)) }
  })
  const all = [...changes.values()]
  return {
    judged,
    hears: all.filter((it) => it.hears).map((it) => it.telling),
    recovers: all.filter((it) => !it.hears).map((it) => it.telling),
  }
}

const placed = ({ at, held }: Going) =>
  held === null
    ? { status: 'pending' as const, reason: null, goesAt: at }
    : { status: 'held' as const, reason: held, goesAt: at }

function knownBy(
  all: Map<string, Set<number>>,
  it: { triggerId: number | null; channelId: number },
): Set<number> {
  const key = `${it.triggerId} ${it.channelId}`
  const known = all.get(key) ?? new Set()
  all.set(key, known)
  return known
}

/** One fact is said to a channel once, whatever number of rules have it told there. */
const sayingOf = (it: rows.Unjudged) => `${it.channelId} ${it.subject}`

function verdictOn(it: rows.Unjudged, known: ReadonlySet<number>, said: ReadonlySet<string>): Verdict {
  const is = wordsIn(it.facts) as Tellable[]
  const silent = (reason: string): Verdict => ({ kind: 'silent', event: is[0] ?? 'success', reason })
  if (it.channelEnabled === null) return silent('The channel was deleted.')
  if (!it.channelEnabled) return silent(it.channelProblem ?? 'The channel is switched off.')
  if (!it.mayHear) return silent(MAY_NOT_HEAR)
  const rule = ruleOf(it)
  if (!rule) return silent('The rule was deleted.')
  const verdict = verdictOf({ ...it, is }, rule, known)
  return verdict.kind === 'say' && said.has(sayingOf(it))
    ? { kind: 'silent', event: verdict.event, reason: 'Another rule has it told to the same channel.' }
    : verdict
}

function ruleOf({ ruleEvents, afterFailures, repeat, recoverAfter }: rows.Unjudged): RuleSettings | null {
  if (ruleEvents === null || afterFailures === null || repeat === null || recoverAfter === null) return null
  return { on: wordsIn(ruleEvents) as Tellable[], afterFailures, repeat, recoverAfter }
}

function goingNext(it: rows.Unjudged, went: Map<number, Date[]>, now: Date): Going {
  const last = went.get(it.channelId) ?? []
  const going = goingOf(paceOf(it), last, now)
  if (going.held === null) went.set(it.channelId, [...last, going.at])
  return going
}

const paceOf = ({ quietHours, digestAt, maxPerHour, timezone }: rows.Unjudged): Pace => ({
  quietHours: quietHours === null ? null : readQuietHours(quietHours),
  digestAt,
  timezone,
  maxPerHour: maxPerHour ?? 1,
})

/** What plain SQL has spoilt holds nothing back. */
function readQuietHours(text: string): QuietHours | null {
  try {
    return QuietHours.parse(JSON.parse(text))
  } catch {
    return null
  }
}
