/** All tools that an agent of a workspace can be given: those of the product, and those from elsewhere. */
import { tools as builtin } from '../agents/tools/index.ts'
import type { Tool } from '../agents/tools/tool.ts'
import type { ToolInfo } from '../contract/custom-agent.ts'
import type { Deps } from './deps.ts'

export interface Givable {
  tool: Tool
  /** Where it is called; null of one of the product. */
  server: ToolInfo['server']
}

export async function givable({ sources }: Pick<Deps, 'sources'>, workspaceId: number): Promise<Givable[]> {
  const more = await Promise.all(sources.map((it) => it.list(workspaceId)))
  return [...builtin.map((tool) => ({ tool, server: null })), ...more.flat()]
}
