/**
 * What a server of tools has granted, as it is kept: sealed for its row, each part read and written by itself, since
 * another server may have renewed it meanwhile.
 */
import type { OAuthClientProvider } from '@ai-sdk/mcp'
import { get, keepAccess, type McpServerRow } from '#db/queries/mcp-servers.ts'
import type { Store } from '#db/store.ts'
import { type Clock, seconds } from '../../clock.ts'
import type { Box } from '../sealed.ts'
import { McpProblem } from './problem.ts'

type Provider = OAuthClientProvider
export type Tokens = NonNullable<Awaited<ReturnType<Provider['tokens']>>>

/** What a server knows us by, what it has granted, and what has been begun. */
export interface Access {
  redirectUrl: string
  client?: Awaited<ReturnType<Provider['clientInformation']>>
  issuer?: Parameters<NonNullable<Provider['saveAuthorizationServerInformation']>>[0]
  tokens?: Tokens
  /** Milliseconds; null: nobody has said. */
  until?: number | null
  begun?: { by: string; state: string; verifier: string; at: number }
}

export interface KeptAccess {
  now(row: McpServerRow): Promise<Access | null>
  write(row: McpServerRow, access: Access): Promise<void>
  /** As the library asks for it. Whoever has it sign in says how; else that is wanted of a person. */
  providerOf(row: McpServerRow, redirectUrl: string, more?: Partial<Provider>): Provider
}

interface Deps {
  store: Store
  clock: Clock
  box: Box
}

/** What was granted for one address opens for no other. */
const placeOf = ({ id, workspaceId, url }: McpServerRow) =>
  `sign-in of MCP server ${id} of workspace ${workspaceId} at ${url}`

export function keptAccess({ store, clock, box }: Deps): KeptAccess {
  async function now(row: McpServerRow): Promise<Access | null> {
    const fresh = await get(store, row.workspaceId, row.id)
    const sealed = fresh?.grantedAccess ?? null
    const text = sealed === null ? null : box.open(sealed, placeOf(row))
    return text === null ? null : (JSON.parse(text) as Access)
  }
  async function write(row: McpServerRow, access: Access): Promise<void> {
    const { tokens, until = null } = access
    // What renews itself does not end.
    const expiresAt = tokens && !tokens.refresh_token ? until : null
    const grantedAccess = box.close(JSON.stringify(access), placeOf(row))
    await keepAccess(store, row.id, { grantedAccess, expiresAt })
  }
  const change = async (row: McpServerRow, redirectUrl: string, part: Partial<Access>) =>
    write(row, { redirectUrl, ...(await now(row)), ...part })
  const untilOf = ({ expires_in: left }: Tokens) => (left ? clock.now().getTime() + seconds(left) : null)

  return {
    now,
    write,
    providerOf: (row, redirectUrl, more = {}) => ({
      redirectUrl,
      clientMetadata: metadata(redirectUrl),
      clientInformation: async () => (await now(row))?.client,
      saveClientInformation: (client) => change(row, redirectUrl, { client }),
      isClientInformationDynamicallyRegistered: () => true,
      authorizationServerInformation: async () => (await now(row))?.issuer,
      saveAuthorizationServerInformation: (issuer) => change(row, redirectUrl, { issuer }),
      tokens: async () => (await now(row))?.tokens,
      saveTokens: (tokens) => change(row, redirectUrl, { tokens, until: untilOf(tokens) }),
      async invalidateCredentials(scope, context) {
        const known = await now(row)
        // Somebody else has renewed it: theirs holds.
        if (context && known?.tokens?.access_token !== context.tokens.access_token) return
        const { tokens: _, client, ...rest } = known ?? { redirectUrl }
        await write(row, { ...rest, ...(scope === 'tokens' && client && { client }) })
      },
      saveCodeVerifier: mustSignIn,
      codeVerifier: mustSignIn,
      redirectToAuthorization: mustSignIn,
      ...more,
    }),
  }
}

const metadata = (redirectUrl: string): Provider['clientMetadata'] => ({
  client_name: 'Carillon',
  redirect_uris: [redirectUrl],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  token_endpoint_auth_method: 'none',
})

export function mustSignIn(): never {
  throw new McpProblem(
    'reauth_required',
    'It wants a new sign-in: sign in to it in the settings, under MCP servers.',
  )
}
