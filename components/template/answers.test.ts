import { expect, test } from 'vitest'
import { z } from 'zod'
import { fieldsOf } from '#components/schedule/context/schema.ts'
import { templates } from '#lib/templates/index.ts'
import { asOfContext, usualAnswers } from './answers.ts'

test.each(templates)('the form of $id opens with answers that it takes, in the zone of the reader', (it) => {
  const fields = fieldsOf(z.toJSONSchema(it.input, { io: 'input' }))
  const answers = usualAnswers(fields, 'Asia/Tokyo')
  const { when } = it.input.parse({ ...it.example, ...answers })
  expect(when).toMatchObject({ timezone: 'Asia/Tokyo' })
})

test('what the server refuses stands at the field that was filled in', () => {
  expect(asOfContext({ 'input.when.time': 'a', input: 'b', cronExpression: 'c' })).toEqual({
    'context.when.time': 'a',
    context: 'b',
    cronExpression: 'c',
  })
})
