/** Which agent is meant: by name before anything else, by the work that fits, and nobody where two fit alike. */
import { expect, test } from 'vitest'
import { systemAgents } from '../agents/system/index.ts'
import { type Candidate, fittingAgent } from './fitting-agent.ts'

const system: Candidate[] = systemAgents.map(({ id, aliases, name, description }) => ({
  ...{ id, name, description, aliases: [...(aliases ?? [])], agentType: 'system' },
}))
const own = (id: string, name: string, description = ''): Candidate => ({
  ...{ id, name, description, aliases: [], agentType: 'custom' },
})
function meant(task: string, more: Candidate[] = []): string | string[] {
  const it = fittingAgent(task, [...system, ...more])
  return 'agent' in it ? it.agent.id : it.among.map(({ id }) => id)
}

test.each([
  ['summarise what came in overnight', 'summary-agent'],
  ['send a digest of the week', 'summary-agent'],
  ['sync the documents of the folder', 'doc-processor'],
  ['watch the prices page', 'doc-processor'],
  ['look for urgent mails', 'email-monitor'],
  ['prepare my meetings', 'calendar-agent'],
  ['call https://example.com/hook', 'webhook-caller'],
  ['clean up', 'maintenance'],
  ['run the test agent', 'test-agent'],
])('%s: %s', (task, id) => expect(meant(task)).toBe(id))

test('one that is named is meant, the longer name before the shorter', () => {
  const more = [own('scout', 'Scout'), own('scout-for-mail', 'Scout for mail')]
  expect(meant('ask Scout to summarise the week', more)).toBe('scout')
  expect(meant('have scout for mail look', more)).toBe('scout-for-mail')
  expect(meant('@scout summarise', more)).toBe('scout')
})

test('an agent of the workspace is found by what it says of itself; of two alike none is', () => {
  const plants = own('gardener', 'Gardener', 'Says which plants need water, and when.')
  expect(meant('say which plants need water', [plants])).toBe('gardener')
  const twins = [own('a', 'Translator', 'Translates texts'), own('b', 'Interpreter', 'Translates texts')]
  expect(meant('translate the texts', twins)).toEqual(['a', 'b'])
  expect(meant('bake a cake')).toEqual([])
  expect(meant('')).toEqual([])
})
