import { assert as check, property as fact, integer } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type HandClock, handClock, seconds } from '../clock.ts'
import type { Post } from '../contract/trigger.ts'
import { closingStep, createTranscript, MOST_SAID, stepNumber, type Transcript } from './transcript.ts'

type Recorded = Parameters<Parameters<typeof createTranscript>[0]['record']>[0]

function begin(post: Post = 'always'): { clock: HandClock; transcript: Transcript; recorded: Recorded[] } {
  const clock = handClock('2026-03-01T09:00:00Z')
  const recorded: Recorded[] = []
  const transcript = createTranscript({
    clock,
    told: { executionId: 7, triggerId: 3, triggerName: 'Morning' },
    post,
    fence: 1,
    record: (it) => void recorded.push(it),
  })
  return { clock, transcript, recorded }
}

describe('numbers of steps', () => {
  const closing = (fence: number) => closingStep(fence, new Date(0), { kind: 'crash', text: '' }).n
  const claim = integer({ min: 1, max: 10_000 })
  const place = integer({ min: 1, max: MOST_SAID })

  test('are unique and in order, within a claim and over all claims of an execution', () => {
    check(
      fact(claim, place, claim, place, (fence, first, otherFence, other) => {
        const before = fence < otherFence || (fence === otherFence && first < other)
        return stepNumber(fence, first) < stepNumber(otherFence, other) === before
      }),
    )
  })

  test('the closing step stands behind all that a claim can say, and before what the next one says', () => {
    check(
      fact(claim, (fence) => {
        return closing(fence) > stepNumber(fence, MOST_SAID) && closing(fence) < stepNumber(fence + 1, 1)
      }),
    )
  })

  // Earlier versions numbered by attempts, 1010 each; an execution has at least as many claims as attempts.
  test.each([1, 2, 20])('what goes on after an upgrade stands behind what attempt %i had said', (attempt) =>
    expect(stepNumber(attempt + 1, 1)).toBeGreaterThan(attempt * 1010),
  )
})

describe('what is being written', () => {
  test('is shown live, a few times a second at most, and kept nowhere', () => {
    const { clock, transcript, recorded } = begin()
    transcript.write('Half')
    transcript.write('Half a sen')
    clock.advance(300)
    for (const text of ['Half a sentence', 'Half a sentence.']) transcript.write(text)
    clock.advance(300)
    expect(recorded).toMatchObject([
      { events: ['schedule:started', 'chat'], message: { text: 'Half a sen' }, steps: [] },
      { events: ['execution:progress'], message: { text: 'Half a sentence.' }, steps: [] },
    ])
    clock.advance(seconds(5))
    expect(recorded).toHaveLength(2)
    transcript.write('More')
    expect(transcript.close()).toEqual([])
  })

  test('gives way to what is said after it, and is told nobody where the chat hears nothing', () => {
    const { clock, transcript, recorded } = begin()
    transcript.write('Half')
    transcript.say('Whole')
    clock.advance(300)
    expect(recorded).toMatchObject([{ message: { text: 'Whole' }, steps: [{ text: 'Whole' }] }])
    const quiet = begin('on_failure')
    quiet.transcript.write('Half')
    quiet.clock.advance(300)
    quiet.transcript.write('More')
    quiet.clock.advance(300)
    expect(quiet.recorded).toMatchObject([{ events: ['schedule:started'], message: null }])
  })
})

describe('what is said', () => {
  test('is told together after a moment, and the announcement takes it along', () => {
    const { clock, transcript, recorded } = begin()
    transcript.say('one')
    transcript.say('two', { a: 1 })
    expect(recorded).toEqual([])
    clock.advance(300)
    transcript.say('three')
    clock.advance(seconds(1))
    expect(recorded).toMatchObject([
      {
        events: ['schedule:started', 'chat'],
        message: { text: 'two' },
        steps: [
          { n: 1, kind: 'step', text: 'one' },
          { n: 2, text: 'two', data: { a: 1 } },
        ],
      },
      { events: ['execution:progress'], message: { text: 'three' }, steps: [{ n: 3, text: 'three' }] },
    ])
  })

  test('a run that only takes its time is announced, once', () => {
    const { transcript, recorded } = begin()
    expect(transcript.announced).toBe(false)
    transcript.announce()
    transcript.announce()
    expect(transcript.announced).toBe(true)
    expect(recorded).toMatchObject([{ message: { text: 'Running …' }, steps: [] }])
  })

  test.each<Post>(['on_change', 'on_failure', 'when_notable'])(
    'under "%s" it is kept, and not shown',
    (post) => {
      const { clock, transcript, recorded } = begin(post)
      transcript.say('one')
      clock.advance(seconds(1))
      expect(recorded).toMatchObject([
        { events: ['schedule:started'], message: null, steps: [{ text: 'one' }] },
      ])
    },
  )

  test('after its end nothing more is said, and what was not told yet is handed over', () => {
    const { clock, transcript, recorded } = begin()
    transcript.say('one')
    expect(transcript.close()).toMatchObject([{ n: 1, text: 'one' }])
    transcript.say('two')
    transcript.announce()
    clock.advance(seconds(1))
    expect(transcript.close()).toEqual([])
    expect(recorded).toEqual([])
  })

  test(`more than ${MOST_SAID} steps are not kept`, () => {
    const { transcript } = begin()
    for (let i = 0; i < MOST_SAID + 5; i++) transcript.say(`step ${i}`)
    const steps = transcript.close()
    expect(steps).toHaveLength(MOST_SAID)
    expect(steps.at(-1)?.n).toBe(MOST_SAID)
  })
})
