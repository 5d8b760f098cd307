/** The settings of a schedule as a person who names only what is needed gets them, as its row has them. */
import { NewTrigger } from '#lib/contract/trigger.ts'
import type { TriggerConfig } from '../queries/triggers.ts'

const asked = NewTrigger.parse({ name: 'Morning', agentId: 'test-agent', cronExpression: '0 9 * * *' })

export const SETTINGS: TriggerConfig = {
  ...asked,
  cronExpression: '0 9 * * *',
  everySeconds: null,
  at: null,
  config: '{}',
  context: '{}',
  approvals: '{}',
  breaker: '{}',
  collect: null,
  throttle: null,
  cancelOn: null,
  onlyIf: null,
  expect: null,
  calendars: null,
  tags: null,
  startsAt: null,
  endsAt: null,
}
