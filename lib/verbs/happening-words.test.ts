/** Words that wait for something: which event they mean, and what is left to be done. */
import { expect, test } from 'vitest'
import { isKnownType } from '../contract/trigger-event.ts'
import { readHappening } from './happening-words.ts'

const CASES: [words: string, type: string, task: string][] = [
  ['when a document is uploaded summarise it', 'document.uploaded', 'summarise it'],
  ['Summarise it whenever a new document is added', 'document.uploaded', 'Summarise it'],
  ['as soon as somebody uploads a file, read it', 'document.uploaded', 'read it'],
  ['when a document changes tell me', 'document.changed', 'tell me'],
  ['when a file was deleted, say so', 'document.deleted', 'say so'],
  ['when a run fails mail me', 'execution.failed', 'mail me'],
  ['whenever another schedule fails look why', 'execution.failed', 'look why'],
  ['when a message is posted answer it', 'message.posted', 'answer it'],
  ['when an email arrives sum it up', 'email.received', 'sum it up'],
  ['when a feed has a new item, tell us', 'feed.item', 'tell us'],
  ['if a budget is reached tell Ada', 'budget.reached', 'tell Ada'],
]
test.each(CASES)('%s', (words, type, task) => {
  const it = readHappening(words)
  expect([it?.event.types, it?.task]).toEqual([[type], task])
  expect(isKnownType(type)).toBe(true)
})

test('a name is what the document is looked for by', () => {
  expect(readHappening('when a document called "the menu" is uploaded, read it')).toMatchObject({
    event: { filter: { path: 'data.documentName', op: 'contains', value: 'the menu' } },
    task: 'read it',
  })
})

test.each([
  'every day at 9',
  'when the moon is full howl',
  'tell me when the next meeting is',
  'documents',
  'every day at 9 tell me if a run failed',
])('%s: names no event', (words) => expect(readHappening(words)).toBeNull())
