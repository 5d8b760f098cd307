/** Pauses a schedule of the workspace. */
import { z } from 'zod'
import { tool } from './tool.ts'

export default tool({
  name: 'pause_schedule',
  description: 'Pauses a schedule of the workspace until a person resumes it.',
  input: z.strictObject({
    triggerId: z.number().int().positive(),
    reason: z.string().trim().min(1).max(400),
  }),
  effect: 'inside',
  // Paused is paused.
  repeat: 'safe',
  untrusted: false,
  says: ({ triggerId, reason }) => `Pauses schedule ${triggerId}: ${reason}`,
  run: ({ triggerId, reason }, { doings, agent }) =>
    doings.pauseSchedule({ triggerId, reason: `${agent.name}: ${reason}`, agent }),
})
