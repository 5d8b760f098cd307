/** Whether the secrets that a context names are there, with the remedy where they are not. */
import type { ReadinessCheck } from '../contract/readiness.ts'
import type { Sealing } from './sealing.ts'

/** `context`: as it is kept, JSON. What plain SQL has spoilt names nothing: its run says so. */
export async function secretChecks(
  { secretsOf }: Pick<Sealing, 'secretsOf'>,
  workspaceId: number,
  context: string,
): Promise<ReadinessCheck[]> {
  let kept: Parameters<Sealing['secretsOf']>[1]
  try {
    kept = JSON.parse(context)
  } catch {
    return []
  }
  return [...(await secretsOf(workspaceId, kept))].map(checkOf)
}

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
