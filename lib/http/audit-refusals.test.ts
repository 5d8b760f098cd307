/** What is refused leaves no entry: on both databases. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Store } from '#db/store.ts'
import { stores } from '#db/testing/stores.ts'
import type { Method } from './door.ts'
import { type World, world } from './testing/world.ts'

describe.each(stores)('on $name', ({ open }) => {
  let it: World
  let store: Store
  let close: () => Promise<void>
  let ada: string
  let reader: string
  beforeAll(async () => {
    ;({ store, close } = await open())
    it = await world({}, { ...store, close: async () => {} })
    ada = await idOf(it.ada)
    reader = await it.key('admin')
    // Who has made the workspace leaves it: Ada is its last admin.
    await it.ask('DELETE', `/workspace/demo/members/${await idOf(it.root)}`, { as: it.root })
  })
  afterAll(async () => {
    await it.close()
    await close()
  })
  const idOf = async (as: string) => String((await it.ask('GET', '/me', { as })).body.id)
  const recorded = async () => {
    const { body } = await it.ask('GET', '/audit', { as: reader })
    return (body.entries as { id: number; action: string }[])
      .toSorted((a, b) => a.id - b.id)
      .map((one) => one.action)
  }
  const since = async (work: () => Promise<unknown>) => {
    const before = (await recorded()).length
    await work()
    return (await recorded()).slice(before)
  }

  test.each([
    ['DELETE', () => `/workspace/demo/members/${ada}`, undefined, 409],
    ['PUT', () => `/workspace/demo/members/${ada}`, { role: 'viewer' }, 409],
    ['PUT', () => '/workspace/demo/members/nobody', { role: 'viewer' }, 404],
    ['DELETE', () => '/me/sessions/none', undefined, 404],
    ['DELETE', () => '/api-keys/999', undefined, 404],
  ] as [Method, () => string, object | undefined, number][])(
    '%s of what cannot be is refused, and not on record',
    async (method, path, body, status) => {
      const entries = await since(async () => {
        const answer = await it.ask(method, path(), { as: it.ada, body })
        expect(answer.status).toBe(status)
      })
      expect(entries).toEqual([])
    },
  )

  test('nor is an account that cannot be disabled, since it is the last that administers', async () => {
    const root = await idOf(it.root)
    const entries = await since(async () => {
      const answer = await it.ask('PUT', `/accounts/${root}`, { as: reader, body: { disabled: true } })
      expect(answer.status).toBe(409)
    })
    expect(entries).toEqual([])
  })

  test('what is done of the same is on record', async () => {
    const ben = await idOf(it.ben)
    const own = await it.ask('GET', '/me/sessions', { as: it.ben })
    const [session] = own.body.sessions as { id: string }[]
    const entries = await since(async () => {
      await it.ask('PUT', `/workspace/demo/members/${ben}`, { as: it.ada, body: { role: 'viewer' } })
      await it.ask('DELETE', `/me/sessions/${session?.id}`, { as: it.ben })
      await it.ask('DELETE', `/workspace/demo/members/${ben}`, { as: it.ada })
    })
    expect(entries).toEqual(['member.update', 'me.sessions.delete', 'member.delete'])
  })
})
