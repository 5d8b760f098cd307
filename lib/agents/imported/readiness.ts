/** Whether skills could run now, with the remedy where they could not. */
import type { AgentConfig } from '../../contract/custom-agent.ts'
import type { ReadinessCheck } from '../../contract/readiness.ts'
import { SkillProblem } from './files.ts'
import { lackOf, type SkillRow, type Skills, toolName, underReview } from './skills.ts'

const check = (
  name: string,
  it: Partial<ReadinessCheck> & Pick<ReadinessCheck, 'state' | 'detail'>,
): ReadinessCheck => ({ kind: 'skill', name, code: null, remedy: null, expiresAt: null, ...it })

const failing = (name: string, code: ReadinessCheck['code'], detail: string, remedy: string | null = null) =>
  check(name, { state: 'failing', code, detail, remedy })

export const skillChecks = (skills: Skills, rows: readonly SkillRow[]): Promise<ReadinessCheck[]> =>
  Promise.all(rows.map((row) => checkOf(skills, row)))

async function checkOf(skills: Skills, known: SkillRow): Promise<ReadinessCheck> {
  const name = known.hubId
  try {
    const row = await skills.fresh(known)
    if (row.status === 'review') return failing(name, 'changed', underReview(row))
    const lack = lackOf(row, await skills.setup(row))
    if (lack !== null) return failing(name, 'missing', lack)
    return check(name, { state: 'ok', detail: `The skill “${name}” is accepted, version ${row.version}.` })
  } catch (error) {
    if (error instanceof SkillProblem) return failing(name, 'changed', error.message)
    throw error
  }
}

/** Of an agent that somebody wrote: those that it names. */
export async function checksOfAgent(
  skills: Skills,
  workspaceId: number,
  { skillIds, tools }: Pick<AgentConfig, 'skillIds' | 'tools'>,
): Promise<ReadinessCheck[]> {
  const rows = await skills.named(workspaceId, skillIds)
  const gone = skillIds
    .filter((id) => !rows.some((it) => it.id === id))
    .map((id) =>
      failing(
        `Skill ${id}`,
        'missing',
        `The skill ${id} of this agent is not there any more.`,
        'Take it out of the agent, or choose another.',
      ),
    )
  const offered = new Set(rows.map(toolName))
  const stray = tools.flatMap(({ name, approval }) =>
    name.startsWith('skill.') && approval !== 'deny' && !offered.has(name)
      ? [
          failing(
            name,
            'missing',
            `There is no ${name} among the skills of this agent.`,
            'Take it out of the agent, or choose the skill anew.',
          ),
        ]
      : [],
  )
  return [...(await skillChecks(skills, rows)), ...gone, ...stray]
}
