/**
 * What runs ask people for: look, decide, have it remembered.
 *
 * Promise: it is decided once, by somebody who may, with exactly the arguments that are kept; whoever comes second
 * hears who decided what.
 */
import * as approvals from '#db/queries/approvals.ts'
import * as kept from '#db/queries/grants.ts'
import { hashOf } from '../agents/custom/calls.ts'
import type {
  Approval,
  ApprovalQuery,
  Approve,
  Grant,
  InboxApproval,
  InboxQuery,
  Reject,
} from '../contract/approval.ts'
import type { By } from '../contract/by.ts'
import { Role } from '../contract/fields.ts'
import { forbidden, notFound, ProblemError, unacceptable } from '../contract/problem.ts'
import { inWords } from '../contract/wording.ts'
import { shownAfter, wordsOf } from '../engine/asking.ts'
import type { Deps } from './deps.ts'
import { givable } from './givable.ts'
import { readFilter, remembered } from './granting.ts'
import { cursorAfter, place } from './places.ts'

export interface Decider extends By {
  role: Role
  /** A program decides only where its key was made for it. */
  mayApprove: boolean
}

export async function list(
  { store }: Deps,
  workspaceId: number,
  { limit, cursor, ...filter }: ApprovalQuery,
): Promise<{ approvals: Approval[]; nextCursor: string | null }> {
  const page = { ...filter, before: place(cursor), limit: limit + 1 }
  const rows = await approvals.list(store, [workspaceId], page)
  return { approvals: rows.slice(0, limit).map(shown), nextCursor: cursorAfter(rows, limit) }
}

/** Of all these workspaces. */
export async function inbox(
  { store }: Deps,
  workspaceIds: number[],
  { limit, cursor, status }: InboxQuery,
): Promise<{ approvals: InboxApproval[]; nextCursor: string | null }> {
  const rows = await approvals.list(store, workspaceIds, { before: place(cursor), status, limit: limit + 1 })
  const page = rows.slice(0, limit).map((it) => ({
    ...shown(it),
    workspace: { slug: it.workspaceSlug, name: it.workspaceName },
  }))
  return { approvals: page, nextCursor: cursorAfter(rows, limit) }
}

type Found = NonNullable<Awaited<ReturnType<typeof approvals.find>>>

async function found({ store }: Deps, workspaceId: number, id: number): Promise<Found> {
  const row = await approvals.find(store, workspaceId, id)
  if (!row) throw notFound('approval')
  return row
}

export const get = async (deps: Deps, workspaceId: number, id: number): Promise<Approval> =>
  shown(await found(deps, workspaceId, id))

export async function approve(
  deps: Deps,
  workspaceId: number,
  id: number,
  body: Approve,
  by: Decider,
): Promise<Approval> {
  const row = await requireTurn(deps, workspaceId, id, by)
  const edited = body.arguments === undefined ? null : await editedOf(deps, workspaceId, row, body.arguments)
  await decide(deps, row, by, {
    status: 'approved',
    note: body.note ?? null,
    editedArguments: edited && JSON.stringify(edited),
    editedHash: edited && hashOf(edited),
    answer: answerOf(row, body.answer),
    remember: body.remember ? await remembered(deps, row, { remember: body.remember, edited, by }) : null,
  })
  return get(deps, workspaceId, id)
}

export async function reject(
  deps: Deps,
  workspaceId: number,
  id: number,
  { note }: Reject,
  by: Decider,
): Promise<Approval> {
  const row = await requireTurn(deps, workspaceId, id, by)
  await decide(deps, row, by, {
    status: 'rejected',
    note: note ?? null,
    editedArguments: null,
    editedHash: null,
    answer: null,
    remember: null,
  })
  return get(deps, workspaceId, id)
}

/** It is pending, and this is somebody who may decide it. */
async function requireTurn(deps: Deps, workspaceId: number, id: number, by: Decider): Promise<Found> {
  const row = await found(deps, workspaceId, id)
  if (by.kind === 'key' && !by.mayApprove)
    throw forbidden('This API key decides nothing: only one that was made with mayApprove does.')
  if (Role.options.indexOf(by.role) < Role.options.indexOf(row.requiredRole))
    throw forbidden(`This takes the role "${row.requiredRole}" in this workspace; yours is "${by.role}".`)
  const { triggerId, agentId } = row
  if (
    row.requireOther &&
    (await approvals.isAuthor(deps.store, { workspaceId, triggerId, agentId, deciding: by.id }))
  )
    throw forbidden('Somebody else decides this: you made or last changed the schedule or its agent.')
  if (row.status !== 'pending') throw decidedAlready(row)
  if (row.expiresAt <= deps.clock.now().getTime()) throw tooLate(row)
  return row
}

const at = (ms: number | null) => new Date(ms ?? 0).toISOString()
const tooLate = ({ expiresAt }: Found) =>
  new ProblemError(410, `This was to be decided by ${at(expiresAt)}: it has expired.`)

function decidedAlready(row: Found): ProblemError {
  if (row.status === 'expired') return tooLate(row)
  const who = row.decidedName ? `${row.decidedName} ${row.status} this` : `This was ${row.status}`
  return new ProblemError(409, `${who} at ${at(row.decidedAt)}: it can be decided only once.`)
}

/** Edited arguments are judged as those of the model are. */
async function editedOf(
  deps: Pick<Deps, 'sources'>,
  workspaceId: number,
  { tool: name, kind }: Found,
  given: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const wrong = (message: string) => unacceptable([{ path: 'arguments', message }])
  if (kind !== 'tool') throw wrong('cannot be edited: this asks for no call of a tool')
  const tool = (await givable(deps, workspaceId)).find((it) => it.tool.name === name)?.tool
  if (!tool) throw wrong(`cannot be edited: there is no tool "${name}" now that would judge them`)
  const judged = tool.input.safeParse(given, inWords)
  if (judged.success) return given
  throw unacceptable(
    judged.error.issues.map((it) => ({
      path: ['arguments', ...it.path].join('.'),
      message: it.message,
    })),
  )
}

const MOST_ANSWER = 16_000

function answerOf({ kind, options }: Found, answer: unknown): string | null {
  const wrong = (message: string) => unacceptable([{ path: 'answer', message }])
  if (kind !== 'question') {
    if (answer !== undefined) throw wrong('goes with a question: this asks for none')
    return null
  }
  if (typeof answer !== 'string' || answer.trim() === '') throw wrong('is needed: a text')
  if (answer.length > MOST_ANSWER) throw wrong(`expects at most ${MOST_ANSWER} characters`)
  const choices = options === null ? null : (JSON.parse(options) as string[])
  if (choices && !choices.includes(answer)) throw wrong(`expects one of: ${choices.join(', ')}`)
  return JSON.stringify(answer)
}

type How = Pick<
  approvals.Decision,
  'status' | 'note' | 'editedArguments' | 'editedHash' | 'answer' | 'remember'
>

/** @throws ProblemError 409, 410 where somebody was quicker. */
async function decide(deps: Deps, row: Found, by: By, how: How): Promise<void> {
  const { store, clock, hint, engine } = deps
  const now = clock.now()
  const { id, workspaceId, triggerId } = row
  const words = wordsOf({ ...row, ...how, name: by.name })
  const data = { approvalId: id, status: how.status, ...(how.editedArguments && { edited: true }) }
  const done = await approvals.decide(
    store,
    {
      id,
      workspaceId,
      triggerId,
      ...how,
      by,
      via: by.kind === 'key' ? 'api' : 'web',
      step: { text: words, data },
      shown: shownAfter(row, words, now),
    },
    now,
  )
  if (!done) throw decidedAlready(await found(deps, workspaceId, id))
  hint([workspaceId])
  engine.lookAtQueue()
}

const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())
const read = (json: string | null): unknown => (json === null ? null : JSON.parse(json))

/** What may be answered: a text, or one of the options. */
function answerSchema(options: string[] | null): Record<string, unknown> {
  return { type: 'string', ...(options && { enum: options }) }
}

function shown(row: approvals.ApprovalRow): Approval {
  const { workspaceName: _n, workspaceSlug: _s, decidedName, decidedBy, ...it } = row
  const options = read(it.options) as string[] | null
  return {
    ...it,
    options,
    arguments: read(it.arguments),
    editedArguments: read(it.editedArguments),
    answer: it.kind === 'question' && it.status === 'pending' ? answerSchema(options) : read(it.answer),
    requestedAt: at(it.requestedAt),
    expiresAt: at(it.expiresAt),
    decidedAt: iso(it.decidedAt),
    decidedBy: decidedBy === null ? null : { id: decidedBy, name: decidedName ?? 'somebody' },
  }
}

export async function grants(
  { store, clock }: Deps,
  workspaceId: number,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<{ grants: Grant[]; nextCursor: string | null }> {
  const before = place(cursor) ?? Number.MAX_SAFE_INTEGER
  const rows = await kept.list(store, workspaceId, { before, now: clock.now(), limit: limit + 1 })
  return { grants: rows.slice(0, limit).map(shownGrant), nextCursor: cursorAfter(rows, limit) }
}

export async function removeGrant({ store }: Deps, workspaceId: number, id: number, _by: By): Promise<void> {
  if (!(await kept.remove(store, workspaceId, id))) throw notFound('grant')
}

const shownGrant = ({ createdBy, createdName, filter, ...it }: kept.GrantRow): Grant => ({
  ...it,
  scope: filter === null ? 'exact' : 'filter',
  filter: readFilter(filter),
  usesLeft: it.maxUses === null ? null : it.maxUses - it.uses,
  until: iso(it.until),
  createdAt: at(it.createdAt),
  createdBy: { id: createdBy, name: createdName },
  lastUsedAt: iso(it.lastUsedAt),
})
