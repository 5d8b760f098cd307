/**
 * Where models are asked, and what asking costs. A key goes in and never comes out: `apiKeyHint` is all that is told.
 */
import { z } from 'zod'
import { Instant, InstantIn, Line } from './fields.ts'

export const ProviderKind = z.enum(['openai-compatible', 'openai', 'anthropic'])
export type ProviderKind = z.infer<typeof ProviderKind>

const ModelName = z.string().trim().min(1, 'must not be empty').max(200)
const BaseUrl = z.url({
  protocol: /^https?$/,
  error: 'expects an address such as http://localhost:11434/v1',
})
const ApiKey = z
  .string()
  .trim()
  .max(16 * 1024, 'expects at most 16 KiB')
  .regex(/^[\x21-\x7e]*$/, 'has a character that no key has')

const provider = {
  name: Line(80),
  kind: ProviderKind,
  baseUrl: BaseUrl.nullable().default(null).meta({
    description: 'Without the part after /v1. Needed for "openai-compatible"; else the maker’s own.',
  }),
  apiKey: ApiKey.nullable()
    .default(null)
    .meta({ description: 'Sealed; null where the endpoint asks for none.', writeOnly: true }),
  defaultModel: ModelName.nullable().default(null).meta({
    description: 'What an agent asks that names no model: the workspace’s first, else the installation’s.',
  }),
  embeddingModel: ModelName.nullable().default(null).meta({
    description:
      'Says what documents mean, so that they are found by it: the workspace’s first, else the installation’s. Their text is sent there.',
  }),
}
const meansNothing = { path: ['embeddingModel'], error: 'is nothing that the kind "anthropic" has' }
const mayEmbed = (it: { kind?: ProviderKind; embeddingModel?: string | null }) =>
  it.kind !== 'anthropic' || !it.embeddingModel
const needsAddress = (it: { kind?: ProviderKind; baseUrl?: string | null }) =>
  it.kind !== 'openai-compatible' || Boolean(it.baseUrl)
const address = { path: ['baseUrl'], error: 'is needed for the kind "openai-compatible"' }

export const NewModelProvider = z
  .strictObject(provider)
  .refine(needsAddress, address)
  .refine(mayEmbed, meansNothing)
export type NewModelProvider = z.infer<typeof NewModelProvider>
/** For all workspaces; who administers the installation may let it stand in the own network. */
export const NewSharedProvider = z
  .strictObject({
    ...provider,
    allowPrivate: z.boolean().default(false).meta({
      description: 'It may be on this machine or in the own network, whatever ALLOWED_PRIVATE_NETWORKS says.',
    }),
  })
  .refine(needsAddress, address)
  .refine(mayEmbed, meansNothing)
export type NewSharedProvider = z.infer<typeof NewSharedProvider>

const change = {
  name: provider.name.optional(),
  kind: ProviderKind.optional(),
  baseUrl: BaseUrl.nullable().optional(),
  apiKey: ApiKey.nullable().optional().meta({
    description: 'Left out, the key that is there stays.',
    writeOnly: true,
  }),
  defaultModel: ModelName.nullable().optional(),
  embeddingModel: ModelName.nullable().optional(),
}
export const ProviderChange = z.strictObject(change)
export const SharedProviderChange = z.strictObject({ ...change, allowPrivate: z.boolean().optional() })
export type SharedProviderChange = z.infer<typeof SharedProviderChange>

export const ModelProvider = z.object({
  /** 0: from the environment. */
  id: z.number(),
  name: z.string(),
  kind: ProviderKind,
  baseUrl: z.string().nullable(),
  apiKeyHint: z.string().nullable().meta({ description: 'Its end: "…x4f2".' }),
  defaultModel: z.string().nullable(),
  embeddingModel: z.string().nullable(),
  scope: z.enum(['workspace', 'installation', 'environment']),
  allowPrivate: z.boolean(),
  createdAt: Instant.nullable(),
  updatedAt: Instant.nullable(),
})
export type ModelProvider = z.infer<typeof ModelProvider>

export const ProviderTest = z.object({
  ok: z.boolean(),
  latencyMs: z.number(),
  models: z.array(z.string()),
  problem: z.string().nullable(),
  code: z.enum(['reauth_required', 'unreachable', 'misconfigured']).nullable(),
})
export type ProviderTest = z.infer<typeof ProviderTest>

/** What an agent of a workspace can ask; who may edit agents may see it. */
export const UsableModel = z.object({
  providerId: z.number(),
  provider: z.string(),
  model: z.string().nullable().meta({ description: 'What it asks where an agent names no model.' }),
})

const perMillion = z.number().min(0).max(100_000)
export const ModelPrice = z.strictObject({
  model: ModelName.meta({ description: 'As the provider calls it; a * at the end stands for any ending.' }),
  input: perMillion.meta({ description: 'US dollars for a million tokens that are given.' }),
  cachedInput: perMillion
    .nullable()
    .default(null)
    .meta({ description: 'For those that came from its cache.' }),
  output: perMillion.meta({ description: 'US dollars for a million tokens that are made.' }),
})
export type ModelPrice = z.infer<typeof ModelPrice>
export const ModelPrices = z.strictObject({
  asOf: z.iso.date().meta({ description: 'The day of the figures.' }),
  prices: z.array(ModelPrice).max(500),
})
export type ModelPrices = z.infer<typeof ModelPrices>
const revision = z.number().int().min(1)
export const KeptPrices = ModelPrices.extend({
  revision: revision.meta({ description: 'Rises with every change.' }),
})
export type KeptPrices = z.infer<typeof KeptPrices>

/** Two prices of one name, and a * that would stand for nothing, could never both be meant. */
function requireDistinct({ value, issues }: z.core.ParsePayload<ModelPrice[]>): void {
  for (const [n, { model }] of value.entries()) {
    const message = value.some((it, other) => other !== n && it.model === model)
      ? `is "${model}", which has another price too: change that one, or give this one another name`
      : model.slice(0, -1).includes('*')
        ? `is "${model}": a * can stand at its end only`
        : null
    if (message) issues.push({ code: 'custom', input: model, path: [n, 'model'], message })
  }
}
export const PricesChange = z.strictObject({
  asOf: ModelPrices.shape.asOf,
  prices: ModelPrices.shape.prices.check(requireDistinct),
  revision: revision.optional().meta({
    description: 'The state that was edited: refused with 409 when it is no longer that one.',
  }),
})
export type PricesChange = z.infer<typeof PricesChange>

const DAY_MS = 86_400_000
const MOST_DAYS = 366
export const UsageQuery = z
  .object({
    groupBy: z.enum(['day', 'trigger', 'agent', 'model', 'person']).default('day'),
    from: InstantIn.optional().meta({ description: 'Without it, 30 days before the end.' }),
    to: InstantIn.optional(),
  })
  .refine(({ from, to }) => !from || !to || Date.parse(to) - Date.parse(from) <= MOST_DAYS * DAY_MS, {
    path: ['from'],
    error: `must be at most ${MOST_DAYS} days before the end`,
  })
export type UsageQuery = z.output<typeof UsageQuery>

export const UsageSum = z.object({
  runs: z.number(),
  tokensIn: z.number(),
  tokensOut: z.number(),
  tokensCached: z.number(),
  cost: z.number(),
})
export type UsageSum = z.infer<typeof UsageSum>
export const UsageRow = UsageSum.extend({
  key: z.string().meta({
    description: 'A day in UTC, the id of a schedule, an agent or a person, or the name of a model.',
  }),
  name: z.string(),
  reads: z
    .number()
    .nullable()
    .meta({ description: 'By how many people its results were read; null: that is not counted yet.' }),
})
export type UsageRow = z.infer<typeof UsageRow>
