import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import * as documents from '#db/queries/documents.ts'
import * as messages from '#db/queries/messages.ts'
import { keepText } from '#db/testing/documents.ts'
import { hours, minutes, systemClock } from '#lib/clock.ts'
import { contentOf } from '#lib/documents/content.ts'
import { createReaders } from '#lib/documents/extract.ts'
import { openSite, type Site } from '../testing/site.ts'
import { noFiles, type Workbench, workbench } from '../testing/task.ts'
import { decide, type Placed } from './calendar-agent/deciding.ts'
import { hashOf, keptAnswer, keptTold, type Told } from './calendar-agent/memory.ts'
import { wordsOf } from './calendar-agent/related.ts'
import { isDeadline } from './calendar-agent/sheet.ts'
import { calendarAgent } from './calendar-agent.ts'

const NOW = Date.parse('2026-03-02T09:00:00Z')
const entry = (key: string, change: Partial<Placed> = {}): Placed => ({
  key,
  kind: 'event',
  title: key,
  startMs: NOW + minutes(30),
  endMs: NOW + minutes(60),
  allDay: false,
  cancelled: false,
  where: '',
  description: '',
  link: null,
  organizer: '',
  people: [],
  from: 'cal',
  ...change,
})

describe('of what stands in the calendars', () => {
  const now = { nowMs: NOW, aheadMs: hours(1), wants: () => true, whole: new Map([['cal', NOW + hours(99)]]) }
  const known = (change: Partial<Told> = {}): Record<string, Told> => ({
    [hashOf('a')]: { startMs: NOW + minutes(30), title: 'a', from: 'cal', state: 'told', ...change },
  })
  const quiet = { reminders: [], moved: [], cancelled: [], gone: [] }
  const cases: [string, Placed[], Record<string, Told>, object][] = [
    ['what is soon is reminded of', [entry('a')], {}, { ...quiet, reminders: ['a'] }],
    [
      'what begins now, or at the end of the hour, is soon',
      [entry('a', { startMs: NOW }), entry('b', { startMs: NOW + hours(1) })],
      {},
      { ...quiet, reminders: ['a', 'b'] },
    ],
    [
      'what has begun, or is later, is not',
      [entry('a', { startMs: NOW - 1 }), entry('b', { startMs: NOW + hours(1) + 1 })],
      {},
      quiet,
    ],
    [
      'a day that goes on is soon',
      [entry('a', { allDay: true, startMs: NOW - hours(9), endMs: NOW + hours(15) })],
      {},
      { ...quiet, reminders: ['a'] },
    ],
    ['what was told is not told again', [entry('a')], known(), quiet],
    [
      'what was moved is told as that',
      [entry('a', { startMs: NOW + hours(30) })],
      known(),
      { ...quiet, moved: ['a'] },
    ],
    [
      'what was moved into the past is not',
      [entry('a', { startMs: NOW - hours(3), endMs: NOW - hours(2) })],
      known(),
      quiet,
    ],
    [
      'what is called off is told to who heard of it',
      [entry('a', { cancelled: true })],
      known(),
      { ...quiet, cancelled: ['a'] },
    ],
    ['what is called off before is not told', [entry('a', { cancelled: true })], {}, quiet],
    [
      'what is called off stays told',
      [entry('a', { cancelled: true })],
      known({ state: 'cancelled' }),
      quiet,
    ],
    [
      'what takes place after all is reminded of',
      [entry('a')],
      known({ state: 'cancelled' }),
      { ...quiet, reminders: ['a'] },
    ],
    ['what is not there any more is told', [], known(), { ...quiet, gone: ['a'] }],
    ['what is past may go', [], known({ startMs: NOW - 1 }), quiet],
    ['what is in a calendar that was not read may be there', [], known({ from: 'other' }), quiet],
    [
      'what stands in two calendars is one',
      [entry('a', { cancelled: true }), entry('a', { from: 'two' })],
      {},
      { ...quiet, reminders: ['a'] },
    ],
  ]
  test.each(cases)('%s', (_, entries, told, expected) => {
    const { reminders, moved, cancelled, gone } = decide(entries, told, now)
    expect({
      reminders: reminders.map((it) => it.key),
      moved: moved.map((it) => it.entry.key),
      cancelled: cancelled.map((it) => it.title),
      gone: gone.map((it) => it.title),
    }).toEqual(expected)
    // Looked at once more, it is told no more.
    const again = decide(entries, decide(entries, told, now).told, now)
    expect([again.reminders, again.moved, again.cancelled, again.gone]).toEqual([[], [], [], []])
  })
})

test('what is remembered stays within what a schedule may keep', () => {
  const many = Array.from({ length: 2000 }, (_, n) =>
    entry(`${n}`, { title: '会'.repeat(300), startMs: NOW + n }),
  )
  const { told } = decide(many, {}, { nowMs: NOW, aheadMs: hours(1), wants: () => true, whole: new Map() })
  const answer = { etag: 'x', zone: 'UTC', untilMs: NOW, entries: many }
  expect(keptAnswer(answer, 1)).toBeNull()
  expect(keptAnswer({ ...answer, entries: many.slice(0, 10) }, 1)).toMatchObject({ etag: 'x' })
  const kept = keptTold(told, NOW)
  expect(Object.keys(kept)).toHaveLength(500)
  expect(Buffer.byteLength(JSON.stringify(kept))).toBeLessThan(160 * 1024)
  expect(keptTold(told, NOW + hours(24 * 8))).toEqual({})
})

test.each([
  ['Budget review with Ada', ['budget', 'review']],
  ['Weekly sync', []],
  ['予算 会議', ['予算', '会議']],
])('the words of %s are %j', (title, words) => {
  expect(wordsOf(title)).toEqual(words)
})

test.each([
  ['Report due', {}, true],
  ['Dues of the club', {}, false],
  ['Abgabetermin Steuer', {}, true],
  ['Holiday', { allDay: true }, true],
  ['Taxes', { kind: 'task' }, true],
  ['Planning', {}, false],
] as const)('%s %j is a deadline: %s', (title, change, expected) => {
  expect(isDeadline(entry(title, change))).toBe(expected)
})

describe('with a calendar on the web', () => {
  let bench: Workbench
  let site: Site
  beforeAll(async () => {
    site = await openSite()
  })
  afterAll(() => site.close())
  beforeEach(async () => {
    bench = await workbench({ now: '2026-03-02T09:00:00Z' })
    Object.assign(site, { pages: {}, asked: [], trouble: null })
    return () => bench.store.close()
  })

  const SECRET = '/private-8f2kq/basic.ics'
  const files = { ...noFiles.files, entriesOf: createReaders(systemClock).eventsOf }
  const run = (context: Record<string, unknown> = {}) =>
    bench.run(
      calendarAgent,
      { calendars: [{ url: `${site.origin}${SECRET}` }], timezone: 'Europe/Berlin', ...context },
      { tools: { fetch: site.fetch, files } },
    )
  const ics = (...lines: string[]) =>
    ['BEGIN:VCALENDAR', 'VERSION:2.0', 'X-WR-CALNAME:Team', ...lines, 'END:VCALENDAR', ''].join('\r\n')
  const event = (uid: string, start: string, ...lines: string[]) => [
    ...['BEGIN:VEVENT', `UID:${uid}`, `DTSTART:${start}`, ...lines, 'END:VEVENT'],
  ]
  let etag = 0
  const serve = (...lines: string[]) => {
    site.pages[SECRET] = { type: 'text/calendar', body: ics(...lines), etag: `"${etag++}"` }
  }

  test('a sheet prepares for the meeting: when, where, who, agenda, and what the workspace has of it', async () => {
    const { store, workspaceId, clock } = bench
    const roadmap = { name: 'Roadmap of the quarter', content: 'The roadmap has three parts.', by: 'ada' }
    await keepText(store, { workspaceId, ...roadmap }, clock.now())
    await messages.post(
      store,
      {
        workspaceId,
        kind: 'person',
        text: 'Did somebody look at the roadmap?',
        author: { id: 'b', name: 'Bob' },
      },
      clock.now(),
    )
    serve(
      ...event(
        'plan',
        '20260302T093000Z',
        'DTEND:20260302T103000Z',
        'SUMMARY:Roadmap *planning*',
        'LOCATION:Room 5',
        'ORGANIZER;CN=Ada:mailto:ada@example.com',
        'ATTENDEE;CN=Bob:mailto:bob@example.com',
        'DESCRIPTION:<p>Agenda:</p><p>1. Numbers</p><p>2. <b>Hiring</b></p>https://acme.zoom.us/j/1',
      ),
      ...event('tax', '20260302T094500Z', 'SUMMARY:Tax return due'),
    )
    const result = await run()
    expect(result.text).toBe(
      [
        '**2 reminders for the next 1h.**',
        '',
        '### Roadmap \\*planning\\*',
        '',
        '- **When:** today, Monday 2 March, 10:30–11:30 (in 30 minutes), Europe/Berlin',
        '- **Where:** Room 5',
        '- **Join:** [https://acme.zoom.us/j/1](https://acme.zoom.us/j/1)',
        '- **Who:** Ada (organises it) and Bob',
        '- **Agenda:**',
        '  - 1. Numbers',
        '  - 2. Hiring',
        '- **Related:**',
        '  - document “Roadmap of the quarter”: The roadmap has three parts.',
        '  - Bob on 2 March: Did somebody look at the roadmap?',
        '',
        '### Days and deadlines',
        '',
        '- **Tax return due** today, Monday 2 March, 10:45 (in 45 minutes)',
      ].join('\n'),
    )
    expect(result).toMatchObject({
      notable: true,
      usage: { tainted: true },
      outcome: { reminders: [{ title: 'Roadmap *planning*', start: '2026-03-02T09:30:00.000Z' }, {}] },
    })
    expect(JSON.stringify([bench.said, result])).not.toContain('8f2kq')
    expect((await run({ prepareFor: ['deadlines'] })).notable).toBe(false)
  })

  test('mails that a monitor has told are called mails; what another schedule said is not', async () => {
    const { store, workspaceId, clock } = bench
    const now = clock.now()
    // The first is the schedule itself: what it said is no news to it.
    for (const agentId of ['calendar-agent', 'email-monitor', 'test-agent']) {
      const row = { workspaceId, name: agentId, agentId, createdAt: now.getTime(), updatedAt: now.getTime() }
      const [made] = await store.q.insert(store.t.triggers).values(row).returning()
      const author = { id: null, name: 'Carillon' }
      const text = `${agentId} on the roadmap`
      await messages.post(store, { workspaceId, kind: 'result', text, author, triggerId: made?.id }, now)
    }
    serve(...event('m', '20260302T093000Z', 'SUMMARY:Roadmap'))
    const { text } = await run()
    expect(text).toContain('  - mail, told on 2 March: email-monitor on the roadmap')
    expect(text).toContain('  - Carillon on 2 March: test-agent on the roadmap')
    expect(text).not.toContain('calendar-agent')
  })

  test('where a model is set up, the sheet says what to prepare', async () => {
    serve(...event('m', '20260302T093000Z', 'SUMMARY:Planning', 'DESCRIPTION:Bring numbers'))
    const given: string[] = []
    const result = await bench.run(
      calendarAgent,
      { calendars: [{ url: `${site.origin}${SECRET}` }] },
      {
        tools: {
          ...{ fetch: site.fetch, files },
          compose: async ({ material }) => {
            given.push(material)
            return { text: 'Bring the *numbers*.', usage: { tokensUsed: 9, tokensIn: 5, model: 'small' } }
          },
        },
      },
    )
    expect(result.text).toContain('- **To prepare:**\n  - Bring the \\*numbers\\*.')
    expect(result.usage).toMatchObject({ tokensUsed: 9, tokensIn: 5, model: 'small', tainted: true })
    expect(given[0]).toContain('Bring numbers')
    expect(given[0]).not.toContain('8f2kq')
  })

  test('one that moves twice is reminded of once, each move is told once, and so is its end', async () => {
    const at = (start: string, ...lines: string[]) => serve(...event('m', start, 'SUMMARY:Lunch', ...lines))
    at('20260302T093000Z')
    expect((await run({ actions: [] })).text).toContain(
      '- **Lunch** today, Monday 2 March, 10:30 (in 30 minutes)',
    )
    at('20260302T095000Z')
    const moved = await run()
    expect(moved.text).toContain(
      '**Lunch** was moved to today, Monday 2 March, 10:50 (in 50 minutes); it was',
    )
    expect(moved.outcome).toMatchObject({ reminders: [], moved: [{ from: '2026-03-02T09:30:00.000Z' }] })
    expect(await run()).toMatchObject({ notable: false, text: 'Nothing new in the next 1h.' })
    at('20260303T093000Z')
    expect((await run()).text).toContain('moved to tomorrow, Tuesday 3 March, 10:30')
    bench.clock.advance(hours(24))
    expect(await run()).toMatchObject({ notable: false, text: 'Nothing new in the next 1h.' })
    at('20260303T093000Z', 'STATUS:CANCELLED')
    expect((await run()).text).toContain('**Lunch** is cancelled.')
    serve()
    expect((await run()).notable).toBe(false)
  })

  test('one that moves to next year, or to last month, is not told as gone', async () => {
    serve(
      ...event('m', '20260302T093000Z', 'SUMMARY:Lunch'),
      ...event('n', '20260302T094000Z', 'SUMMARY:Call'),
    )
    await run({ actions: [] })
    serve(
      ...event('m', '20270115T093000Z', 'SUMMARY:Lunch'),
      ...event('n', '20260115T093000Z', 'SUMMARY:Call'),
    )
    const { text, outcome } = await run()
    expect(outcome).toMatchObject({ moved: [{ title: 'Lunch' }], gone: [] })
    expect(text).toContain('**Lunch** was moved to Friday 15 January')
    expect((await run()).notable).toBe(false)
  })

  test('one empty answer is not believed: nothing is told as gone, and nothing is told anew', async () => {
    const lunch = event('m', '20260302T093000Z', 'SUMMARY:Lunch')
    serve(...lunch)
    expect((await run()).outcome).toMatchObject({ reminders: [{ title: 'Lunch' }] })
    serve()
    expect(await run()).toMatchObject({ notable: false, outcome: { gone: [] } })
    expect(bench.said.at(-2)).toContain('is empty, which counts once it is so again')
    serve(...lunch)
    expect(await run()).toMatchObject({ notable: false, outcome: { reminders: [], gone: [] } })
    serve()
    await run()
    expect(await run()).toMatchObject({ notable: true, outcome: { gone: ['Lunch'] } })
    expect((await run()).notable).toBe(false)
  })

  test('an answer of "as before" stands for what was read, as far as that reaches', async () => {
    serve(
      ...event('later', '20260302T190000Z', 'SUMMARY:Dinner'),
      ...event('far', '20260305T100000Z', 'SUMMARY:Trip'),
    )
    await run()
    bench.clock.advance(minutes(9 * 60 + 30))
    expect((await run()).text).toContain('### Dinner')
    expect((await run()).notable).toBe(false)
    bench.clock.advance(hours(24))
    await run()
    expect(site.asked.map((it) => it.split(' ')[1])).toEqual(['200', '304', '304', '200'])
  })

  test('over thirty hours a daily series is told once a day, with its server away in between', async () => {
    const told: string[] = []
    let [failures, recoveries] = [0, 0]
    const documentId = await empty()
    serve(
      ...event('daily', '20260101T093000Z', 'RRULE:FREQ=DAILY', 'SUMMARY:Stand-up'),
      ...event('other', '20260302T203000Z', 'SUMMARY:Once'),
    )
    for (let hour = 0; hour < 30; hour++) {
      if (hour === 5) Object.assign(site.pages[SECRET] as object, { status: 503 })
      if (hour === 7) delete site.pages[SECRET]?.status
      const result = await run({ calendars: [{ url: `${site.origin}${SECRET}` }, { documentId }] })
      const { reminders } = result.outcome as { reminders: { title: string; start: string }[] }
      told.push(...reminders.map((it) => `${it.title} ${it.start}`))
      if (result.text.includes('answers 503')) failures += result.notable ? 1 : 0
      if (result.text.includes('can be read again')) recoveries++
      bench.clock.advance(hours(1))
    }
    expect(told).toEqual([
      'Stand-up 2026-03-02T09:30:00.000Z',
      'Once 2026-03-02T20:30:00.000Z',
      'Stand-up 2026-03-03T09:30:00.000Z',
    ])
    expect([failures, recoveries]).toEqual([1, 1])
  })

  const calendarDocument = async (text: string) =>
    (
      await documents.add(
        bench.store,
        bench.workspaceId,
        contentOf('team.ics', Buffer.from(text), 'team.ics'),
        { kind: 'person', id: 'ada', name: 'Ada' },
        bench.clock.now(),
      )
    ).document.id
  const empty = () => calendarDocument(ics(...event('past', '20200101T000000Z', 'SUMMARY:Past')))

  test("the guide's context looks at the calendars that people have sent; without any it says what to add", async () => {
    const context = {
      lookAhead: '1h',
      prepareFor: ['meetings', 'deadlines'],
      actions: ['fetch_context', 'create_summary'],
    }
    const guide = () => bench.run(calendarAgent, context, { tools: { files } })
    await expect(guide()).rejects.toThrow('There is no calendar to look at. Add one')
    await calendarDocument(ics(...event('a', '20260302T093000Z', 'SUMMARY:Planning')))
    expect((await guide()).text).toContain('### Planning')
    expect((await guide()).notable).toBe(false)
  })

  test('what cannot be read says what to do, without the secret address', async () => {
    const failing = async (page: Site['pages'][string] | null) => {
      site.pages = page ? { [SECRET]: page } : {}
      return run().then(
        () => 'it went well',
        (error: Error) => error.message,
      )
    }
    const said = [
      await failing(null),
      await failing({ type: 'text/html', body: '<!doctype html><p>Sign in' }),
      await failing({ status: 401 }),
    ]
    expect(said).toEqual([
      expect.stringContaining('answers 404: there is nothing at this address. Was the secret address'),
      expect.stringContaining('It is no calendar in the iCalendar format (ICS). Use the calendar'),
      expect.stringContaining('wants a sign-in'),
    ])
    expect(said.join()).not.toContain('8f2kq')
    await expect(run({ calendars: [{ documentId: 99 }] })).rejects.toThrow('There is no document 99')
  })
})

test.each([
  { lookAhead: '1 fortnight' },
  { lookAhead: '0h' },
  { lookAhead: '99d' },
  { prepareFor: ['lunch'] },
  { calendars: ['https://example.com/a.ics'] },
  { timezone: 'Mars/Phobos' },
])('%j is refused', (context) => {
  expect(calendarAgent.input.safeParse(context).success).toBe(false)
})
