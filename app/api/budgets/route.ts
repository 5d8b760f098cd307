import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.listSharedBudgets, async ({ carillon }) => ({ budgets: await carillon.budgets.list(null) })),
  PUT: route(api.changeSharedBudgets, async ({ body, by, carillon }) => ({
    budgets: await carillon.budgets.replace(null, body.budgets, by),
  })),
})
