import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { route } from '#lib/http/route.ts'

export const { GET, POST, PUT, PATCH, DELETE } = resource({
  PUT: route(api.changeAccount, async ({ actor, params, body, carillon }) => ({
    account: await carillon.auth.administration.change(actor, params.accountId, body),
  })),
})
