import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { DONE, route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.getTrigger, async ({ workspace, params, carillon }) => ({
    trigger: await carillon.triggers.get(workspace.id, params.id),
  })),
  PUT: route(api.changeTrigger, async ({ workspace, params, body, by, carillon }) => {
    const trigger = await carillon.triggers.change(workspace.id, params.id, body, by)
    const isReset = trigger.condition?.state?.reset === true
    const warnings = await carillon.advising.warnings(trigger)
    return { trigger, warnings, ...(isReset && { reset: true as const }) }
  }),
  DELETE: route(api.deleteTrigger, async ({ workspace, params, by, carillon }) => {
    await carillon.triggers.remove(workspace.id, params.id, by)
    return DONE
  }),
})
