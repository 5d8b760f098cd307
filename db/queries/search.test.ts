/** Where words stand, on both databases: by an index of words where it names few, by walking where it names many. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { keepText } from '../testing/documents.ts'
import { stores } from '../testing/stores.ts'
import type { Store } from '../store.ts'
import { search } from './search.ts'

const T0 = Date.UTC(2026, 0, 1)

describe.each(stores)('on $name', ({ open }) => {
  let opened: Awaited<ReturnType<typeof open>>
  let store: Store
  let workspaceId: number
  beforeAll(async () => {
    opened = await open()
    store = opened.store
    const { q, t } = store
    const made = await q
      .insert(t.workspaces)
      .values(['a', 'b'].map((slug) => ({ name: slug, slug, createdAt: T0 })))
      .returning({ id: t.workspaces.id })
    workspaceId = made[0]?.id as number
    const said = (text: string, at: number, more: object = {}) => ({
      ...{ workspaceId, kind: 'person' as const, prompt: text, text, authorName: 'Ada' },
      ...{ createdAt: T0 + at, updatedAt: T0 + at, ...more },
    })
    const common = Array.from({ length: 2100 }, (_, n) => said(`bell ${n}`, n))
    for (let n = 0; n < common.length; n += 700) await q.insert(t.messages).values(common.slice(n, n + 700))
    await q.insert(t.messages).values([
      said('The RED bell, at café.example.com', 5000),
      // Later written, and of an earlier time.
      said('red: bell_tower (100%)', 4000),
      said('The bell is red', 6000),
      said('ベルが赤い', 7000),
      said('red bell', 8000, { workspaceId: made[1]?.id }),
      said('red bell', 9000, { include: false }),
    ])
    const text = { workspaceId, name: 'Prices', content: 'A red bell costs 40 crowns', by: 'ada' }
    await keepText(store, text, new Date(T0 + 3000))
  })
  afterAll(() => opened.close())

  const found = async (...terms: string[]) =>
    (
      await search(store, workspaceId, {
        ...{ terms, within: ['messages', 'documents'], before: null, from: null, to: null, limit: 3 },
      })
    ).map((it) => it.text)

  test('all of the terms, the newest first, by when it was said', async () => {
    expect(await found('red', 'bell')).toEqual([
      'The bell is red',
      'The RED bell, at café.example.com',
      'red: bell_tower (100%)',
    ])
  })

  test('a phrase stands together, every sign means itself, and a word is known by its beginning', async () => {
    expect(await found('red bell')).toEqual([
      'The RED bell, at café.example.com',
      'A red bell costs 40 crowns',
    ])
    expect(await found('100%')).toEqual(['red: bell_tower (100%)'])
    expect(await found('bell_', 'tow')).toEqual(['red: bell_tower (100%)'])
    expect(await found('example.co', 'caf')).toEqual(['The RED bell, at café.example.com'])
    expect(await found('red be')).toEqual(['The RED bell, at café.example.com', 'A red bell costs 40 crowns'])
    expect(await found('crow', "bell' or 'x")).toEqual([])
    expect(await found('(100%)')).toEqual(['red: bell_tower (100%)'])
  })

  test('what no index has, and what it names often, is found as well', async () => {
    expect(await found('赤')).toEqual(['ベルが赤い'])
    expect(await found('%)')).toEqual(['red: bell_tower (100%)'])
    expect(await found('bell')).toEqual([
      'The bell is red',
      'The RED bell, at café.example.com',
      'red: bell_tower (100%)',
    ])
  })
})
