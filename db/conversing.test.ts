/** Transactions that are a conversation: all or nothing, and nobody else's, on both databases. */
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import * as keys from './queries/keys.ts'
import { lockWorkspaces } from './queries/story.ts'
import type { Store } from './store.ts'
import { raw } from './testing/raw.ts'
import { stores } from './testing/stores.ts'

describe.each(stores)('on $name', ({ open }) => {
  let store: Store
  let second: Store
  let close: () => Promise<void>
  let id: number
  beforeAll(async () => {
    ;({ store, second, close } = await open())
  })
  afterAll(() => close())
  beforeEach(async () => {
    await store.atomically([raw(sql`delete from workspaces`)])
    id = await add(store, 'home')
  })
  async function add(on: Store, slug: string): Promise<number> {
    const [row] = await on.q.insert(on.t.workspaces).values({ name: slug, slug, createdAt: 0 }).returning()
    return row?.id as number
  }
  const slugs = async (on: Store) => (await on.q.select().from(on.t.workspaces)).map((it) => it.slug).sort()
  const rename = (name: string) => raw(sql`update workspaces set name = ${sql.raw(`'${name}'`)}`)
  const named = async () =>
    (await store.q.select().from(store.t.workspaces).where(eq(store.t.workspaces.id, id)))[0]?.name

  test('what is asked in it, in whatever way, is kept together', async () => {
    const answer = await store.converse(async () => {
      await add(store, 'a')
      await store.atomically([lockWorkspaces([id]), rename('b')])
      // It sees what it has done; others do not.
      expect(await slugs(store)).toEqual(['a', 'home'])
      expect(await slugs(second)).toEqual(['home'])
      return 7
    })
    expect([answer, await slugs(second), await named()]).toEqual([7, ['a', 'home'], 'b'])
  })

  test('what throws leaves nothing', async () => {
    const failing = store.converse(async () => {
      await add(store, 'a')
      await store.atomically([rename('b')])
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect([await slugs(store), await named()]).toEqual([['home'], 'home'])
    await add(store, 'after')
    expect(await slugs(second)).toEqual(['after', 'home'])
  })

  test('an attempt that fails is undone by itself, whatever made it fail', async () => {
    await store.converse(async ({ attempt }) => {
      await add(store, 'a')
      const twice = attempt(async () => {
        await add(store, 'b')
        await add(store, 'a')
      })
      await expect(twice).rejects.toThrow()
      await attempt(() => add(store, 'c'))
      const inner = store.converse(async () => {
        await add(store, 'd')
        throw new Error('inner')
      })
      await expect(inner).rejects.toThrow('inner')
    })
    expect(await slugs(store)).toEqual(['a', 'c', 'home'])
  })

  test('whoever is no part of it waits or works beside it, and is not undone with it', async () => {
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
    const { promise: end, resolve: finish } = Promise.withResolvers<void>()
    const talk = store.converse(async () => {
      await add(store, 'mine')
      begin()
      await end
      throw new Error('undone')
    })
    await begun
    const others = add(store, 'theirs')
    finish()
    await expect(talk).rejects.toThrow('undone')
    await others
    expect(await slugs(store)).toEqual(['home', 'theirs'])
  })

  test('two come one after another, each on what the other has left', async () => {
    const count = () =>
      store.converse(async () => {
        await store.atomically([lockWorkspaces([id])])
        const name = (await named()) ?? ''
        await store.atomically([rename(`${name}x`)])
      })
    await Promise.all([count(), count(), count()])
    expect(await named()).toBe('homexxx')
  })

  test('a key has one holder; what is gone holds none, and what was never made not for long', async () => {
    const now = new Date('2026-03-01T09:00:00Z')
    const later = new Date(now.getTime() + 61_000)
    const scope = { workspaceId: id, kind: 'calendar' as const }
    const [row] = await store.q
      .insert(store.t.calendars)
      .values({ workspaceId: id, name: 'x', createdBy: 'ada', createdAt: 0, updatedAt: 0 })
      .returning()
    const objectId = row?.id as number
    expect(await keys.hold(store, scope, 'days', now)).toBe(true)
    expect(await keys.hold(second, scope, 'days', now)).toBe(false)
    expect(await keys.hold(store, scope, 'days', later)).toBe(true)
    await keys.bind(store, scope, 'days', objectId)
    expect(await keys.hold(store, scope, 'days', later)).toBe(false)
    expect(await keys.hold(store, { ...scope, kind: 'source' }, 'days', later)).toBe(true)
    expect(await keys.keysOf(store, scope, [objectId, objectId + 1])).toEqual(new Map([[objectId, 'days']]))
    expect(await keys.rename(store, scope, { key: 'other', objectId, now })).toBe(true)
    expect(await keys.behind(store, scope, 'other')).toBe(objectId)
    await store.q.delete(store.t.calendars)
    expect(await keys.behind(store, scope, 'other')).toBeNull()
    expect(await keys.hold(store, scope, 'other', now)).toBe(true)
  })
})
