/** The form of a server of tools: what is typed, and what is sent of it. */
import type { Api, BodyInput } from '#lib/contract/api.ts'
import type { McpServer } from '#lib/contract/mcp.ts'

export interface McpDraft {
  name: string
  transport: McpServer['transport']
  url: string
  /** Only of a new one. */
  token: string
  /** Lines, as those below. */
  headers: string
  command: string
  args: string
  env: string
  enabled: boolean
}
type Values = McpServer['headers']
type Body = BodyInput<Api['addMcpServer']>

const REF = /^secret:([A-Z][A-Z0-9_]{0,63})$/
export const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((it) => it.trim())
    .filter(Boolean)
const written = (values: Values, between: string) =>
  Object.entries(values)
    .map(([name, it]) => `${name}${between}${typeof it === 'string' ? it : `secret:${it.secret}`}`)
    .join('\n')

export const draftOf = (server: McpServer | null): McpDraft => ({
  name: server?.name ?? '',
  transport: server?.transport ?? 'http',
  url: server?.url ?? '',
  token: '',
  headers: written(server?.headers ?? {}, ': '),
  command: server?.command ?? '',
  args: server?.args.join('\n') ?? '',
  env: written(server?.env ?? {}, '='),
  enabled: server?.enabled ?? true,
})

/** The body is to be sent only when there are no errors. What is set elsewhere stays as `server` has it. */
export function bodyOf(
  draft: McpDraft,
  server: McpServer | null,
): { body: Body; errors: Record<string, string> } {
  const errors: Record<string, string> = {}
  const values = (field: 'headers' | 'env', between: string) => {
    const found: Record<string, string | { secret: string }> = {}
    for (const line of linesOf(draft[field])) {
      const at = line.indexOf(between)
      if (at < 1) errors[field] = `“${line}” has no “${between}” between a name and its value.`
      const value = line.slice(at + 1).trim()
      const secret = REF.exec(value)?.[1]
      found[line.slice(0, Math.max(at, 0)).trim()] = secret ? { secret } : value
    }
    return found
  }
  if (draft.name.trim() === '') errors.name = 'Give it a name.'
  const { name, transport, enabled } = draft
  const own = { name: name.trim(), transport, enabled, toolPolicy: server?.toolPolicy ?? {} }
  if (transport === 'stdio') {
    if (draft.command.trim() === '') errors.command = 'Say what is to be run.'
    const body = { ...own, command: draft.command.trim(), args: linesOf(draft.args), env: values('env', '=') }
    return { body, errors }
  }
  if (draft.url.trim() === '') errors.url = 'Say where it is.'
  const token = draft.token.trim()
  const headers = { ...values('headers', ':'), ...(token && { Authorization: `Bearer ${token}` }) }
  return { body: { ...own, url: draft.url.trim(), headers }, errors }
}
