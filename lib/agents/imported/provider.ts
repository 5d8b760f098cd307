/**
 * Skills as agents: a schedule runs an accepted one by its name, and its context are the parameters.
 *
 * Promise: one that is under review, lacks what it is set up with, or has other files than were accepted does not
 * begin. A run that asks for an approval is parked, and begins again when that is decided.
 */
import { fenced } from '../markdown.ts'
import {
  AgentFailure,
  agent,
  type AgentDefinition,
  type AgentResult,
  type AgentWait,
  type Task,
} from '../agent.ts'
import type { AgentProvider } from '../catalogue.ts'
import { createApproving } from './approving.ts'
import { SkillProblem } from './files.ts'
import { exampleOf, paramsOf, paramsSchema } from './params.ts'
import { skillChecks } from './readiness.ts'
import { resultOf } from './result.ts'
import { SkillFailure } from './sandbox.ts'
import { approvalName, manifestOf, type SkillRow, type Skills, toolName, underReview } from './skills.ts'

/** `system`: what runs where there is no skill of that name. */
export function importedAgents(skills: Skills, system: Pick<AgentProvider, 'find'>): AgentProvider {
  return {
    async find(workspaceId, hubId) {
      const row = await skills.called(workspaceId, hubId)
      return row ? asOfNow(row, skills) : system.find(workspaceId, hubId)
    },
    list: async (workspaceId) =>
      (await skills.list(workspaceId))
        .filter((it) => it.format === 'anythingllm' && it.status === 'accepted')
        .map((it) => definitionOf(it, skills)),
    missing: (hubId) => ({
      path: 'agentId',
      message: `There is no skill "${hubId}" in this workspace. An administrator imports it in the settings, under Skills.`,
    }),
  }
}

/** What a schedule is made for are the files that lie in its folder now. */
async function asOfNow(known: SkillRow, skills: Skills): Promise<AgentDefinition> {
  if (known.source !== 'folder') return definitionOf(known, skills)
  try {
    return definitionOf(await skills.fresh(known), skills)
  } catch (error) {
    if (error instanceof SkillProblem) return { ...definitionOf(known, skills), unavailable: error.message }
    throw error
  }
}

function definitionOf(row: SkillRow, skills: Skills): AgentDefinition {
  const { name, description, params, examples } = manifestOf(row)
  const { hubId } = row
  return agent({
    id: hubId,
    name,
    description,
    schema: paramsSchema(params),
    get input() {
      return paramsOf(params)
    },
    example: exampleOf(examples, params),
    safeToRepeat: false,
    unavailable: unavailable(row),
    checks: () => skillChecks(skills, [row]),
    perform: (task) => perform(row, task, skills),
  })
}

const unavailable = (row: SkillRow): string | null =>
  row.format === 'agent-skill'
    ? `“${row.hubId}” is an Agent Skill: instructions for agents that you write, which nothing runs by itself.`
    : row.status === 'review'
      ? underReview(row)
      : null

type Given = Task<Record<string, unknown>>

async function perform(known: SkillRow, task: Given, skills: Skills): Promise<AgentResult | AgentWait> {
  const row = await skills.fresh(known).catch((error) => failed(error))
  const refusal = unavailable(row)
  if (refusal !== null) throw new AgentFailure(refusal, { reasonCode: 'not_ready' })
  if (task.execution.staged) return staged(row, task)
  const approving = createApproving(task, approvalName(row))
  try {
    const value = await skills.run(row, {
      params: task.input,
      signal: task.signal,
      say: (text) => void task.say(text),
      approve: approving.approve,
    })
    return resultOf(value)
  } catch (error) {
    return approving.wait() ?? failed(error)
  }
}

function failed(error: unknown): never {
  if (!(error instanceof SkillFailure || error instanceof SkillProblem)) throw error
  throw new AgentFailure(error.message, { cause: error, partial: { text: '', usage: { tainted: true } } })
}

/** Half of a skill cannot be done: it is said what would be run. */
function staged(row: SkillRow, { input, say }: Given): AgentResult {
  const words = `Runs the skill “${row.hubId}”`
  const data = { tool: toolName(row), effect: 'outside', arguments: input, state: 'staged', n: 1 }
  say(`Staged: ${words}`, data, 'tool')
  const what = `the skill “${row.hubId}”, version ${row.version}`
  return {
    text: `Nothing was run. It would have run ${what}, with:\n\n${fenced(JSON.stringify(input, null, 2), 'json')}`,
  }
}
