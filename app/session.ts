/**
 * Who is looking at a page, asked on the server before anything of it is drawn.
 *
 * A page authorises itself with the same function as every other door; nothing here decides who may do what.
 */
import { headers } from 'next/headers'
import { notFound, redirect } from 'next/navigation'
import type { Actor, WorkspaceAccess } from '#lib/auth/index.ts'
import { ownPath } from '#lib/client/own-path.ts'
import { problemOf } from '#lib/contract/problem.ts'
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
 */
export async function requireMember(
  slug: string,
  need: 'viewer' | 'editor' | 'admin' = 'viewer',
): Promise<{ actor: Actor; workspace: WorkspaceAccess }> {
  const actor = await reader()
  if (!actor) {
    // The server says which address was asked for; the framework does not tell a layout.
    const asked = ownPath((await headers()).get('x-carillon-path'))
    redirect(`/sign-in?next=${encodeURIComponent(asked === '/' ? `/w/${slug}` : asked)}`)
  }
  try {
    return { actor, workspace: await carillon().auth.authorise(actor, slug, need) }
  } catch (error) {
    const problem = problemOf(error)
    if (problem?.status === 403 || problem?.status === 404) notFound()
    throw error
  }
}
