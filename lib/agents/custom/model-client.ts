/**
 * Models as the loop asks them: found for a workspace, opened with its key, behind the guard.
 *
 * Promise: a key is opened for the call that needs it and is nowhere else; a provider of a workspace reaches what
 * the installation allows, one of the installation also its own network where an administrator has said so.
 */
import { createAnthropic } from '@ai-sdk/anthropic'
import { createOpenAI } from '@ai-sdk/openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { APICallError, embedMany, type LanguageModel } from 'ai'
import * as models from '#db/queries/models.ts'
import type { Store } from '#db/store.ts'
import type { ProviderKind, ProviderTest } from '../../contract/model.ts'
import { type Embedder, EmbeddingFailed, type Embedders } from '../../documents/embedder.ts'
import type { Env } from '../../env.ts'
import { createGuardedStream } from '../../net/guarded-stream.ts'
import { unreachable } from '../../net/unreachable.ts'
import { AgentFailure } from '../agent.ts'
import type { Box } from '../sealed.ts'

/** What is needed to ask a provider. */
export interface Endpoint {
  name: string
  kind: ProviderKind
  baseUrl: string | null
  apiKey: string | null
  allowPrivate: boolean
}

export interface Wanted {
  providerId: number
  model: string
}

export interface FoundModel {
  /** The provider's name for it. */
  name: string
  provider: string
  model: LanguageModel
  /** Asks the provider for its list of models. */
  test(): Promise<ProviderTest>
}

export interface Models {
  /** @throws AgentFailure that says what is missing and where to enter it. */
  find(workspaceId: number, wanted: Wanted | null): Promise<FoundModel>
  /** Asks a provider for its list of models. */
  test(endpoint: Endpoint): Promise<ProviderTest>
  endpointOf(row: models.ProviderRow): Endpoint
  /** Who says what documents mean, for a workspace; null where nobody does. */
  embedder: Embedders
  readonly ofEnvironment: (Endpoint & { defaultModel: string | null; embeddingModel: string | null }) | null
  close(): Promise<void>
}

export const placeOf = (workspaceId: number | null) => `model provider of ${workspaceId ?? 'all workspaces'}`

/** Of the makers: without an address, theirs. */
const HOMES: Partial<Record<ProviderKind, string>> = {
  openai: 'https://api.openai.com/v1',
  anthropic: 'https://api.anthropic.com/v1',
}

interface Deps {
  store: Store
  box: Box
  env: Pick<
    Env,
    | 'ALLOWED_PRIVATE_NETWORKS'
    | 'LLM_PROVIDER'
    | 'LLM_BASE_URL'
    | 'LLM_API_KEY'
    | 'LLM_MODEL'
    | 'LLM_EMBEDDING_MODEL'
  >
}

export function createModels({ store, box, env }: Deps): Models {
  const guards = {
    usual: createGuardedStream({ allowedPrivateNetworks: env.ALLOWED_PRIVATE_NETWORKS }),
    // Metadata services are refused all the same.
    own: createGuardedStream({ allowedPrivateNetworks: ['0.0.0.0/0', '::/0'] }),
  }
  const fetchOf = ({ allowPrivate }: Endpoint) => (allowPrivate ? guards.own : guards.usual)
  const ofEnvironment = environmentOf(env)

  function endpointOf(row: models.ProviderRow): Endpoint {
    const apiKey = row.apiKey === null ? null : box.open(row.apiKey, placeOf(row.workspaceId))
    if (row.apiKey !== null && apiKey === null)
      throw new AgentFailure(
        `The key of the model provider "${row.name}" cannot be opened here: SIG_KEY or SIG_SALT is another than when it was saved. Enter it again in the settings.`,
      )
    return { ...row, kind: row.kind as ProviderKind, apiKey }
  }

  /** The first that has a model to ask when none is named. */
  async function usual(workspaceId: number): Promise<[Endpoint, string] | null> {
    const row = (await models.usable(store, workspaceId)).find((it) => it.defaultModel !== null)
    if (row?.defaultModel) return [endpointOf(row), row.defaultModel]
    return ofEnvironment?.defaultModel ? [ofEnvironment, ofEnvironment.defaultModel] : null
  }

  async function named(workspaceId: number, { providerId, model }: Wanted): Promise<[Endpoint, string]> {
    if (providerId === 0 && ofEnvironment) return [ofEnvironment, model]
    const row = await models.find(store, workspaceId, providerId)
    if (!row)
      throw new AgentFailure(
        `The model provider ${providerId} of this agent is not there any more. Choose another in the agent.`,
      )
    return [endpointOf(row), model]
  }

  return {
    ofEnvironment,
    endpointOf,
    async find(workspaceId, wanted) {
      const found = wanted ? await named(workspaceId, wanted) : await usual(workspaceId)
      if (!found)
        throw new AgentFailure(
          'No model is set up: add one in the settings, under Models, or start the server with LLM_PROVIDER.',
        )
      const [endpoint, name] = found
      const fetch = fetchOf(endpoint)
      return {
        name,
        provider: endpoint.name,
        model: modelOf(endpoint, name, fetch),
        test: () => testProvider(endpoint, fetch),
      }
    },
    async embedder(workspaceId) {
      const row = (await models.usable(store, workspaceId)).find((it) => it.embeddingModel !== null)
      const [endpoint, name] = row
        ? [endpointOf(row), row.embeddingModel]
        : [ofEnvironment, ofEnvironment?.embeddingModel]
      return endpoint && name ? embedderOf(endpoint, name, fetchOf(endpoint)) : null
    },
    test: (endpoint) => testProvider(endpoint, fetchOf(endpoint)),
    close: async () => {
      await Promise.all([guards.usual.close(), guards.own.close()])
    },
  }
}

function environmentOf(env: Deps['env']): Models['ofEnvironment'] {
  if (!env.LLM_PROVIDER) return null
  return {
    name: 'Environment',
    kind: env.LLM_PROVIDER,
    baseUrl: env.LLM_BASE_URL ?? null,
    apiKey: env.LLM_API_KEY ?? null,
    defaultModel: env.LLM_MODEL ?? null,
    embeddingModel: env.LLM_EMBEDDING_MODEL ?? null,
    // Whoever starts the server administers it.
    allowPrivate: true,
  }
}

const homeOf = ({ baseUrl, kind }: Endpoint) => (baseUrl ?? HOMES[kind] ?? '').replace(/\/+$/, '')

function modelOf(endpoint: Endpoint, model: string, fetch: typeof globalThis.fetch) {
  const { kind, name, apiKey } = endpoint
  const baseURL = homeOf(endpoint)
  // Without one of ours the libraries look into the environment.
  const key = apiKey ?? 'none'
  switch (kind) {
    case 'openai':
      return createOpenAI({ baseURL, apiKey: key, fetch }).chat(model)
    case 'anthropic':
      return createAnthropic({ baseURL, apiKey: key, fetch })(model)
    case 'openai-compatible':
      return createOpenAICompatible({
        name,
        baseURL,
        ...(apiKey !== null && { apiKey }),
        fetch,
        includeUsage: true,
        supportsStructuredOutputs: true,
      })(model)
  }
}

/** Of one request. */
const LONGEST_EMBEDDING_MS = 60_000

/** Both kinds that have embeddings speak the same there. */
function embedderOf(endpoint: Endpoint, name: string, fetch: typeof globalThis.fetch): Embedder {
  const baseURL = homeOf(endpoint)
  const { apiKey } = endpoint
  const from = { name: endpoint.name, baseURL, ...(apiKey !== null && { apiKey }), fetch }
  const model = createOpenAICompatible(from).embeddingModel(name)
  return {
    mark: `${baseURL} ${name}`,
    async embed(texts, signal) {
      const deadline = AbortSignal.any([signal, AbortSignal.timeout(LONGEST_EMBEDDING_MS)])
      try {
        const values = [...texts]
        const { embeddings } = await embedMany({ model, values, maxRetries: 0, abortSignal: deadline })
        return embeddings
      } catch (error) {
        const status = APICallError.isInstance(error) ? error.statusCode : undefined
        const why = status === undefined ? unreachable(error) : `It answers ${status}.`
        // Of a request that was understood and not taken, and is not to be sent again.
        const isRefused = status === 400 || status === 413 || status === 422
        throw new EmbeddingFailed(`${endpoint.name}, ${name}: ${why}`, !isRefused)
      }
    },
  }
}

const TEST_MS = 10_000

async function testProvider(endpoint: Endpoint, fetch: typeof globalThis.fetch): Promise<ProviderTest> {
  const { kind, apiKey } = endpoint
  const begunMs = performance.now()
  const answer = (
    problem: string | null,
    code: ProviderTest['code'],
    models: string[] = [],
  ): ProviderTest => ({
    ok: problem === null,
    latencyMs: Math.round(performance.now() - begunMs),
    models,
    problem,
    code,
  })
  const key = apiKey ?? ''
  const headers: Record<string, string> =
    kind === 'anthropic'
      ? { 'x-api-key': key, 'anthropic-version': '2023-06-01' }
      : key
        ? { authorization: `Bearer ${key}` }
        : {}
  try {
    const url = `${homeOf(endpoint)}/models`
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(TEST_MS) })
    const text = await response.text()
    return answer(...judged(response.status, text, url))
  } catch (error) {
    return answer(unreachable(error), 'unreachable')
  }
}

function judged(
  status: number,
  text: string,
  url: string,
): [problem: string | null, code: ProviderTest['code'], models?: string[]] {
  if (status === 401 || status === 403)
    return ['The key is wrong, or may not be used here.', 'reauth_required']
  // An endpoint without a list of its models may serve all the same.
  if (status === 404)
    return [`There is no ${url}: is the address right, with /v1 at its end?`, 'misconfigured']
  if (status >= 400) return [`It answers ${status} instead of its models.`, 'unreachable']
  try {
    const { data } = JSON.parse(text) as { data: { id: string }[] }
    return [null, null, data.map((it) => String(it.id)).slice(0, 500)]
  } catch {
    const problem =
      'It answers with something else than a list of models: is the address right, with /v1 at its end?'
    return [problem, 'misconfigured']
  }
}
