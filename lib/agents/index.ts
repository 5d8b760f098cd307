/**
 * The agents of this installation. A new system agent is one file in `system/`, one import and one line here.
 */
import { createRegistry } from './registry.ts'
import { batchProcessor } from './system/batch-processor.ts'
import { maintenance } from './system/maintenance.ts'
import { summaryAgent } from './system/summary-agent.ts'
import { testAgent } from './system/test-agent.ts'
import { webhookCaller } from './system/webhook-caller.ts'

export const {
  find: findAgent,
  unknown: unknownAgent,
  judge: judgeContext,
  list: listAgents,
} = createRegistry([summaryAgent, webhookCaller, batchProcessor, maintenance, testAgent])
