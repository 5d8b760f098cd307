import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.getWebhookDelivery, async ({ workspace, params, carillon }) => ({
    delivery: await carillon.webhooks.delivery(workspace.id, params.id, params.deliveryId),
  })),
})
