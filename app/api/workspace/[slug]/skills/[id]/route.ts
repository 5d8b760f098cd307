import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { DONE, route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.getSkill, async ({ carillon, workspace, params }) => ({
    skill: await carillon.skills.get(workspace.id, params.id),
  })),
  DELETE: route(api.deleteSkill, async ({ carillon, workspace, params, by }) => {
    await carillon.skills.remove(workspace.id, params.id, by)
    return DONE
  }),
})
