/** What may be spent: of a workspace, or of all together. A change is the whole list as it is from then on. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Budget } from '#lib/contract/budget.ts'
import { call } from './call.ts'
import { keys } from './keys.ts'

/** `slug` null: all workspaces together. */
type Scope = string | null

export const useBudgets = (slug: Scope) =>
  useQuery({
    queryKey: keys.budgets(slug),
    queryFn: async ({ signal }) =>
      slug === null
        ? (await call('listSharedBudgets', { signal })).budgets
        : (await call('listBudgets', { params: { slug }, signal })).budgets,
  })

export type Wanted = Pick<Budget, 'scopeId' | 'period' | 'tokens' | 'cost' | 'warnAt' | 'over'> & {
  scope: Exclude<Budget['scope'], 'installation'>
}
const wantedOf = ({ scope, scopeId, period, tokens, cost, warnAt, over }: Budget): Wanted => ({
  ...{ scopeId, period, tokens, cost, warnAt, over },
  scope: scope === 'installation' ? 'workspace' : scope,
})

/** Makes of the list that is known another one. */
export function useChangeBudgets(slug: Scope) {
  const client = useQueryClient()
  return useMutation({
    async mutationFn(change: (before: Wanted[]) => Wanted[]) {
      const known = client.getQueryData<Budget[]>(keys.budgets(slug)) ?? []
      const budgets = change(known.map(wantedOf))
      if (slug !== null) return call('changeBudgets', { params: { slug }, body: { budgets } })
      const shared = budgets.map(({ scope: _, scopeId: _id, ...it }) => it)
      return call('changeSharedBudgets', { body: { budgets: shared } })
    },
    onSuccess: ({ budgets }) => client.setQueryData(keys.budgets(slug), budgets),
  })
}
