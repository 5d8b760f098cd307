/** What is wrong with a server of tools, in words; `code` says whether it may pass. */
export type McpFault = 'unreachable' | 'reauth_required' | 'misconfigured'

export class McpProblem extends Error {
  override readonly name = 'McpProblem'
  readonly code: McpFault
  constructor(code: McpFault, message: string, cause?: unknown) {
    super(message, { cause })
    this.code = code
  }
}
