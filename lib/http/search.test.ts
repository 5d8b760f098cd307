/** One search over all that a workspace has, and over nothing else. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seconds } from '../clock.ts'
import type { Hit } from '../contract/search.ts'
import { type World, world } from './testing/world.ts'

let it: World
beforeAll(async () => {
  it = await world()
  const make = (path: string, body: object, slug = 'demo', as = it.ada) => {
    it.clock.advance(seconds(1))
    return it.ask('POST', `/workspace/${slug}/${path}`, { as, body })
  }
  await make('documents', { name: 'Prices', text: 'A red bell costs 40 crowns, or 100%.' })
  await make('triggers', {
    name: 'Bell watch',
    agentId: 'test-agent',
    cronExpression: '0 9 * * *',
    description: 'red',
  })
  await make('triggers/1/run', {})
  await make('messages', { text: 'The RED bell is broken' })
  await make('messages', { text: 'The bell is not green, and red is the door' })
  await make('messages', { text: 'Their red bell' }, 'other', it.cleo)
})
afterAll(() => it.close())

const search = async (query: string) => {
  const answer = await it.ask('GET', `/workspace/demo/search?${query}`, { as: it.ben })
  return { ...answer, hits: (answer.body.hits ?? []) as Hit[] }
}
const titles = async (query: string) =>
  (await search(query)).hits.map(({ kind, title }) => `${kind}: ${title}`)

test('what has all the words is found, the newest first, wherever it stands', async () => {
  expect(await titles('q=red%20bell')).toEqual([
    'message: Ada',
    'message: Ada',
    'trigger: Bell watch',
    'document: Prices',
  ])
  expect(await titles('q=bell&in=executions,triggers')).toEqual([
    'execution: Bell watch',
    'trigger: Bell watch',
  ])
})

test('a phrase stands together, and every sign means itself', async () => {
  const [only, ...more] = (await search(`q=${encodeURIComponent('"red bell"')}&in=messages`)).hits
  expect([only?.snippet, more]).toEqual(['The RED bell is broken', []])
  expect(await titles(`q=${encodeURIComponent('100%')}`)).toEqual(['document: Prices'])
  expect(await titles(`q=${encodeURIComponent('_e')}`)).toEqual([])
})

test('a page goes on where the one before it ended', async () => {
  const first = await search('q=bell&limit=2')
  const second = await search(`q=bell&limit=2&cursor=${first.body.nextCursor}`)
  const third = await search(`q=bell&limit=2&cursor=${second.body.nextCursor}`)
  const kinds = [first, second, third].map(({ hits }) => hits.map(({ kind }) => kind))
  expect(kinds).toEqual([['message', 'message'], ['execution', 'trigger'], ['document']])
  expect(third.body.nextCursor).toBeNull()
})

test('a span bounds it, and what is deleted is not found', async () => {
  const [newest] = (await search('q=red&in=messages')).hits
  expect((await search(`q=red&in=messages&to=${newest?.at}`)).hits).toHaveLength(1)
  expect((await search(`q=red&in=messages&from=${newest?.at}`)).hits).toHaveLength(1)
  await it.ask('DELETE', `/workspace/demo/messages/${newest?.id}`, { as: it.ada })
  expect((await search('q=red&in=messages')).hits).toHaveLength(1)
})

test('too little, too much and unknown places are refused', async () => {
  for (const query of ['q=a', `q=${'a'.repeat(201)}`, 'q=bell&in=people', '', 'q=%22%22'])
    expect([query, (await search(query)).status]).toEqual([query, 422])
  expect((await search('q=bell&cursor=x')).status).toBe(400)
})
