import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.listSkills, async ({ carillon, workspace }) => ({
    ...(await carillon.skills.list(workspace.id)),
    // All of them: there are at most 200.
    nextCursor: null,
  })),
  POST: route(api.addSkill, async ({ carillon, workspace, bytes, by }) => ({
    skill: await carillon.skills.add(workspace.id, bytes, by),
  })),
})
