/** What a tool of an MCP server answers; one that only reads. */
import { readWith } from '../../agents/mcp/tools.ts'
import { ToolProblem } from '../../agents/tools/tool.ts'
import { NoValue, scalarAt, source } from '../source.ts'

export const mcp = source<'mcp'>({
  kind: 'mcp',
  async read({ path, kind: _, ...call }, { mcp, workspaceId, signal }) {
    const answer = await readWith(mcp, workspaceId, call, signal).catch((error: Error) => {
      signal.throwIfAborted()
      throw error instanceof ToolProblem ? new NoValue(error.message) : error
    })
    return { value: scalarAt(structured(answer), path, null) }
  },
})

/** Servers send what is structured as a text, too. */
function structured(answer: unknown): unknown {
  if (typeof answer === 'object' && answer !== null && 'structured' in answer) return answer.structured
  if (typeof answer !== 'string') return answer
  try {
    return JSON.parse(answer)
  } catch {
    return answer
  }
}
