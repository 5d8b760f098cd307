/** Whether the secrets that a context names are there, with the remedy where they are not. */
import type { ReadinessCheck } from '../contract/readiness.ts'
import type { Sealing } from './sealing.ts'

/** `context`: as it is kept. */
export async function secretChecks(
  { secretsOf }: Pick<Sealing, 'secretsOf'>,
  workspaceId: number,
  context: Record<string, unknown>,
): Promise<ReadinessCheck[]> {
  return [...(await secretsOf(workspaceId, context))].map(checkOf)
}

/** What an agent would read, and cannot. */
export const lacking = (
  name: string,
  { detail, remedy, state = 'failing' }: Pick<ReadinessCheck, 'detail' | 'remedy'> & Partial<ReadinessCheck>,
): ReadinessCheck => ({ kind: 'source', name, state, code: 'missing', detail, remedy, expiresAt: null })

const checkOf = ([name, value]: [string, string | null]): ReadinessCheck => ({
  kind: 'secret',
  name,
  expiresAt: null,
  ...(value !== null
    ? { state: 'ok', code: null, detail: `${name} is there.`, remedy: null }
    : {
        state: 'failing',
        code: 'missing',
        detail: `The secret ${name} is not there, or cannot be opened here.`,
        remedy: 'An administrator enters it in the settings, under Secrets.',
      }),
})
