/** Whether what an agent needs could be used now, with the remedy where it could not. */
import type { ModelPrices, ProviderTest } from '../../contract/model.ts'
import type { ReadinessCheck } from '../../contract/readiness.ts'
import type { InForce } from '../../mail/settings.ts'
import type { FoundModel } from './model-client.ts'
import { costOf } from './prices.ts'

const check = (it: Partial<ReadinessCheck> & Pick<ReadinessCheck, 'state' | 'detail'>): ReadinessCheck => ({
  kind: 'model',
  name: 'Model',
  code: null,
  remedy: null,
  expiresAt: null,
  ...it,
})

/** `find` throws where it is not set up, in words that say so; `probe`: its provider is asked. */
export async function modelChecks(
  find: () => Promise<FoundModel>,
  { probe, prices, maxCost }: { probe: boolean; prices: ModelPrices; maxCost: number | null },
): Promise<ReadinessCheck[]> {
  let found: FoundModel
  try {
    found = await find()
  } catch (error) {
    return [check({ state: 'failing', code: 'missing', detail: (error as Error).message })]
  }
  const { name, provider } = found
  const nothing = { tokensIn: 0, tokensOut: 0, tokensCached: 0 }
  const priced = costOf(name, nothing, prices) !== null
  return [
    probe
      ? tested(found, await found.test())
      : check({ name, state: 'ok', detail: `${name} is asked at ${provider}.` }),
    ...(priced
      ? []
      : [
          check({
            name: `Price of ${name}`,
            state: maxCost === null ? 'warning' : 'failing',
            code: 'no_price',
            detail: `Nobody has said what ${name} costs: budgets in dollars count it as nothing.`,
            remedy:
              'An administrator of the installation enters its price in the settings, under Prices of models; or limits go by tokens.',
          }),
        ]),
  ]
}

function tested({ name, provider }: FoundModel, { ok, code, problem, models }: ProviderTest): ReadinessCheck {
  if (code === 'reauth_required')
    return check({
      name,
      state: 'failing',
      code,
      detail: `${provider} refuses the key: ${problem}`,
      remedy: 'Enter it again in the settings, under Models.',
    })
  // What may pass, and an endpoint that has no list, lets the run try.
  if (!ok) return check({ name, state: 'warning', code, detail: `${provider}: ${problem}` })
  if (models.length > 0 && !models.includes(name))
    return check({
      name,
      state: 'warning',
      code: 'missing',
      detail: `${provider} does not list ${name}.`,
      remedy: 'Choose another model in the agent, or see whether the name is right.',
    })
  return check({ name, state: 'ok', detail: `${name} answers at ${provider}.` })
}

/** `inForce` null: no server is set up. */
export function mailChecks(inForce: InForce | null): ReadinessCheck[] {
  const it = { kind: 'channel', name: 'Mail' } as const
  return inForce
    ? [check({ ...it, state: 'ok', detail: `Mail is sent from ${inForce.from}.` })]
    : [
        check({
          ...it,
          state: 'failing',
          code: 'missing',
          detail: 'No mail server is set up.',
          remedy: REMEDY,
        }),
      ]
}
const REMEDY = 'Enter one in the settings, under Mail, or start the server with SMTP_URL and SMTP_FROM.'
