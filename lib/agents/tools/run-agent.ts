/** Has another agent of the workspace do a part of the work, within this run. */
import { z } from 'zod'
import { AgentFailure } from '../agent.ts'
import { Answer, tool, ToolProblem } from './tool.ts'

export default tool({
  name: 'run_agent',
  description:
    'Runs another agent of the workspace as a part of this run and answers its result. An agent that would have to ask a person cannot be run so.',
  input: z.strictObject({
    agentId: z.string().trim().min(1).max(120),
    agentType: z.enum(['system', 'custom']).default('system'),
    context: z.record(z.string(), z.unknown()).default({}),
  }),
  // It can do whatever that agent does.
  effect: 'outside',
  repeat: 'never',
  untrusted: true,
  says: ({ agentId, context }) => `Runs the agent ${agentId} with ${JSON.stringify(context).slice(0, 200)}`,
  async run({ context, ...agent }, { perform, signal, key }) {
    try {
      const { text, outcome, usage = {} } = await perform(agent, context, signal, { key })
      return new Answer({ text, ...(outcome !== undefined && { outcome }) }, { usage })
    } catch (error) {
      if (error instanceof AgentFailure) throw new ToolProblem(error.message, error.partial?.usage)
      throw error
    }
  },
})
