/** What agents use that is no part of the product: servers of tools, and skills. */
import { join } from 'node:path'
import type { Env } from '../env.ts'
import { placeOfRuns } from './imported/place.ts'
import { createSandbox } from './imported/sandbox.ts'
import { createSkills } from './imported/skills.ts'
import { skillTools } from './imported/tools.ts'
import { createMcpServers, type McpDeps } from './mcp/servers.ts'
import { mcpTools } from './mcp/tools.ts'

interface Deps extends Omit<McpDeps, 'allowStdio' | 'allowedPrivateNetworks'> {
  env: Env
}

export function fromElsewhere({ env, ...it }: Deps) {
  const { DATA_DIR, ALLOW_MCP_STDIO: allowStdio, ALLOWED_PRIVATE_NETWORKS: allowedPrivateNetworks } = env
  const mcp = createMcpServers({ ...it, allowStdio, allowedPrivateNetworks })
  const place = placeOfRuns(DATA_DIR)
  const skills = createSkills({
    ...it,
    sandbox: createSandbox({
      clock: it.clock,
      scratchDir: join(place.dir, 'scratch'),
      allowedPrivateNetworks,
    }),
    foldersDir: join(DATA_DIR, 'plugins', 'agent-skills'),
    unpackedDir: join(place.dir, 'skills'),
    place,
  })
  const sources = [mcpTools(mcp), skillTools(skills)]
  return { mcp, skills, sources, leave: () => Promise.all([mcp.close(), skills.close()]) }
}
