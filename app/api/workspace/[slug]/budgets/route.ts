import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.listBudgets, async ({ workspace, carillon }) => ({
    budgets: await carillon.budgets.list(workspace),
  })),
  PUT: route(api.changeBudgets, async ({ workspace, body, by, carillon }) => ({
    budgets: await carillon.budgets.replace(workspace, body.budgets, by),
  })),
})
