/** An answer from the web, or a sentence for the model. */
import type { GuardedResponse } from '../../net/guarded-fetch.ts'
import { type ToolGround, ToolProblem } from './tool.ts'

export const MOST_BYTES = 2 * 1024 * 1024

export async function fetched(
  url: string,
  { fetch, signal }: Pick<ToolGround, 'fetch' | 'signal'>,
): Promise<GuardedResponse> {
  const answer = await fetch(url, { signal, maxBytes: MOST_BYTES }).catch((error: Error) => {
    signal.throwIfAborted()
    throw new ToolProblem(error.message)
  })
  if (answer.status >= 400) throw new ToolProblem(`${answer.url} answers ${answer.status}.`)
  return answer
}
