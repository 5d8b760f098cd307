/** Exports and imports at the door: who asks from where, and as what they take a document. */
import type { WorkspaceAccess } from '#lib/auth/index.ts'
import type { Decider } from '#lib/verbs/approvals.ts'
import type { Place } from '#lib/verbs/exchange/deps.ts'
import { clientOf } from './client-address.ts'

interface Asked {
  workspace: WorkspaceAccess
  decider: Decider
  request: Request
}

export const placeOf = ({ workspace, decider, request }: Asked): Place => ({
  workspace,
  by: decider,
  heard: { via: decider.kind === 'key' ? 'api' : 'web', remoteAddress: clientOf(request.headers) },
})

/** YAML, unless JSON is named and YAML is not. */
export function exchangeFile(
  { slug }: Pick<WorkspaceAccess, 'slug'>,
  request: Request,
  document: { yaml: string; json: string },
) {
  const accepted = request.headers.get('accept') ?? ''
  const isJson = /\bjson\b/i.test(accepted) && !/\byaml\b/i.test(accepted)
  const type = isJson ? 'application/json' : 'application/yaml'
  return {
    name: `${slug}.${isJson ? 'json' : 'yaml'}`,
    type,
    text: once(isJson ? document.json : document.yaml),
  }
}
async function* once(text: string): AsyncGenerator<string> {
  yield text
}
