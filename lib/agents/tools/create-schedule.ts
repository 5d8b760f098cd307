/** Puts a schedule forward: it is made when a person confirms it, and belongs to that person. */
import { z } from 'zod'
import { NewTrigger } from '../../contract/trigger.ts'
import { tool, ToolProblem } from './tool.ts'

export default tool({
  name: 'create_schedule',
  description:
    'Proposes a schedule: a person sees it in the chat and confirms it or not, within a day. Nothing is planned before. Give name, agentId, agentType (system or custom), context, and one of cronExpression with timezone, everySeconds with kind "interval", at with kind "once", or event with kind "event".',
  input: z.strictObject({
    name: z.string().trim().min(1).max(120),
    agentId: z.string().trim().min(1).max(120),
    agentType: z.enum(['system', 'custom']).default('custom'),
    kind: z.enum(['schedule', 'interval', 'once', 'event']).default('schedule'),
    cronExpression: z.string().max(256).optional(),
    everySeconds: z.number().int().positive().optional(),
    at: z.string().max(64).optional(),
    event: z.record(z.string(), z.unknown()).optional(),
    timezone: z.string().max(64).optional(),
    context: z.record(z.string(), z.unknown()).default({}),
  }),
  effect: 'inside',
  // Nothing runs by it: whoever confirms it is asked enough.
  approval: 'allow',
  repeat: 'keyed',
  untrusted: false,
  says: ({ name, agentId, cronExpression, everySeconds, at, event, timezone }) => {
    const when = cronExpression ?? (everySeconds ? `every ${everySeconds} s` : (at ?? event?.types))
    return `Proposes the schedule “${name}” for the agent ${agentId}: ${when}${timezone ? ` (${timezone})` : ''}`
  },
  async run(wanted, { doings, agent, key, timezone }) {
    const judged = NewTrigger.safeParse({ timezone, ...wanted })
    if (!judged.success)
      throw new ToolProblem(
        judged.error.issues.map((it) => `${it.path.join('.') || 'it'} ${it.message}`).join('; '),
      )
    return doings.proposeSchedule({ schedule: { timezone, ...wanted } as never, agent, key })
  },
})
