/** All tools that an agent of a workspace can be given: those of the product, and those from elsewhere. */
import { tools as builtin } from '../agents/tools/index.ts'
import type { Tool } from '../agents/tools/tool.ts'
import type { ToolInfo } from '../contract/custom-agent.ts'
import type { Deps } from './deps.ts'

export interface Givable {
  tool: Tool
  source: ToolInfo['source']
  /** The server or the skill that has it; null of one of the product. */
  from: { id: number; name: string } | null
}

export async function givable({ sources }: Pick<Deps, 'sources'>, workspaceId: number): Promise<Givable[]> {
  const more = await Promise.all(sources.map((it) => it.list(workspaceId)))
  return [...builtin.map((tool) => ({ tool, source: 'builtin' as const, from: null })), ...more.flat()]
}
