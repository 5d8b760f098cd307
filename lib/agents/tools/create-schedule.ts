/** Proposes a schedule: it is made when a person has agreed, and belongs to that person. */
import { z } from 'zod'
import { NewTrigger } from '../../contract/trigger.ts'
import { tool, ToolProblem } from './tool.ts'

export default tool({
  name: 'create_schedule',
  description:
    'Proposes a schedule: a person sees it and agrees or not. Give name, agentId, agentType (system or custom), context, and one of cronExpression with timezone, everySeconds with kind "interval", or at with kind "once".',
  input: z.strictObject({
    name: z.string().trim().min(1).max(120),
    agentId: z.string().trim().min(1).max(120),
    agentType: z.enum(['system', 'custom']).default('custom'),
    kind: z.enum(['schedule', 'interval', 'once']).default('schedule'),
    cronExpression: z.string().max(256).optional(),
    everySeconds: z.number().int().positive().optional(),
    at: z.string().max(64).optional(),
    timezone: z.string().max(64).optional(),
    context: z.record(z.string(), z.unknown()).default({}),
  }),
  effect: 'inside',
  alwaysAsks: true,
  repeat: 'never',
  untrusted: false,
  says: ({ name, agentId, cronExpression, everySeconds, at, timezone }) =>
    `Makes the schedule “${name}” for the agent ${agentId}: ${cronExpression ?? (everySeconds ? `every ${everySeconds} s` : at)}${timezone ? ` (${timezone})` : ''}`,
  async run(wanted, { doings, approvedBy, timezone }) {
    if (!approvedBy) throw new ToolProblem('A schedule is made only when a person has agreed.')
    const judged = NewTrigger.safeParse({ timezone, ...wanted })
    if (!judged.success)
      throw new ToolProblem(
        judged.error.issues.map((it) => `${it.path.join('.') || 'it'} ${it.message}`).join('; '),
      )
    return doings.createSchedule({ schedule: judged.data, by: approvedBy })
  },
})
