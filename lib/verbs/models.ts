/** Where models are asked: a workspace's own providers, the installation's, and what asking costs. */
import * as models from '#db/queries/models.ts'
import * as tokens from '#db/queries/tokens.ts'
import { days } from '../clock.ts'
import { type Models, placeOf } from '../agents/custom/model-client.ts'
import { keepPrices, prices } from '../agents/custom/prices.ts'
import type { Box } from '../agents/sealed.ts'
import type { By } from '../contract/by.ts'
import type {
  KeptPrices,
  ModelProvider,
  NewSharedProvider,
  PricesChange,
  ProviderKind,
  ProviderTest,
  SharedProviderChange,
  UsableModel,
  UsageQuery,
  UsageRow,
  UsageSum,
} from '../contract/model.ts'
import { changedMeanwhile, notFound, ProblemError, unacceptable } from '../contract/problem.ts'
import type { z } from 'zod'
import type { Deps } from './deps.ts'

export interface ModelDeps extends Pick<Deps, 'store' | 'clock'> {
  models: Models
  box: Box
}
type New = Omit<NewSharedProvider, 'allowPrivate'> & { allowPrivate?: boolean }
/** Null: the installation. */
type Owner = number | null

export async function list({ store, models: known }: ModelDeps, owner: Owner): Promise<ModelProvider[]> {
  const rows = (await models.list(store, owner)).map(shown)
  const { ofEnvironment } = known
  return owner === null && ofEnvironment ? [environment(ofEnvironment), ...rows] : rows
}

/** What agents of a workspace can ask. */
export async function usable(
  { store, models: known }: ModelDeps,
  workspaceId: number,
): Promise<z.infer<typeof UsableModel>[]> {
  const rows = await models.usable(store, workspaceId)
  const { ofEnvironment } = known
  return [
    ...rows.map((it) => ({ providerId: it.id, provider: it.name, model: it.defaultModel })),
    ...(ofEnvironment
      ? [{ providerId: 0, provider: ofEnvironment.name, model: ofEnvironment.defaultModel }]
      : []),
  ]
}

export async function add(
  { store, clock, box }: ModelDeps,
  owner: Owner,
  { apiKey, allowPrivate = false, ...it }: New,
  _by: By,
): Promise<ModelProvider> {
  const values = { workspaceId: owner, ...it, allowPrivate, ...sealed(box, owner, apiKey) }
  return shown(await models.add(store, values, clock.now()))
}

export async function change(
  { store, clock, box }: ModelDeps,
  owner: Owner,
  id: number,
  { apiKey, ...given }: SharedProviderChange,
  _by: By,
): Promise<ModelProvider> {
  const before = await own(store, owner, id)
  const values = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  const next = { ...before, ...values } as models.ProviderRow
  if (next.kind === 'openai-compatible' && !next.baseUrl)
    throw unacceptable([{ path: 'baseUrl', message: 'is needed for the kind "openai-compatible"' }])
  if (next.kind === 'anthropic' && next.embeddingModel)
    throw unacceptable([{ path: 'embeddingModel', message: 'is nothing that the kind "anthropic" has' }])
  // A key goes to the host that it was entered for, and to no other.
  if (next.baseUrl !== before.baseUrl && apiKey === undefined && before.apiKey !== null)
    throw unacceptable([{ path: 'apiKey', message: 'is needed again: the address is another one' }])
  const changed = await models.change(
    store,
    id,
    { ...values, ...(apiKey !== undefined && sealed(box, owner, apiKey)) },
    clock.now(),
  )
  if (!changed) throw notFound('model provider')
  return shown(changed)
}

export async function remove({ store }: ModelDeps, owner: Owner, id: number, _by: By): Promise<void> {
  await own(store, owner, id)
  await models.remove(store, owner, id)
}

export async function test(
  { store, models: known }: ModelDeps,
  owner: Owner,
  id: number,
): Promise<ProviderTest> {
  if (id === 0 && owner === null && known.ofEnvironment) return known.test(known.ofEnvironment)
  return known.test(known.endpointOf(await own(store, owner, id)))
}

const USUAL_SPAN_MS = days(30)

export async function usage(
  { store, clock }: ModelDeps,
  workspaceId: number,
  { groupBy, from, to }: UsageQuery,
): Promise<{ rows: UsageRow[]; total: UsageSum }> {
  const end = to ? new Date(to) : clock.now()
  const begin = from ? new Date(from) : new Date(end.getTime() - USUAL_SPAN_MS)
  const found = await tokens.usedBy(store, groupBy, { workspaceId, from: begin, to: end })
  const rows = found.map((it) => ({ ...it, name: it.name || it.key || 'Nobody', reads: null }))
  const sum = (name: keyof UsageSum) => rows.reduce((all, it) => all + it[name], 0)
  return {
    rows,
    total: {
      runs: sum('runs'),
      tokensIn: sum('tokensIn'),
      tokensOut: sum('tokensOut'),
      tokensCached: sum('tokensCached'),
      cost: sum('cost'),
    },
  }
}

export const listPrices = ({ store }: ModelDeps): Promise<KeptPrices> => prices(store)

/** @throws ProblemError 409 where `revision` is no longer the state: says who changed it, and when. */
export async function changePrices(
  { store, clock }: ModelDeps,
  given: PricesChange,
  { name }: By,
): Promise<KeptPrices> {
  const outcome = await keepPrices(store, given, { by: name, at: clock.now().getTime() })
  if ('kept' in outcome) return outcome.kept
  const { made, revision } = outcome.changed
  if (made) throw changedMeanwhile({ what: 'the prices', ...made, revision }, { areMany: true })
  throw new ProblemError(
    409,
    `The prices are at revision ${revision} now. Look at them again, then repeat your change.`,
  )
}

async function own(store: ModelDeps['store'], owner: Owner, id: number): Promise<models.ProviderRow> {
  if (id === 0 && owner === null)
    throw new ProblemError(
      409,
      'This provider comes from the environment: change LLM_PROVIDER and start again.',
    )
  const row = await models.get(store, owner, id)
  if (!row) throw notFound('model provider')
  return row
}

const sealed = (box: Box, owner: Owner, apiKey: string | null) =>
  apiKey
    ? { apiKey: box.close(apiKey, placeOf(owner)), apiKeyHint: hintOf(apiKey) }
    : { apiKey: null, apiKeyHint: null }
/** Of a short key nothing is told. */
const hintOf = (key: string) => (key.length >= 12 ? `…${key.slice(-4)}` : '…')

const shown = (it: models.ProviderRow): ModelProvider => ({
  id: it.id,
  name: it.name,
  kind: it.kind as ProviderKind,
  baseUrl: it.baseUrl,
  apiKeyHint: it.apiKeyHint,
  defaultModel: it.defaultModel,
  embeddingModel: it.embeddingModel,
  scope: it.workspaceId === null ? 'installation' : 'workspace',
  allowPrivate: it.allowPrivate,
  createdAt: new Date(it.createdAt).toISOString(),
  updatedAt: new Date(it.updatedAt).toISOString(),
})
const environment = ({
  name,
  kind,
  baseUrl,
  apiKey,
  defaultModel,
  embeddingModel,
}: NonNullable<Models['ofEnvironment']>): ModelProvider => ({
  id: 0,
  name,
  kind,
  baseUrl,
  apiKeyHint: apiKey ? hintOf(apiKey) : null,
  defaultModel,
  embeddingModel,
  scope: 'environment',
  allowPrivate: true,
  createdAt: null,
  updatedAt: null,
})
