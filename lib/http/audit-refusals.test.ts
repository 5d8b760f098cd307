/** What is refused leaves no entry, what the account library changes leaves one: on both databases. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Store } from '#db/store.ts'
import { stores } from '#db/testing/stores.ts'
import { days } from '#lib/clock.ts'
import type { Method } from './door.ts'
import { PASSWORD, type World, world } from './testing/world.ts'

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
    it.ben = await it.signIn('ben@example.com')
    expect(entries).toEqual(['member.update', 'me.sessions.delete', 'member.delete'])
  })

  test('a new password of one’s own is on record, and one that was refused is not', async () => {
    const change = (currentPassword: string) => ({
      as: it.cleo,
      body: { currentPassword, newPassword: 'another horse entirely' },
    })
    // So old that a look at it makes it last longer.
    await store.q.update(store.t.session).set({ expiresAt: new Date(Date.now() + days(1)) })
    const refused = await since(() => it.ask('POST', '/auth/change-password', change('wrong horse')))
    expect(refused).toEqual([])
    const made = await since(() => it.ask('POST', '/auth/change-password', change(PASSWORD)))
    expect(made).toEqual(['me.password'])
    const [entry] = (await it.ask('GET', '/audit?limit=1', { as: reader })).body.entries as object[]
    expect(entry).toMatchObject({
      ...{ actor: { kind: 'person', name: 'Cleo' }, via: 'web', workspace: null, changes: [] },
      object: { kind: 'me', id: null, name: null },
    })
  })

  test('so is one by a link, in the name of whose account it is', async () => {
    const ben = await idOf(it.ben)
    const { link } = (await it.ask('POST', `/accounts/${ben}/password-link`, { as: reader })).body
    const token = new URL(String(link)).searchParams.get('token')
    const reset = () =>
      it.ask('POST', '/password-resets', { body: { token, password: 'a fresh horse entirely' } })
    expect(await since(reset)).toEqual(['me.password'])
    const [entry] = (await it.ask('GET', '/audit?limit=1', { as: reader })).body.entries as object[]
    expect(entry).toMatchObject({ actor: { kind: 'person', id: ben, name: 'Ben' }, via: 'web' })
    expect(await since(reset)).toEqual([])
  })

  test('so are one’s other sessions that are ended, and signing in and out are not', async () => {
    const one = await it.signIn('root@example.com')
    const [ended, out] = [
      await since(() => it.ask('POST', '/auth/revoke-other-sessions', { as: one, body: {} })),
      await since(() => it.ask('POST', '/auth/sign-out', { as: one, body: {} })),
    ]
    expect([ended, out]).toEqual([['me.sessions.delete'], []])
  })
})
