/** What makes a mail urgent, and what it wants. */
import { expect, test } from 'vitest'
import { headersOf, isBulk, type Letter, priorityOf } from './letter.ts'
import { gistOf, ownWords, type Rules, urgencyOf, USUAL_WORDS } from './urgency.ts'

const NOW = new Date('2026-03-05T09:00:00Z')
const RULES: Rules = {
  ...{
    vip: ['Boss@example.com', '@board.example.org'],
    words: USUAL_WORDS,
    user: 'ada@example.com',
    now: NOW,
  },
  day: (at) => at.toISOString().slice(0, 10),
}
const letter = (change: Partial<Letter> = {}): Letter => ({
  ...{ folder: 'INBOX', uid: 1, messageId: '<1@x>', references: [], subject: 'News' },
  ...{ from: { name: 'Ben', address: 'ben@example.com' }, at: new Date('2026-03-05T08:00:00Z') },
  ...{ isSeen: false, isAnswered: false, priority: 'normal', isBulk: false, text: 'All is well.' },
  ...change,
})
const from = (address: string) => ({ from: { name: '', address } })
const on = (day: number) => ({ at: new Date(Date.UTC(2026, 2, day, 8)) })

test.each<[string, Partial<Letter>, string[]]>([
  ['an ordinary mail', {}, []],
  ['marked by its sender', { priority: 'high' }, ['marked as high priority']],
  ['from an address that matters', from('boss@EXAMPLE.com'), ['from your VIP list']],
  ['from anybody of a domain', from('eve@board.example.org'), ['from your VIP list']],
  ['from a domain that only ends alike', from('eve@board.example.org.evil.com'), []],
  ['a word in the subject', { subject: 'URGENT: the bells' }, ['says “urgent”']],
  ['a word in the text', { text: 'The deadline is Friday.' }, ['says “deadline”']],
  ['a part of a word', { text: 'He spoke insurgently of it.' }, []],
  ['a word that is only quoted', { text: 'Fine.\n> This is urgent' }, []],
  ['a word in a newsletter', { isBulk: true, text: 'Urgent offer' }, []],
  ['a question that has just come', { text: 'Will you come?' }, []],
  [
    'a question of the day before yesterday',
    { text: 'Will you come?', ...on(3) },
    ['waits for your reply since 2026-03-03'],
  ],
  ['one that was answered', { text: 'Will you come?', ...on(3), isAnswered: true }, []],
  ['one of your own', { text: 'Will you come?', ...on(3), ...from('Ada@example.com') }, []],
])('%s', (_what, change, reasons) => {
  expect(urgencyOf(letter(change), [], RULES)).toEqual(reasons)
})

test('a thread waits since its first mail that has no reply', () => {
  const first = letter({ uid: 1, ...on(1), text: null })
  const own = letter({ uid: 2, ...on(2), ...from('ada@example.com') })
  const again = letter({ uid: 3, ...on(3), text: null })
  const last = letter({ uid: 4, ...on(5), text: 'Any news?' })
  expect(urgencyOf(last, [first, again], RULES)).toEqual(['waits for your reply since 2026-03-01'])
  expect(urgencyOf(last, [first, own, again], RULES)).toEqual(['waits for your reply since 2026-03-03'])
  expect(urgencyOf(last, [first, { ...again, isAnswered: true }], RULES)).toEqual([])
  // What was said since is judged by itself.
  expect(urgencyOf({ ...last, ...on(2) }, [letter({ ...on(4), ...from('ada@example.com') })], RULES)).toEqual(
    [],
  )
})

test.each([
  ['Importance: High', 'high'],
  ['X-Priority: 1 (Highest)', 'high'],
  ['Priority: urgent', 'high'],
  ['X-MSMail-Priority: High', 'high'],
  ['X-Priority: 3', 'normal'],
  ['X-Priority: 5', 'low'],
  ['Importance:\r\n low', 'low'],
  ['Subject: Importance: high', 'normal'],
])('%j is of %s priority', (header, priority) => {
  expect(priorityOf(headersOf(`${header}\r\n\r\n`))).toBe(priority)
})

test.each(['List-Id: <a.b>', 'List-Unsubscribe: <x>', 'Precedence: bulk', 'Auto-Submitted: auto-replied'])(
  '%s: sent to many, or by a program',
  (header) => {
    expect(isBulk(headersOf(header))).toBe(true)
    expect(isBulk(headersOf('Auto-Submitted: no'))).toBe(false)
  },
)

test.each([
  [null, null],
  ['', null],
  [
    'Hi Ada,\n\nCould you send me the numbers? I need them by Friday.\n\nBen',
    'Could you send me the numbers? I need them by Friday.',
  ],
  [
    'Hello Ada, the report is ready.\nPlease look at\npage three. Thanks.',
    'Please look at page three. Thanks.',
  ],
  ['The bells rang. Nobody came.', 'The bells rang. Nobody came.'],
  ['Yes.\n\nOn Mon, 2 Mar 2026, Ada wrote:\n> Will you come?\n', 'Yes.'],
  ['See you.\n-- \nBen, could you call 555?', 'See you.'],
  [`${'long '.repeat(100)}?`, `${'long '.repeat(100).slice(0, 239)}…`],
])('%j wants %j', (text, gist) => {
  expect(gistOf(text)).toBe(gist)
})

test('a text that was made to be slow is not', () => {
  for (const it of [
    ' '.repeat(200_000),
    'a. '.repeat(100_000),
    '>'.repeat(200_000),
    '\n\n'.repeat(100_000),
    'On '.repeat(90_000),
  ]) {
    gistOf(it)
    expect(ownWords(it).length).toBeLessThanOrEqual(20_000)
  }
})
