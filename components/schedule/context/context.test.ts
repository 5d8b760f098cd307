import { expect, test } from 'vitest'
import { catalogue } from '#lib/agents/index.ts'
import { chosen, contextDraft, contextErrors, obstacle, turned, typed, typedJson, valueAt } from './draft.ts'
import { type Control, type ContextField, fieldsOf, fitting, readText, textOf } from './schema.ts'

const agents = await catalogue.list(1)
const schemaOf = (id: string) => agents.find((it) => it.id === id)?.input ?? {}
const flat = (fields: readonly ContextField[]): ContextField[] =>
  fields.flatMap((it) => (it.control.kind === 'group' ? [it, ...flat(it.control.fields)] : [it]))
const controlsOf = (id: string) =>
  Object.fromEntries(flat(fieldsOf(schemaOf(id))).map((it) => [it.path.join('.'), it.control.kind]))

test('each kind of a schema has its control', () => {
  expect(controlsOf('test-agent')).toEqual({
    does: 'choice',
    durationMs: 'number',
    text: 'prose',
    steps: 'json',
    tokens: 'number',
    transient: 'flag',
  })
  expect(controlsOf('webhook-caller')).toMatchObject({
    url: 'line',
    method: 'choice',
    headers: 'json',
    body: 'mixed',
    expect: 'group',
    'expect.status': 'mixed',
    'expect.json': 'json',
  })
  expect(controlsOf('maintenance')).toMatchObject({ tasks: 'choices', archiveAfterDays: 'number' })
  expect(controlsOf('summary-agent')).toMatchObject({
    dateRange: 'line',
    includeSections: 'list',
    instructions: 'prose',
    includeMetrics: 'flag',
  })
})

test('a field knows its name in words, what it is for and whether it is needed', () => {
  const [url] = fieldsOf(schemaOf('webhook-caller'))
  expect(url).toMatchObject({
    label: 'URL',
    required: true,
    hint: 'Where to call; private addresses are refused.',
  })
})

test('a schema may name its fields and choices, and ask for a time and a zone', () => {
  const labels = { a: 'First', b: 'Second' }
  const fields = fieldsOf({
    properties: {
      which: { type: 'string', enum: ['a', 'b'], title: 'Which one', labels },
      all: { type: 'array', items: { type: 'string', enum: ['a', 'b'] }, labels },
      at: { type: 'string', format: 'time' },
      place: { type: 'string', format: 'timezone', maxLength: 64 },
    },
  })
  expect(fields.map(({ label, control }) => [label, control])).toEqual([
    ['Which one', { kind: 'choice', choices: ['a', 'b'], labels }],
    ['All', { kind: 'choices', choices: ['a', 'b'], labels }],
    ['At', { kind: 'time' }],
    ['Place', { kind: 'zone' }],
  ])
})

test.each(agents)(
  'every value of the example of $id is shown and read back unchanged',
  ({ input, example }) => {
    for (const { path, control } of flat(fieldsOf(input))) {
      const value = valueAt(example, path)
      const fitted = fitting(control, value)
      if (['group', 'flag', 'choice', 'choices'].includes(fitted.kind)) continue
      expect(readText(fitted, textOf(fitted, value))).toEqual({ ok: true, value })
    }
  },
)

test('a value of another kind than expected is edited as JSON', () => {
  expect(fitting({ kind: 'line' }, 5)).toEqual({ kind: 'json' })
  expect(fitting({ kind: 'list' }, ['two\nlines'])).toEqual({ kind: 'json' })
  expect(fitting({ kind: 'line' }, 'five')).toEqual({ kind: 'line' })
})

test.each([
  ['2xx', '2xx'],
  ['204', 204],
  ['[200, 204]', [200, 204]],
  ['{"a": 1}', { a: 1 }],
  ['"204"', '204'],
  ['true story', 'true story'],
])('the text %s means %j, and is shown again', (text, value) => {
  const control: Control = { kind: 'mixed', long: false }
  expect(readText(control, text)).toEqual({ ok: true, value })
  expect(readText(control, textOf(control, value))).toEqual({ ok: true, value })
})

test('what begins like JSON and is not is refused rather than taken for a text', () => {
  expect(readText({ kind: 'mixed', long: true }, '{"a": 1').ok).toBe(false)
})

const NUMBER: Control = { kind: 'number', least: undefined, most: undefined }

test('a text that cannot be read is kept, says why, and changes no value', () => {
  const draft = typed(contextDraft({ steps: 3 }), ['steps'], { kind: 'json' }, '[1,')
  expect(draft.texts.steps?.text).toBe('[1,')
  expect(draft.value).toEqual({ steps: 3 })
  expect(contextErrors(draft)['context.steps']).toMatch(/not valid JSON/)
  expect(turned(draft)).toBe(draft)
})

test('an empty text takes the value away, and with it an empty group', () => {
  const draft = typed(
    contextDraft({ expect: { status: '2xx' }, url: 'x' }),
    ['expect', 'status'],
    { kind: 'line' },
    ' ',
  )
  expect(draft.value).toEqual({ url: 'x' })
})

test('what was set in the form stands in the JSON, and the other way round', () => {
  const asJson = turned(
    typed(chosen(contextDraft({ unknown: [1] }), ['does'], 'hang'), ['durationMs'], NUMBER, '20'),
  )
  expect(JSON.parse(asJson.json)).toEqual({ unknown: [1], does: 'hang', durationMs: 20 })
  const back = turned(typedJson(asJson, '{"does": "fail"}'))
  expect(back).toMatchObject({ mode: 'form', value: { does: 'fail' } })
})

test.each(['{"a": ', '[1]', '"text"', 'null'])(
  'the JSON %s is kept and closes the way to the form',
  (json) => {
    const draft = typedJson(turned(contextDraft({ a: 1 })), json)
    expect(draft.json).toBe(json)
    expect(obstacle(draft)).toBeTruthy()
    expect(turned(draft)).toBe(draft)
    expect(contextErrors(draft).context).toBe(obstacle(draft))
  },
)
