/**
 * Servers of tools, by the Model Context Protocol.
 *
 * What a server says of itself is a claim: each tool is pinned by a hash of its definition, and one that has changed
 * is off until an administrator has accepted what it says now.
 */
import { z } from 'zod'
import { ApprovalMode, Effect, Repeat } from './custom-agent.ts'
import { Instant, Line, optional } from './fields.ts'
import { SecretRef } from './secret.ts'

export const McpTransport = z.enum(['http', 'stdio'])
export const McpStatus = z.enum([
  'ready',
  'unreachable',
  'reauth_required',
  'misconfigured',
  'changed',
  'disabled',
])
export type McpStatus = z.infer<typeof McpStatus>

const LONGEST_VALUE = 8000
/** A text is sealed and answered as •••, which sent back means the one that is kept. */
const confidential = (text: z.ZodString) =>
  z.union([text.meta({ writeOnly: true }), SecretRef], 'expects a text, or { "secret": "NAME" }')
const HeaderValue = confidential(
  z
    .string()
    .min(1, 'must not be empty')
    .max(LONGEST_VALUE, `expects at most ${LONGEST_VALUE} characters`)
    .regex(/^[\t\x20-\x7e\x80-\xff•]*$/, 'has a line break or another character that a header cannot carry'),
)
/** Those that say where a request goes, how it is framed, and what the protocol itself sets. */
const OF_THE_CONNECTION =
  /^(host|connection|expect|keep-alive|te|trailer|transfer-encoding|upgrade|proxy-.*)$/i
const OF_THE_PROTOCOL = /^(accept|content-.*|last-event-id|mcp-.*)$/i
const HeaderName = z
  .string()
  .max(200, 'expects at most 200 characters')
  .regex(/^[!#$%&'*+.^_`|~\w-]+$/, 'is not the name of a header')
  .refine(
    (it) => !OF_THE_CONNECTION.test(it) && !OF_THE_PROTOCOL.test(it),
    'is a header that is set by itself: leave it out',
  )
const Variable = confidential(
  z
    .string()
    .max(LONGEST_VALUE, `expects at most ${LONGEST_VALUE} characters`)
    .refine((it) => !it.includes('\0'), 'must not have a NUL character'),
)
const VariableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/, 'expects the name of a variable, such as API_TOKEN')
const atMost = <T extends z.ZodType<Record<string, unknown>>>(most: number, it: T) =>
  it.refine((given) => Object.keys(given).length <= most, `expects at most ${most}`)
const argument = z
  .string()
  .max(4000, 'expects at most 4,000 characters')
  .refine((it) => !it.includes('\0'), 'must not have a NUL character')

export const ToolPolicy = z.strictObject({
  effect: Effect.optional(),
  repeat: z
    .enum(
      ['safe', 'never'],
      'expects safe or never: a server of tools is not told of a key, nor asked what it did',
    )
    .optional()
    .meta({ description: 'Whether a call whose outcome a crash has hidden is made again.' }),
  approval: ApprovalMode.optional().meta({ description: 'Where an agent says nothing else of the tool.' }),
  enabled: z.boolean().optional(),
})
export type ToolPolicy = z.infer<typeof ToolPolicy>

const Url = z
  .url({ protocol: /^https?$/, error: 'expects an address such as https://mcp.example.com/mcp' })
  .max(2000, 'expects at most 2,000 characters')
const Command = argument
  .min(1, 'must not be empty')
  .refine(
    (it) => !it.includes('/') || it.startsWith('/'),
    'expects the name of a command, or its whole path from / on',
  )

const fields = {
  name: Line(80),
  transport: McpTransport,
  url: Url.nullable().default(null).meta({ description: 'Of a server that is reached over HTTP.' }),
  headers: atMost(50, z.record(HeaderName, HeaderValue)).default({}),
  command: Command.nullable().default(null).meta({ description: 'Of one that is started for each run.' }),
  args: z.array(argument).max(100, 'expects at most 100').default([]),
  env: atMost(100, z.record(VariableName, Variable)).default({}).meta({
    description: 'All of its environment: nothing else is in it, not even PATH.',
  }),
  toolPolicy: atMost(500, z.record(z.string().min(1).max(128), ToolPolicy))
    .default({})
    .meta({
      description:
        'By the server’s own name of a tool. Without one it reaches outside and is never repeated. What the server says of itself can only make that stricter.',
    }),
  enabled: z.boolean().default(true),
}
type Fields = Partial<z.infer<z.ZodObject<typeof fields>>>

/** What does not go together, by field. */
export function transportFaults({ transport, url, command, headers, args, env }: Fields) {
  const faults: { path: string; message: string }[] = []
  const stray = (path: string, given: boolean) => {
    if (given) faults.push({ path, message: `does not go with the transport "${transport}": leave it out` })
  }
  const filled = (it: object | undefined) => Object.keys(it ?? {}).length > 0
  if (transport === 'http') {
    if (!url) faults.push({ path: 'url', message: 'is needed for the transport "http"' })
    stray('command', Boolean(command))
    stray('args', filled(args))
    stray('env', filled(env))
  } else {
    if (!command) faults.push({ path: 'command', message: 'is needed for the transport "stdio"' })
    stray('url', Boolean(url))
    stray('headers', filled(headers))
  }
  return faults
}

export const NewMcpServer = z.strictObject(fields)
export type NewMcpServer = z.infer<typeof NewMcpServer>
export const McpServerChange = z.strictObject(optional(fields))
export type McpServerChange = z.infer<typeof McpServerChange>
const name = z.string().min(1).max(128)
const Accepted = z.union([name, z.strictObject({ name, sha256: z.string().max(64) })])
export const AcceptTools = z.strictObject({
  tools: z.array(Accepted).min(1, 'names no tool').max(500).meta({
    description: 'Names; with the hash of what was looked at, anything else is refused with 409.',
  }),
})
export type AcceptTools = z.infer<typeof AcceptTools>

/** With what a person comes back from the server's own sign-in. */
export const Authorized = z.strictObject({
  code: z.string().min(1).max(4000),
  state: z.string().min(1).max(200),
  iss: z.string().max(2000).optional(),
})
export type Authorized = z.infer<typeof Authorized>

const Masked = z.record(z.string(), z.union([z.literal('•••'), SecretRef]))
const Saying = z.object({ description: z.string(), input: z.record(z.string(), z.unknown()) })
export const McpTool = Saying.extend({
  name: z.string().meta({ description: 'The server’s own; agents name it <slug>.<name>.' }),
  effect: Effect,
  repeat: Repeat,
  approval: ApprovalMode,
  enabled: z.boolean(),
  sha256: z.string().meta({ description: 'Of its definition, as it was seen last.' }),
  changed: z.boolean().meta({ description: 'It is another than was accepted, or new: off until accepted.' }),
  gone: z.boolean().meta({ description: 'The server does not offer it any more.' }),
  accepted: Saying.nullable().meta({ description: 'What was accepted, where that is something else.' }),
})
export type McpTool = z.infer<typeof McpTool>

export const McpServer = z.object({
  id: z.number(),
  slug: z.string(),
  name: z.string(),
  transport: McpTransport,
  url: z.string().nullable(),
  headers: Masked,
  command: z.string().nullable(),
  args: z.array(z.string()),
  env: Masked,
  toolPolicy: z.record(z.string(), ToolPolicy),
  enabled: z.boolean(),
  status: McpStatus,
  problem: z.string().nullable(),
  checkedAt: Instant.nullable(),
  expiresAt: Instant.nullable(),
  tools: z.array(McpTool),
  usedBy: z.array(z.object({ id: z.string(), name: z.string() })).meta({ description: 'Agents.' }),
  createdAt: Instant,
  updatedAt: Instant,
})
export type McpServer = z.infer<typeof McpServer>
