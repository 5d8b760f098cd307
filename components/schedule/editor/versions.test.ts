import { expect, test } from 'vitest'
import type { Body } from './draft.ts'
import { theyChangedForm, versionsOf } from './versions.ts'

const body = (change: object = {}) =>
  ({ name: 'Report', agentId: 'a', cronExpression: '0 9 * * *', ...change }) as Body

test('of each field that anybody changed both versions are told, and which of them are contested', () => {
  const mine = body({ name: 'Mine', cronExpression: '0 8 * * *' })
  const theirs = body({ cronExpression: '0 7 * * *', agentId: 'b' })
  expect(versionsOf(body(), mine, theirs)).toEqual([
    { field: 'name', before: 'Report', mine: 'Mine', theirs: 'Report', isContested: false },
    { field: 'agentId', before: 'a', mine: 'a', theirs: 'b', isContested: false },
    {
      field: 'cronExpression',
      before: '0 9 * * *',
      mine: '0 8 * * *',
      theirs: '0 7 * * *',
      isContested: true,
    },
  ])
  expect(versionsOf(body(), body(), body())).toEqual([])
  const same = body({ name: 'Both' })
  expect(versionsOf(body(), same, same)).toMatchObject([{ field: 'name', isContested: false }])
})

test('a pause is no change of the form, and is told all the same', () => {
  const on = { enabled: true, pausedReason: null, pausedUntil: null }
  const off = { enabled: false, pausedReason: 'Holiday', pausedUntil: null }
  const mine = body({ name: 'Mine' })
  const all = versionsOf({ ...body(), ...on }, { ...mine, ...on }, { ...body(), ...off })
  expect(all.map((it) => [it.field, it.theirs])).toEqual([
    ['name', 'Report'],
    ['enabled', false],
    ['pausedReason', 'Holiday'],
  ])
  expect(theyChangedForm(all)).toBe(false)
  expect(theyChangedForm(versionsOf(body(), mine, body({ cronExpression: '0 7 * * *' })))).toBe(true)
})
