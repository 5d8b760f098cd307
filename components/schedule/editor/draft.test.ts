import { expect, test } from 'vitest'
import { NewTrigger, type Trigger, TriggerChange } from '#lib/contract/trigger.ts'
import { bodyOf, changed, copyOf, type Draft, draftOf, emptyDraft, isPlaced } from './draft.ts'
import { policyFacts } from './facts.ts'
import { POLICIES, unusual, usualPolicies } from './policies.ts'

const facts = policyFacts()
const ready = (change: Partial<Draft> = {}): Draft => ({
  ...emptyDraft('Europe/Berlin', facts),
  name: 'Digest',
  agentId: 'test-agent',
  ...change,
})

const trigger: Trigger = {
  ...NewTrigger.parse(bodyOf(ready(), facts).body),
  id: 7,
  workspaceId: 1,
  cronExpression: '0 9 * * 1-5',
  everySeconds: null,
  at: null,
  humanReadable: '',
  health: 'healthy',
  nextRunAt: null,
  lastRunAt: null,
  lastStatus: null,
  lastExecutionId: null,
  consecutiveFailures: 0,
  pausedReason: null,
  pausedUntil: null,
  disabledReason: null,
  problem: null,
  unready: null,
  origin: null,
  revision: 1,
  createdBy: null,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
}

test('the form has every policy of the contract, with an explanation', () => {
  // What is an object has a part of its own, or is set by API.
  const {
    approvals: _,
    breaker: _b,
    ...plain
  } = facts as typeof facts & Record<'approvals' | 'breaker', unknown>
  expect(POLICIES.map((it) => it.name).sort()).toEqual(Object.keys(plain).sort())
  expect(Object.values(facts).every((it) => it.explanation.length > 10)).toBe(true)
})

test('a draft of usual policies means what the contract means by leaving them out', () => {
  const { body, errors } = bodyOf(ready(), facts)
  expect(errors).toEqual({})
  expect(NewTrigger.parse(body)).toEqual(
    NewTrigger.parse({
      name: 'Digest',
      agentId: 'test-agent',
      cronExpression: '0 9 * * 1-5',
      timezone: 'Europe/Berlin',
    }),
  )
  expect(unusual(ready().policies, facts)).toBe(0)
})

test('each kind sends its own field only', () => {
  expect(bodyOf(ready({ kind: 'interval', every: '90', unit: '60' }), facts).body).toMatchObject({
    kind: 'interval',
    everySeconds: 5400,
  })
  expect(bodyOf(ready({ kind: 'interval' }), facts).body).not.toHaveProperty('cronExpression')
  expect(bodyOf(ready({ kind: 'once', at: '2027-01-01T09:00' }), facts).body).toMatchObject({
    kind: 'once',
    at: '2027-01-01T08:00:00.000Z',
  })
})

test('what is no value is said at its field', () => {
  const policies = {
    ...usualPolicies(facts),
    retries: 'many',
    timeoutSeconds: '',
    startsAt: 'soon',
    catchupWindow: '9000',
  }
  const { errors } = bodyOf(
    ready({ name: ' ', agentId: '', kind: 'interval', every: 'often', policies }),
    facts,
  )
  expect(Object.keys(errors).sort()).toEqual([
    'agentId',
    'catchupWindow',
    'everySeconds',
    'name',
    'retries',
    'startsAt',
    'timeoutSeconds',
  ])
  expect(errors).toMatchObject({
    retries: 'Write a number from 0 to 20.',
    catchupWindow: 'Write a number from 0 to 8784.',
  })
  expect(bodyOf(ready({ kind: 'once' }), facts).errors).toHaveProperty('at')
})

test('a schedule that was not touched changes nothing; a change sends itself only', () => {
  const before = bodyOf(draftOf(trigger), facts).body
  expect(changed(before, bodyOf(draftOf(trigger), facts).body)).toEqual({})
  const policies = { ...draftOf(trigger).policies, catchupWindow: '1.5', endsAt: '2027-01-01T00:00' }
  const change = changed(before, bodyOf({ ...draftOf(trigger), name: 'Other', policies }, facts).body)
  expect(change).toEqual({ name: 'Other', catchupWindow: 5400, endsAt: '2026-12-31T23:00:00.000Z' })
  expect(TriggerChange.safeParse(change).success).toBe(true)
})

test('another kind is sent together with its field', () => {
  const before = bodyOf(draftOf(trigger), facts).body
  expect(changed(before, bodyOf({ ...draftOf(trigger), kind: 'interval' }, facts).body)).toEqual({
    kind: 'interval',
    everySeconds: 3600,
  })
})

test('a copy has another name', () => {
  expect(copyOf(trigger).name).toBe('Copy of Digest')
})

test('a refusal is shown at its field where the form has one', () => {
  expect(isPlaced('context.expect.status', ready())).toBe(true)
  expect(isPlaced('cronExpression', ready())).toBe(true)
  expect(isPlaced('cronExpression', ready({ kind: 'once' }))).toBe(false)
  expect(isPlaced('retries', ready())).toBe(true)
  expect(isPlaced('enabled', ready())).toBe(false)
})
