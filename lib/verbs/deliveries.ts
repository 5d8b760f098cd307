/** What people elsewhere were told, and what fails: look, send again, take note. */
import * as rows from '#db/queries/deliveries.ts'
import * as incidentRows from '#db/queries/incidents.ts'
import type { By } from '../contract/by.ts'
import type { Delivery, DeliveryQuery } from '../contract/delivery.ts'
import type { Incident, IncidentQuery } from '../contract/incident.ts'
import { notFound, ProblemError } from '../contract/problem.ts'
import type { ChannelDeps } from './channels.ts'

type Ground = Pick<ChannelDeps, 'store' | 'clock' | 'deliveries'>

export async function list(
  { store }: Ground,
  workspaceId: number,
  { limit, cursor, ...filter }: DeliveryQuery,
): Promise<{ deliveries: Delivery[]; nextCursor: string | null }> {
  const found = await rows.list(store, workspaceId, filter, { before: place(cursor), limit: limit + 1 })
  return { deliveries: found.slice(0, limit), nextCursor: cursorAfter(found, limit) }
}

/** The same message once more, as a delivery of its own. */
export async function resend(
  { store, clock, deliveries }: Ground,
  workspaceId: number,
  id: number,
  _by: By,
): Promise<Delivery> {
  const before = await rows.get(store, workspaceId, id)
  if (!before) throw notFound('delivery')
  const made = await rows.resend(store, { workspaceId, id, now: clock.now() })
  const delivery = made === null ? null : await rows.get(store, workspaceId, made)
  if (!delivery)
    throw new ProblemError(
      409,
      before.title === null
        ? 'It is not known yet what is said of it: wait a moment.'
        : 'Its channel is there no more: nothing can be sent.',
    )
  deliveries.soon()
  return delivery
}

export async function incidents(
  { store }: Ground,
  workspaceId: number,
  { limit, cursor, status }: IncidentQuery,
): Promise<{ incidents: Incident[]; nextCursor: string | null }> {
  const found = await incidentRows.list(store, workspaceId, {
    status,
    before: place(cursor),
    limit: limit + 1,
  })
  return { incidents: found.slice(0, limit), nextCursor: cursorAfter(found, limit) }
}

/** Somebody knows: its repeats are silent. Whoever was first stays named. */
export async function acknowledge(
  { store, clock }: Ground,
  workspaceId: number,
  id: number,
  by: By,
): Promise<Incident> {
  await incidentRows.acknowledge(store, { workspaceId, id, by: by.name, now: clock.now() })
  const incident = await incidentRows.get(store, workspaceId, id)
  if (!incident) throw notFound('incident')
  return incident
}

function place(cursor: string | undefined): number {
  const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : Number(cursor)
  if (!Number.isSafeInteger(before) || before < 1)
    throw new ProblemError(400, `The cursor "${cursor}" is not one that this server gave.`)
  return before
}
const cursorAfter = (found: readonly { id: number }[], limit: number) =>
  found.length > limit ? String(found[limit - 1]?.id) : null
