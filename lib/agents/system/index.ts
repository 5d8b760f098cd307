/** The agents that are part of the product, in the order in which they are listed. */
import { batchProcessor } from './batch-processor.ts'
import { calendarAgent } from './calendar-agent.ts'
import { docProcessor } from './doc-processor.ts'
import { emailMonitor } from './email-monitor.ts'
import { maintenance } from './maintenance.ts'
import { summaryAgent } from './summary-agent.ts'
import { testAgent } from './test-agent.ts'
import { webhookCaller } from './webhook-caller.ts'

export const systemAgents = [
  summaryAgent,
  docProcessor,
  calendarAgent,
  emailMonitor,
  webhookCaller,
  batchProcessor,
  maintenance,
  testAgent,
]
