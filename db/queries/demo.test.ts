/** What bringing the demo over must never cost whoever works here meanwhile. The demo itself: `scripts/demo`. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Store } from '../store.ts'
import { type Opened, stores } from '../testing/stores.ts'
import * as demo from './demo.ts'

const document = (workspaceId: number, id?: number) => ({
  ...{ workspaceId, name: `Paper ${id ?? ''}`, content: '', bytes: 0, createdAt: 0, createdBy: 'ada' },
  ...(id !== undefined && { id }),
})
const message = (workspaceId: number, id?: number) => ({
  ...{ workspaceId, kind: 'person' as const, prompt: '', text: 'Hello', authorName: 'Ada' },
  ...{ createdAt: 0, updatedAt: 0, ...(id !== undefined && { id }) },
})
const workspace = (slug: string, id?: number) => ({ name: slug, slug, createdAt: 0, ...(id && { id }) })

describe.each(stores)('on $name', ({ open }) => {
  let here: Opened
  let elsewhere: Opened
  let made: Store
  let home: number
  beforeAll(async () => {
    here = await open()
    elsewhere = await (stores[0] as (typeof stores)[number]).open()
    made = elsewhere.store
    await made.q.insert(made.t.workspaces).values(workspace('demo', 20))
    await made.q.insert(made.t.documents).values([2, 3, 4].map((id) => document(20, id)))
    await made.q.insert(made.t.messages).values([1, 2].map((id) => message(20, id)))
    const { store } = here
    const [row] = await store.q.insert(store.t.workspaces).values(workspace('home')).returning()
    home = row?.id as number
    await store.q.insert(store.t.documents).values(document(home))
    await store.q.insert(store.t.messages).values(message(home))
  })
  afterAll(() => Promise.all([here.close(), elsewhere.close()]))

  test('a copy that breaks off half way takes no id from what is made afterwards', async () => {
    const { store } = here
    // The first message of the demo has an id that one has here.
    await expect(demo.copy(store, made, 20)).rejects.toThrow()
    const ids: number[] = []
    for (let n = 0; n < 3; n++) {
      const [row] = await store.q.insert(store.t.documents).values(document(home)).returning()
      ids.push(row?.id as number)
    }
    expect(ids).toEqual([5, 6, 7])
  })

  test('of several servers that are asked for it at one moment one makes it', async () => {
    const { store, second } = here
    const at = (n: number) => ({ progress: 0, atMs: n, problem: null })
    // What is asked for later says so: nobody writes what another has seen.
    const race = async (seen: object | null, fromMs: number) => {
      const all = [store, second, store, second].map((it, n) => demo.begin(it, seen, at(fromMs + n)))
      return (await Promise.all(all)).filter(Boolean).length
    }
    expect(await race(await demo.making(store), 0)).toBe(1)
    expect(await race(await demo.making(store), 10)).toBe(1)
    expect(await demo.begin(second, null, at(20))).toBe(false)
  })

  test('there is room above what is here, also where nothing is yet', async () => {
    const taken = await demo.takenIds(here.store)
    expect(taken.triggers).toBeGreaterThan(0)
    expect(taken.documents).toBeGreaterThan(7)
  })
})
