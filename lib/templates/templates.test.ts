/** What holds for every template: a new one is judged by standing in the list. */
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { catalogue } from '../agents/index.ts'
import { NewTrigger } from '../contract/trigger.ts'
import { mustDisable } from '../engine/policies.ts'
import { faultsOf } from '../triggers/index.ts'
import { cronEvery, cronOn, everySoOften, onOneDay } from './fields.ts'
import { templates } from './index.ts'

const row = (body: z.output<typeof NewTrigger>) => ({
  ...body,
  ...{ at: null, startsAt: null, endsAt: null, everySeconds: null, createdAt: 0 },
  cronExpression: body.cronExpression ?? null,
  config: JSON.stringify(body.config),
})

describe.each(templates)('$id', ({ input, example, makes, version, needs }) => {
  const answered = (answers: object) => makes(input.parse({ ...example, ...answers }))

  test('makes of its example what its agent takes, and leaves nothing open', async () => {
    const { trigger, missing = [] } = answered({})
    expect(missing).toEqual([])
    expect(await catalogue.judge(1, trigger, trigger.context)).toEqual({ ok: true })
    expect(faultsOf(row(NewTrigger.parse(trigger)))).toEqual([])
  })

  test('runs when it is asked to, in the zone that is asked for', () => {
    const { trigger } = answered({ when: { timezone: 'Asia/Tokyo' } })
    expect(trigger.timezone).toBe('Asia/Tokyo')
    const usual = answered({}).trigger
    expect([usual.timezone, usual.cronExpression]).toEqual(['UTC', trigger.cronExpression])
  })

  test('asks in words: each field has a title, and what is to be chosen has labels', () => {
    expect(wordless(z.toJSONSchema(input, { io: 'input' }) as Field)).toEqual([])
    expect(version).toBeGreaterThan(0)
    expect(needs.every((it) => it.name !== '')).toBe(true)
  })
})

interface Field {
  title?: string
  enum?: string[]
  labels?: Record<string, string>
  items?: Field
  properties?: Record<string, Field>
}
/** The paths of fields that a person could not read. */
function wordless({ properties = {} }: Field, above = ''): string[] {
  return Object.entries(properties).flatMap(([name, it]) => {
    const choices = it.enum ?? it.items?.enum ?? []
    const said = it.title !== undefined && choices.every((choice) => it.labels?.[choice])
    return [...(said ? [] : [above + name]), ...wordless(it, `${above}${name}.`)]
  })
}

test.each([
  'urgent-mail',
  'meeting-preparation',
  'nightly-document-sync',
  'page-change-watch',
  'feed-digest',
  'website-health',
])('%s watches something elsewhere, and outlasts that it is away for a night', (id) => {
  const it = templates.find((known) => known.id === id)
  const made = NewTrigger.parse(it?.makes(it.input.parse(it.example)).trigger)
  const failing = { recent: 20, recentSuccesses: 0, ...made }
  expect(mustDisable({ ...failing, consecutiveFailures: 12 * 60 })).toBe(false)
  expect(mustDisable({ ...failing, consecutiveFailures: 1000 })).toBe(true)
})

test('no two templates are called alike', () => {
  expect(new Set(templates.map((it) => it.id)).size).toBe(templates.length)
  expect(new Set(templates.map((it) => it.name)).size).toBe(templates.length)
})

test.each<[string, string[], string]>([
  ['09:00', ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'], '0 9 * * 1-5'],
  ['02:30', ['sunday', 'saturday', 'friday', 'thursday', 'wednesday', 'tuesday', 'monday'], '30 2 * * *'],
  ['00:00', ['sunday'], '0 0 * * 0'],
  ['23:59', ['sunday', 'monday', 'monday'], '59 23 * * 1,0'],
])('%s on %j is the pattern %s', (time, days, cron) => {
  expect(cronOn(onOneDay('monday', '09:00').parse({ time, days }))).toBe(cron)
})

test.each([
  ['1m', '* * * * *'],
  ['15m', '*/15 * * * *'],
  ['1h', '0 * * * *'],
])('every %s is the pattern %s', (every, cron) => {
  expect(cronEvery(everySoOften('5m').parse({ every }))).toBe(cron)
})

test.each([{ time: '9:00' }, { time: '24:00' }, { days: [] }, { timezone: 'EST' }, { day: 'monday' }])(
  '%j is refused',
  (answers) => expect(onOneDay('monday', '09:00').safeParse(answers).success).toBe(false),
)
