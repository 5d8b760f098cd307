/**
 * Approvals that a person has had remembered: for just one call, or for all that a filter lets through.
 *
 * Promise: a use is counted before its call is made, and never more of them than were given; a filter holds for the
 * call that a person saw when they gave it, and is looked at again for each call; what cannot be read lets nothing
 * through.
 */
import type { find, Remembered } from '#db/queries/approvals.ts'
import * as grants from '#db/queries/grants.ts'
import { hashOf } from '../agents/custom/calls.ts'
import type { GrantedCall } from '../agents/agent.ts'
import { tools } from '../agents/tools/index.ts'
import { days } from '../clock.ts'
import { MOST_REMEMBERED_DAYS, type Remember } from '../contract/approval.ts'
import type { Role } from '../contract/fields.ts'
import { Filter } from '../contract/filter.ts'
import { filterInWords, valueInWords } from '../contract/filter-words.ts'
import { forbidden, unacceptable } from '../contract/problem.ts'
import { faultsOf, type Match, match } from '../triggers/matching.ts'
import type { Deps } from './deps.ts'

type Ground = Pick<Deps, 'store' | 'clock'>
type Asked = NonNullable<Awaited<ReturnType<typeof find>>>

/** Of one tool of one trigger: all of them are looked through before a call. */
const MOST_FILTERS = 20
/** What a filter of calls is about. */
const ROOTS = ['arguments', 'tool'] as const
const subjectOf = (tool: string, given: unknown) => ({ arguments: given, tool })

const wrong = (path: string, message: string) => unacceptable([{ path, message }])

/** What is kept of it. @throws ProblemError where just that cannot be, or not by this person */
export async function remembered(
  ground: Ground,
  asked: Asked,
  { remember, edited, by }: { remember: Remember; edited: unknown; by: { role: Role } },
): Promise<Remembered> {
  const { filter, maxUses = null } = remember
  if (asked.kind !== 'tool' || asked.tool === null) throw wrong('remember', 'goes with the call of a tool')
  const until = untilOf(remember, ground.clock.now())
  if (!filter) {
    const argumentsHash = edited ? hashOf(edited) : (asked.argumentsHash ?? '')
    return { argumentsHash, filter: null, maxUses, until }
  }
  requireRight(asked, by.role)
  const call = subjectOf(asked.tool, edited ?? JSON.parse(asked.arguments ?? 'null'))
  requireHolding(filter, call)
  await requireRoom(ground, asked, call.tool)
  return { argumentsHash: '', filter: JSON.stringify(filter), maxUses, until }
}

function untilOf({ until }: Remember, now: Date): Date {
  const latest = new Date(now.getTime() + days(MOST_REMEMBERED_DAYS))
  const wanted = until === undefined ? latest : new Date(until)
  if (wanted <= now) throw wrong('remember.until', 'must be an instant to come')
  if (wanted > latest) throw wrong('remember.until', `lies more than ${MOST_REMEMBERED_DAYS} days ahead`)
  return wanted
}

/** It lets out what nobody has seen yet: that is for those who may allow the tool altogether. */
function requireRight({ tool, effect }: Asked, role: Role): void {
  const leaves = effect === 'outside' || tools.some((it) => it.name === tool && it.effect === 'outside')
  if (leaves && role !== 'admin')
    throw forbidden(
      `To let calls like this of "${tool}" leave the installation unasked takes the role "admin" in this workspace; yours is "${role}". Have just this call remembered instead.`,
    )
}

function requireHolding(filter: Filter, call: { tool: string }): void {
  const faults = faultsOf(filter, ROOTS, 'remember.filter')
  if (faults.length > 0) throw unacceptable(faults)
  const { pass, against } = match(filter, call)
  if (!pass)
    throw wrong(
      'remember.filter',
      `does not hold for the call that is approved: ${against.map(said).join('; ')}`,
    )
}

const said = ({ look, wanted }: Match['against'][number]) => {
  const { path, op, expected, actual } = look
  const comparison = filterInWords({ path, op, value: expected } as Filter)
  const here = actual === undefined ? 'not there' : valueInWords(actual)
  return `${wanted ? comparison : `not (${comparison})`}, but it is ${here}`
}

async function requireRoom({ store, clock }: Ground, asked: Asked, tool: string): Promise<void> {
  const { workspaceId, triggerId } = asked
  const page = { workspaceId, triggerId, tool, now: clock.now(), limit: MOST_FILTERS }
  if ((await grants.byFilter(store, page)).length === MOST_FILTERS)
    throw wrong(
      'remember',
      `${MOST_FILTERS} filters are remembered for ${tool} here already: forget one of them first`,
    )
}

/** Takes one use of what holds for this call: of just this call first, then the oldest. */
export async function takeGrant(
  { store, clock }: Ground,
  of: { workspaceId: number; triggerId: number },
  { tool, arguments: given, argumentsHash, exactly }: GrantedCall,
): Promise<{ id: number; by: string } | null> {
  const now = clock.now()
  const exact = await grants.takeOf(store, { ...of, tool, argumentsHash, now })
  if (exact || exactly) return exact
  const subject = subjectOf(tool, given)
  for (const it of await grants.byFilter(store, { ...of, tool, now, limit: MOST_FILTERS })) {
    const filter = readFilter(it.filter)
    if (!filter || !match(filter, subject).pass) continue
    const used = await grants.takeById(store, { workspaceId: of.workspaceId, id: it.id, now })
    if (used) return used
  }
  return null
}

/** Null also where plain SQL has written what is none. */
export function readFilter(text: string | null): Filter | null {
  if (text === null) return null
  try {
    return Filter.parse(JSON.parse(text))
  } catch {
    return null
  }
}
