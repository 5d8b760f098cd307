/**
 * What may be spent in a period: by a workspace, an agent, a trigger, or all workspaces together.
 *
 * A run that asks a model has its share set aside before it begins; what does not fit is skipped, or a person is asked.
 */
import { z } from 'zod'
import { Key, keyField } from './exchange.ts'
import { Instant } from './fields.ts'

/** `installation`: all workspaces together. */
export const BudgetScope = z.enum(['workspace', 'agent', 'trigger', 'installation'])
export type BudgetScope = z.infer<typeof BudgetScope>
export const BudgetPeriod = z.enum(['run', 'day', 'month'])
export type BudgetPeriod = z.infer<typeof BudgetPeriod>
export const BudgetOver = z.enum(['skip', 'ask'])
export type BudgetOver = z.infer<typeof BudgetOver>

const limits = {
  period: BudgetPeriod.default('day').meta({
    description: "In the workspace's zone; of all together in UTC.",
  }),
  tokens: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER).nullable().default(null),
  cost: z.number().positive().max(1_000_000).nullable().default(null).meta({ description: 'US dollars.' }),
  warnAt: z.number().min(0.1).max(1).default(0.8).meta({ description: 'Told at this part of it.' }),
  over: BudgetOver.default('skip').meta({
    description: 'Of a run that does not fit: skip it, or ask a person.',
  }),
}
const hasLimit = (it: { tokens: number | null; cost: number | null }) =>
  it.tokens !== null || it.cost !== null
const NO_LIMIT = { path: ['tokens'], error: 'is needed, or cost: a budget without either limits nothing' }

export const NewBudget = z
  .strictObject({
    key: keyField,
    scope: z.enum(['workspace', 'agent', 'trigger']).default('workspace'),
    scopeId: z
      .union([z.string().min(1).max(120), z.number().int().positive()])
      .nullable()
      .default(null),
    ...limits,
  })
  .refine((it) => (it.scope === 'workspace') === (it.scopeId === null), {
    path: ['scopeId'],
    error: 'is the id of the agent or the trigger; a workspace has none here',
  })
  .refine(hasLimit, NO_LIMIT)
export type NewBudget = z.infer<typeof NewBudget>
export const NewSharedBudget = z
  .strictObject({
    scope: z.literal('installation').default('installation'),
    scopeId: z.null().default(null),
    ...limits,
  })
  .refine(hasLimit, NO_LIMIT)
export type NewSharedBudget = z.infer<typeof NewSharedBudget>

const MOST = 200
const keysOf = (it: { key?: string | undefined }[]) => it.flatMap(({ key }) => key ?? [])
export const BudgetList = z.strictObject({
  budgets: z
    .array(NewBudget)
    .max(MOST)
    .refine((it) => new Set(keysOf(it)).size === keysOf(it).length, 'names a key twice'),
})
export const SharedBudgetList = z.strictObject({ budgets: z.array(NewSharedBudget).max(20) })

const Amount = z.object({ tokens: z.number(), cost: z.number() })
export const Budget = z.object({
  id: z.number(),
  key: Key.nullable().meta({ description: 'Its name in exports; null of all workspaces together.' }),
  scope: BudgetScope,
  scopeId: z.union([z.string(), z.number()]).nullable(),
  name: z.string().nullable().meta({ description: 'Of the agent or the trigger.' }),
  period: BudgetPeriod,
  tokens: z.number().nullable(),
  cost: z.number().nullable(),
  warnAt: z.number(),
  over: BudgetOver,
  used: Amount.meta({ description: 'In this period, by runs that have ended.' }),
  reserved: Amount.meta({ description: 'Set aside for runs that go on.' }),
  since: Instant.nullable(),
  until: Instant.nullable(),
})
export type Budget = z.infer<typeof Budget>
