/** What ran in the workspace, and how it ended. */
import { z } from 'zod'
import { Status } from '../../contract/execution.ts'
import { markedIf, tool } from './tool.ts'

export default tool({
  name: 'read_executions',
  description: 'The newest runs of the workspace or of one schedule: how each ended, why, and what it said.',
  input: z.strictObject({
    triggerId: z.number().int().positive().optional().describe('One schedule only.'),
    status: Status.optional(),
    limit: z.number().int().min(1).max(50).default(10),
  }),
  effect: 'read',
  repeat: 'safe',
  untrusted: false,
  says: ({ triggerId, status }) =>
    `Looks at the newest ${status ?? ''} runs${triggerId ? ` of schedule ${triggerId}` : ''}`.replace(
      '  ',
      ' ',
    ),
  async run(filter, { workspace }) {
    const found = await workspace.executions(filter)
    const executions = found.map(({ startedAt, output, tainted: _, ...it }) => ({
      ...it,
      startedAt: startedAt === null ? null : new Date(startedAt).toISOString(),
      output: output?.slice(0, 1000) ?? null,
    }))
    return markedIf(
      found.some((it) => it.tainted),
      { executions },
    )
  },
})
