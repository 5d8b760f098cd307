import { expect, test } from 'vitest'
import { saysWhoIsNamed } from './named.ts'

const agent = (id: string, name: string, converses = true) => ({ id, name, converses })
const known = {
  agents: [
    agent('helper', 'Helper'),
    agent('lookout', 'Night lookout'),
    agent('summary-agent', 'Summary', false),
  ],
  people: [
    { userId: 'ada', name: 'Ada Lovelace' },
    { userId: 'ben', name: 'Ben' },
    { userId: 'cleo', name: 'Cleo' },
  ],
  me: 'ada',
}

test.each([
  ['@helper how are you?', 'Helper is asked, and answers below your message.'],
  ['@Helper and @night lookout', 'Helper and Night lookout are asked, and answer below your message.'],
  ['@nobody how are you?', 'Nobody here is called @nobody. No agent answers.'],
  ['Hello @nobody, @anyone', 'Nobody here is called @nobody or @anyone. No agent answers.'],
  ['@ben look', 'Ben is told. No agent answers.'],
  ['@ben @cleo look', 'Ben and Cleo are told. No agent answers.'],
  ['@ben ask @helper', 'Helper is asked, and answers below your message. Ben is told.'],
  ['@summary-agent why?', 'Summary does one task and cannot talk.'],
  ['@helper @nobody', 'Helper is asked, and answers below your message. Nobody here is called @nobody.'],
  // One is not told of one's own words.
  ['@ada', 'No agent answers.'],
  // It may become a name yet.
  ['Hello @', 'No agent answers.'],
  ['Hello @hel', 'No agent answers.'],
  ['@night', 'No agent answers.'],
  ['@night watch', 'Nobody here is called @night. No agent answers.'],
])('%s: %s', (text, says) => expect(saysWhoIsNamed(text, known)).toBe(says))

test('below a result its agent answers where no other is named', () => {
  const answers = 'The agent of this result is asked.'
  expect(saysWhoIsNamed('@ben look', { ...known, answers })).toBe(`Ben is told. ${answers}`)
  expect(saysWhoIsNamed('@helper look', { ...known, answers })).not.toContain(answers)
})
