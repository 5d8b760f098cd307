/**
 * Who is looking at a page, asked on the server before anything of it is drawn.
 *
 * A page authorises itself with the same function as every other door; nothing here decides who may do what.
 */
import { headers } from 'next/headers'
import { notFound, redirect } from 'next/navigation'
import { cache } from 'react'
import type { Actor, WorkspaceAccess } from '#lib/auth/index.ts'
import { ownPath } from '#lib/client/own-path.ts'
import type { Execution } from '#lib/contract/execution.ts'
import { Id } from '#lib/contract/fields.ts'
import { problemOf } from '#lib/contract/problem.ts'
import type { SinceSuccess } from '#lib/contract/since-success.ts'
import { carillon } from '#lib/http/pinned.ts'

/** Null: nobody is signed in. An API key is a program's, and opens no pages. */
export async function reader(): Promise<Extract<Actor, { kind: 'person' }> | null> {
  const given = await headers()
  const actor = await carillon()
    .auth.actorOf(given)
    .catch(() => null)
  return actor?.kind === 'person' ? actor : null
}

/**
 * The workspace, for a member; a sign-in for nobody; for a
 * stranger the same page as for a workspace that is not there.
 *
 * Asked once a request: the number of the workspace's last event, from which the page follows, is older than all
 * that its parts read.
 */
export const requireMember = cache(async function requireMember(
  slug: string,
): Promise<{ actor: Actor; workspace: WorkspaceAccess }> {
  const actor = await reader()
  if (!actor) {
    // The server says which address was asked for; the framework does not tell a layout.
    const asked = ownPath((await headers()).get('x-carillon-path'))
    redirect(`/sign-in?next=${encodeURIComponent(asked === '/' ? `/w/${slug}` : asked)}`)
  }
  try {
    return { actor, workspace: await carillon().auth.authorise(actor, slug, 'viewer') }
  } catch (error) {
    const problem = problemOf(error)
    if (problem?.status === 404) notFound()
    throw error
  }
})

/** The workspace for a member of this role at least; null for another member, who is told whom the page is for. */
export async function memberWith(slug: string, need: 'editor' | 'admin'): Promise<WorkspaceAccess | null> {
  const { actor } = await requireMember(slug)
  return carillon()
    .auth.authorise(actor, slug, need)
    .catch((error) => {
      if (problemOf(error)?.status === 403) return null
      throw error
    })
}

/** What an address with a slug and an id leads to, as the verbs of this server tell it. */
type Reading<Thing> = (workspaceId: number, id: number) => Promise<Thing>

async function shown<Thing>(slug: string, id: string, read: Reading<Thing>) {
  const { workspace } = await requireMember(slug)
  const known = Id.safeParse(id)
  if (!known.success) notFound()
  const thing = await read(workspace.id, known.data).catch((error) => {
    if (problemOf(error)?.status === 404) return null
    throw error
  })
  return { slug: workspace.slug, id: known.data, thing }
}

/** Read once for the page and its title; null where there is none, which the page says in its own words. */
export const scheduleAt = cache((slug: string, id: string) =>
  shown(slug, id, (workspaceId, it) => carillon().triggers.get(workspaceId, it)),
)
export const documentAt = cache((slug: string, id: string) =>
  shown(slug, id, (workspaceId, it) => carillon().documents.get(workspaceId, it)),
)
export const executionAt = cache((slug: string, id: string) =>
  shown(slug, id, (workspaceId, it) => carillon().executions.get(workspaceId, it)),
)

/** Of a schedule that a member has been shown; seen from one of its runs, or from the newest. */
export const sinceItWorked = (
  { workspaceId, triggerId }: Pick<Execution, 'workspaceId' | 'triggerId'>,
  executionId?: number,
): Promise<SinceSuccess> => carillon().why.sinceSuccess(workspaceId, triggerId, { executionId })
