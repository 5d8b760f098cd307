import { expect, test } from 'vitest'
import { NewTrigger, type Trigger, TriggerChange } from '#lib/contract/trigger.ts'
import { bodyOf, changed } from './body.ts'
import { ownOf } from './own.ts'
import { copyOf, type Draft, draftOf, emptyDraft, isPlaced, withKind } from './draft.ts'
import { NO_EVENT, NO_FACTS } from '#components/event/draft.ts'
import { EMPTY_ROW } from '#components/event/filter-draft.ts'
import { concernsDemands, demandsSet } from '../demands/draft.ts'
import { deadlineDraftsOf, gateDraftOf, NEW_DEADLINE } from '../demands/opening.ts'
import { readDemands } from '../demands/reading.ts'
import { editorFacts } from './facts.ts'
import { POLICIES, unusual, usualPolicies } from './policies.ts'

const facts = editorFacts()
const ready = (change: Partial<Draft> = {}): Draft => ({
  ...emptyDraft('Europe/Berlin', facts),
  name: 'Digest',
  agentId: 'test-agent',
  ...change,
})

const trigger: Trigger = {
  ...NewTrigger.parse(bodyOf(ready(), facts).body),
  id: 7,
  key: 'digest',
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
  pausedAt: null,
  pausedBy: null,
  disabledReason: null,
  problem: null,
  unready: null,
  origin: null,
  revision: 1,
  createdBy: null,
  createdAt: '2026-01-01T00:00:00.000Z',
  deletedAt: null,
  updatedAt: '2026-01-01T00:00:00.000Z',
}

test('the form has every policy of the contract, with an explanation', () => {
  // What is an object has a part of its own, or is set by API.
  const {
    approvals: _,
    breaker: _b,
    ...plain
  } = facts.clock as typeof facts.clock & Record<'approvals' | 'breaker', unknown>
  expect(POLICIES.map((it) => it.name).sort()).toEqual(Object.keys(plain).sort())
  expect(Object.values(facts.clock).every((it) => it.explanation.length > 10)).toBe(true)
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
  expect(unusual(ready().policies, facts.clock)).toBe(0)
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
    ...usualPolicies(facts.clock),
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
  const before = bodyOf(draftOf(trigger, ownOf(trigger, facts)), facts).body
  expect(changed(before, bodyOf(draftOf(trigger, ownOf(trigger, facts)), facts).body)).toEqual({})
  const policies = {
    ...draftOf(trigger, ownOf(trigger, facts)).policies,
    catchupWindow: '1.5',
    endsAt: '2027-01-01T00:00',
  }
  const change = changed(
    before,
    bodyOf({ ...draftOf(trigger, ownOf(trigger, facts)), name: 'Other', policies }, facts).body,
  )
  expect(change).toEqual({ name: 'Other', catchupWindow: 5400, endsAt: '2026-12-31T23:00:00.000Z' })
  expect(TriggerChange.safeParse(change).success).toBe(true)
})

test('another kind is sent together with its field', () => {
  const before = bodyOf(draftOf(trigger, ownOf(trigger, facts)), facts).body
  expect(
    changed(before, bodyOf({ ...draftOf(trigger, ownOf(trigger, facts)), kind: 'interval' }, facts).body),
  ).toEqual({
    kind: 'interval',
    everySeconds: 3600,
  })
})

test('a copy has another name', () => {
  expect(copyOf(trigger, ownOf(trigger, facts)).name).toBe('Copy of Digest')
})

test('a refusal is shown at its field where the form has one', () => {
  expect(isPlaced('context.expect.status', ready())).toBe(true)
  expect(isPlaced('cronExpression', ready())).toBe(true)
  expect(isPlaced('cronExpression', ready({ kind: 'once' }))).toBe(false)
  expect(isPlaced('retries', ready())).toBe(true)
  expect(isPlaced('enabled', ready())).toBe(false)
})

const waiting = (change: Partial<Draft> = {}): Draft => {
  const draft = ready()
  return {
    ...draft,
    ...withKind(draft, 'event', facts),
    event: { ...NO_EVENT, types: ['document.uploaded'] },
    ...change,
  }
}

test('what waits for an event has the usual policies of its kind, and says nothing of the clock', () => {
  const { body, errors } = bodyOf(waiting(), facts)
  expect(errors).toEqual({})
  expect(NewTrigger.parse(body)).toEqual(
    NewTrigger.parse({
      name: 'Digest',
      agentId: 'test-agent',
      kind: 'event',
      timezone: 'Europe/Berlin',
      event: { types: ['document.uploaded'] },
    }),
  )
})

test('a policy that somebody set stays when the kind changes, and what nobody set goes back', () => {
  const draft = waiting()
  const set = { ...draft, policies: { ...draft.policies, overlap: 'allow_all' } }
  const back = { ...set, ...withKind(set, 'schedule', facts) }
  expect(back.policies).toEqual({ ...usualPolicies(facts.clock), overlap: 'allow_all' })
})

test('an event, its filter and how it behaves are kept through the form', () => {
  const own = {
    kind: 'event',
    event: {
      types: ['execution.failed'],
      triggerIds: [3],
      filter: { all: [{ path: 'data.durationMs', op: 'gt', value: 5 }] },
      maxDepth: 4,
    },
    collect: { quietSeconds: 5, maxSeconds: 60, maxEvents: 10, keep: 'last', key: 'data.triggerId' },
    throttle: { count: 2, perSeconds: 60, excess: 'skip' },
    cancelOn: [
      {
        types: ['document.deleted'],
        filter: { path: 'data.documentId', op: 'equals', value: { fired: 'data.documentId' } },
      },
    ],
    overlapKey: 'data.triggerId',
  } as const
  const given = { ...trigger, ...own, cronExpression: null } as unknown as Trigger
  const { body, errors } = bodyOf(draftOf(given, ownOf(given, facts)), facts)
  expect(errors).toEqual({})
  expect(body).toMatchObject(own)
  expect(bodyOf({ ...draftOf(given, ownOf(given, facts)), kind: 'interval' }, facts).body.collect).toBeNull()
})

test('what is missing about events is said where it stands', () => {
  const draft = waiting({
    event: {
      ...NO_EVENT,
      filter: { ...NO_EVENT.filter, view: 'json', json: '{' },
      maxDepth: 'deep',
    },
    facts: {
      ...NO_FACTS,
      throttle: { ...NO_FACTS.throttle, on: true, count: '' },
      cancelOn: [{ types: [], filter: { ...NO_EVENT.filter, rows: [EMPTY_ROW] } }],
    },
  })
  const { errors } = bodyOf(draft, facts)
  expect(Object.keys(errors).sort()).toEqual([
    'cancelOn.0.types',
    'event.filter',
    'event.maxDepth',
    'event.types',
    'throttle.count',
  ])
  expect(Object.keys(errors).every((path) => isPlaced(path, draft))).toBe(true)
})

test('what another kind waits for is kept as it is, and not sent with a change of something else', () => {
  const set = { source: { kind: 'feed', url: 'https://example.com/feed' } }
  const given = {
    ...trigger,
    kind: 'elsewhere',
    cronExpression: null,
    elsewhere: { ...set, state: { state: 'armed' } },
  } as unknown as Trigger
  const draft = draftOf(given, ownOf(given, facts))
  const before = bodyOf(draft, facts).body
  expect(before).toMatchObject({ kind: 'elsewhere', elsewhere: set })
  expect(before).not.toHaveProperty('elsewhere.state')
  expect(changed(before, bodyOf({ ...draft, name: 'Other' }, facts).body)).toEqual({ name: 'Other' })
})

test('a webhook and its filter are kept through the form', () => {
  const webhook = {
    scheme: 'github',
    toleranceSeconds: 300,
    respond: 'accepted',
    waitSeconds: 25,
    filter: { path: 'body.action', op: 'equals', value: 'opened' },
  } as const
  const given = { ...trigger, kind: 'webhook', cronExpression: null, webhook } as unknown as Trigger
  const { body, errors } = bodyOf(draftOf(given, ownOf(given, facts)), facts)
  expect(errors).toEqual({})
  expect(body).toMatchObject({ kind: 'webhook', webhook })
  expect(isPlaced('webhook.filter.path', draftOf(given, ownOf(given, facts)))).toBe(true)
  expect(isPlaced('webhook', draftOf(given, ownOf(given, facts)))).toBe(true)
})

test('days off go with the kinds that follow the clock, and with no other', () => {
  const calendars = [3, 5]
  const given: Trigger = { ...trigger, calendars }
  const draft = draftOf(given, ownOf(given, facts))
  expect(bodyOf(draft, facts).body).toMatchObject({ calendars })
  expect(bodyOf({ ...draft, kind: 'webhook' }, facts).body).toMatchObject({ calendars: [] })
  expect([isPlaced('calendars', draft), isPlaced('calendars', { ...draft, kind: 'webhook' })]).toEqual([
    true,
    false,
  ])
  expect(changed(bodyOf(draft, facts).body, bodyOf({ ...draft, calendars: [] }, facts).body)).toEqual({
    calendars: [],
  })
})

const onlyIf = {
  source: {
    ...({
      kind: 'http',
      url: 'https://example.com/load',
      method: 'GET',
      path: 'load',
      as: 'number',
    } as const),
    headers: { authorization: '•••', 'x-key': { secret: 'KEY' } },
  },
  op: 'above',
  value: 9,
} as const
const expected = [
  { by: '09:30', withinSeconds: null, from: 'planned' },
  { by: null, withinSeconds: 5400, from: 'planned' },
  { by: null, withinSeconds: 86_400, from: 'last_success' },
] as const
const asked = { ...trigger, onlyIf, expect: [...expected] } as Trigger

test('what is asked before a run and of it is kept as it is, also in a copy', () => {
  const own = ownOf(asked, facts)
  const { body } = bodyOf(draftOf(asked, own), facts)
  expect([body.onlyIf, body.expect]).toEqual([onlyIf, [...expected]])
  expect(changed(body, bodyOf({ ...draftOf(asked, own), name: 'Other' }, facts).body)).toEqual({
    name: 'Other',
  })
  expect(bodyOf(copyOf(asked, own), facts).body.onlyIf).toEqual(onlyIf)
  expect(demandsSet(draftOf(asked, own).demands)).toBe(4)
})

test('opened and sent again it means the same, and what is switched off is gone', () => {
  const { demands } = draftOf(asked, ownOf(asked, facts))
  const [gate, deadlines] = [gateDraftOf(demands.onlyIf), deadlineDraftsOf(demands.expect)]
  const sent = (draft: { isOn: boolean; of: typeof gate.of }, rows: typeof deadlines) => {
    const errors: Record<string, string> = {}
    const next = {
      onlyIf: { ...demands.onlyIf, draft },
      expect: { ...demands.expect, draft: rows },
    }
    return { errors, ...TriggerChange.parse(readDemands(next, errors)) }
  }
  expect(sent(gate, deadlines)).toEqual({ errors: {}, onlyIf, expect: [...expected] })
  expect(sent({ ...gate, isOn: false }, [])).toEqual({ errors: {}, onlyIf: null, expect: null })
  const errors: Record<string, string> = {}
  readDemands(
    {
      onlyIf: { ...demands.onlyIf, draft: { isOn: true, of: { ...gate.of, line: 'much' } } },
      expect: {
        ...demands.expect,
        draft: [
          { ...NEW_DEADLINE, from: 'by', by: '' },
          { ...NEW_DEADLINE, within: 'soon' },
        ],
      },
    },
    errors,
  )
  expect(Object.keys(errors)).toEqual(['onlyIf.value', 'expect.0.by', 'expect.1.withinSeconds'])
  expect(Object.keys(errors).every((path) => isPlaced(path, ready()))).toBe(true)
  expect(concernsDemands(errors)).toBe(true)
})
