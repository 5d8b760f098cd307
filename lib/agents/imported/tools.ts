/**
 * Skills as agents that people write are given them: an AnythingLLM skill is a tool, an Agent Skill is a part of what
 * the agent is told.
 *
 * Promise: what a skill answers is text from outside; what runs are the files that were accepted when the run began;
 * a skill that fails is a sentence to the model.
 */
import type { AgentConfig, ToolUse } from '../../contract/custom-agent.ts'
import { AgentFailure } from '../agent.ts'
import { type Tool, type ToolGround, ToolProblem, type ToolSource, tool } from '../tools/tool.ts'
import { SkillProblem } from './files.ts'
import { paramsOf, paramsSchema } from './params.ts'
import { checksOfAgent } from './readiness.ts'
import { SkillFailure } from './sandbox.ts'
import { manifestOf, type SkillRow, type Skills, toolName, underReview } from './skills.ts'

export const skillTools = (skills: Skills): ToolSource => ({
  list: async (workspaceId) =>
    (await skills.list(workspaceId)).filter(isTool).map((row) => ({
      tool: toolOf(row, skills, {}),
      source: 'skill',
      from: { id: row.id, name: manifestOf(row).name },
    })),
  forRun: async ({ skillIds, tools }, { workspace }) =>
    (await skills.named(workspace.id, skillIds))
      .filter(isTool)
      .map((row) => toolOf(row, skills, tools.find((it) => it.name === toolName(row)) ?? {})),
  checks: (workspaceId, config) => checksOfAgent(skills, workspaceId, config),
  instructions: (workspaceId, config) => instructionsFor(skills, workspaceId, config),
})

const isTool = ({ format, status }: SkillRow) => format === 'anythingllm' && status === 'accepted'

/** In the order of the agent. @throws AgentFailure where one of them is not to be used as it is */
async function instructionsFor(
  skills: Skills,
  workspaceId: number,
  { skillIds }: Pick<AgentConfig, 'skillIds'>,
): Promise<string[]> {
  const rows = await skills.named(workspaceId, skillIds)
  return rows
    .filter((it) => it.format === 'agent-skill')
    .map((row) => {
      if (row.status !== 'accepted') throw new AgentFailure(underReview(row), { reasonCode: 'not_ready' })
      const { name, instructions } = manifestOf(row)
      return `# Skill: ${name}\n\n${instructions ?? ''}`
    })
}

function toolOf(row: SkillRow, skills: Skills, use: Partial<ToolUse>): Tool {
  const { description, params, examples } = manifestOf(row)
  return tool({
    name: toolName(row),
    description: [description, ...examples.slice(0, MOST_EXAMPLES).map(inWords)].join('\n'),
    input: paramsOf(params),
    schema: paramsSchema(params),
    effect: 'outside',
    repeat: 'never',
    untrusted: true,
    identity: `${row.id} ${row.sha256} ${row.grants}`,
    says: () => `Runs the skill “${row.hubId}”`,
    run: (input, ground) => run(row, input, { skills, use, ground }),
  })
}

const MOST_EXAMPLES = 5
const inWords = (example: unknown) => `Example: ${JSON.stringify(example)}`.slice(0, 1000)

async function run(
  known: SkillRow,
  params: Record<string, unknown>,
  { skills, use, ground }: { skills: Skills; use: Partial<ToolUse>; ground: ToolGround },
): Promise<unknown> {
  try {
    const row = await skills.fresh(known)
    if (row.status !== 'accepted') throw new ToolProblem(underReview(row))
    if (row.sha256 !== known.sha256)
      throw new ToolProblem(`The skill “${row.hubId}” was changed meanwhile: this run does not follow it.`)
    const value = await skills.run(row, {
      params,
      signal: ground.signal,
      say: (text) => void ground.say(text),
      approve: async () => approvalOf(use, ground),
    })
    return value ?? null
  } catch (error) {
    ground.signal.throwIfAborted()
    if (error instanceof SkillFailure || error instanceof SkillProblem) throw new ToolProblem(error.message)
    throw error
  }
}

/** What was said of the call says it of what is done within it. */
function approvalOf({ approval }: Partial<ToolUse>, { approvedBy }: ToolGround) {
  if (approvedBy) return { approved: true, message: `Approved by ${approvedBy.name}, with this call.` }
  return approval === 'allow'
    ? { approved: true, message: 'An administrator allows it to this agent.' }
    : { approved: false, message: 'Nobody has approved just this call.' }
}
