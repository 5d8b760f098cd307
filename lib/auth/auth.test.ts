/** People and keys on both databases: who gets in, how far, and when it ends. */
import { sql } from 'drizzle-orm'
import pino from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Store } from '#db/store.ts'
import { raw } from '#db/testing/raw.ts'
import { stores } from '#db/testing/stores.ts'
import { days, handClock, type HandClock, minutes } from '#lib/clock.ts'
import type { Role } from '#lib/contract/fields.ts'
import { readEnv } from '#lib/env.ts'
import { bind, type Bound } from '#lib/verbs/deps.ts'
import * as people from '#lib/verbs/people.ts'
import { type Actor, type Auth, createAuth } from './index.ts'
import { createKeyFor } from './keys.ts'

const PASSWORD = 'correct horse'
const SYSTEM = { kind: 'system', id: 'tests', name: 'Tests' } as const
const wipe = ['"user"', 'workspaces', 'api_keys', 'idempotency_keys', "settings where name <> 'views'"].map(
  (rows) => raw(sql`delete from ${sql.raw(rows)}`),
)

describe.each(stores)('on $name', ({ open }) => {
  let store: Store
  let close: () => Promise<void>
  let clock: HandClock
  let log: string[]
  let auth: Auth
  let members: Bound<typeof people>

  const SECRETS = {
    JWT_SECRET: 'a secret of these tests, long enough',
    SIG_KEY: 'a key of these tests, long enough',
    SIG_SALT: 'a salt of these tests, long enough',
  }
  const build = (given: Record<string, string> = {}, secrets: Partial<typeof SECRETS> = {}, own = clock) => {
    const written = { write: (line: string) => void log.push(line) }
    return createAuth({
      store,
      env: readEnv({ NODE_ENV: 'test', ...given }),
      clock: own,
      log: pino({ level: 'trace' }, written),
      secrets: { ...SECRETS, ...secrets },
    })
  }

  beforeAll(async () => {
    ;({ store, close } = await open())
  })
  afterAll(() => close())
  beforeEach(async () => {
    await store.atomically(wipe)
    clock = handClock(new Date())
    log = []
    members = bind({ store, clock }, people)
    auth = build({ ADMIN_EMAIL: 'Ada@example.com', ADMIN_PASSWORD: PASSWORD })
    await auth.boot()
  })

  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    auth.handler(
      new Request(`http://localhost:3001/api/auth${path}`, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: {
          'content-type': 'application/json',
          host: 'localhost:3001',
          origin: 'http://localhost:3001',
          ...headers,
        },
      }),
    )
  const signIn = (email: string, password = PASSWORD, headers: Record<string, string> = {}) =>
    post('/sign-in/email', { email, password }, headers)
  const cookieOf = (response: Response) =>
    response.headers
      .getSetCookie()
      .map((it) => it.split(';')[0])
      .join('; ')
  async function personWith(email: string, password = PASSWORD): Promise<Actor> {
    const actor = await auth.actorOf(new Headers({ cookie: cookieOf(await signIn(email, password)) }))
    if (!actor) throw new Error(`${email} could not sign in.`)
    return actor
  }
  const ada = () => personWith('ada@example.com')
  const tokenIn = (link: string) => new URL(link).searchParams.get('token') ?? ''
  async function invited(name: string, role: Role, slug = 'my-workspace'): Promise<Actor> {
    const email = `${name.toLowerCase()}@example.com`
    const workspace = await auth.authorise(await ada(), slug, 'admin')
    const { link } = await auth.invitations.invite(workspace.id, { email, role }, await ada())
    await auth.invitations.join({ token: tokenIn(link), name, password: PASSWORD })
    return personWith(email)
  }
  const status = (act: Promise<unknown>) =>
    act.then(
      () => 200,
      (error: { problem?: { status: number } }) => error.problem?.status ?? 500,
    )
  const dump = async () => {
    const tables = [
      'user',
      'session',
      'account',
      'verification',
      'api_keys',
      'invitations',
      'settings',
      'idempotency_keys',
      'members',
    ]
    const all = tables.map((table) => store.all(raw(sql`select * from ${sql.raw(`"${table}"`)}`)))
    return JSON.stringify(await Promise.all(all))
  }

  test('servers that sign with different secrets are noticed, and one secret for all is fine', async () => {
    const [first, same] = [build(), build()]
    const [other, third] = [
      build({}, { JWT_SECRET: 'another secret, which is as long' }),
      build({}, { SIG_SALT: 'another salt, which is as long as that' }),
    ]
    const apart = (...all: Auth[]) =>
      Promise.all(all.map(async (it) => (await it.otherSecrets()).map((words) => words.split(':')[0])))
    const ends = [await first.leaveMark(), await same.leaveMark()]
    expect(await apart(first, same)).toEqual([[], []])
    ends.push(await other.leaveMark())
    // On a file, no other server can be.
    const jwt = store.shared ? ['another JWT_SECRET'] : []
    expect(await apart(first, same, other)).toEqual([jwt, jwt, jwt])
    ends.push(await third.leaveMark())
    const sig = store.shared ? ['another SIG_KEY or SIG_SALT'] : []
    expect(await apart(first, third)).toEqual([
      [...jwt, ...sig],
      [...jwt, ...sig],
    ])
    for (const end of ends) end()
    // A server that was killed says nothing more, and is gone after a while.
    const killed = build({}, { JWT_SECRET: 'another secret, which is as long' }, handClock(clock.now()))
    await killed.leaveMark()
    expect(await apart(first)).toEqual([jwt])
    clock.advance(minutes(3) + 1)
    expect(await apart(first)).toEqual([[]])
    expect(JSON.stringify(await store.q.select().from(store.t.settings))).not.toContain(
      'secret of these tests',
    )
  })

  test('the administrator of the environment is made once, and signs in', async () => {
    await auth.boot()
    expect(await auth.setUpNeeded()).toBe(false)
    expect(await auth.setUpLink()).toBeNull()
    expect(await ada()).toMatchObject({ kind: 'person', email: 'ada@example.com', installationAdmin: true })
    expect((await auth.workspaces.list(await ada())).map((it) => [it.slug, it.role])).toEqual([
      ['my-workspace', 'admin'],
    ])
  })

  test('without one, a link makes the first administrator, once', async () => {
    await store.atomically(wipe)
    auth = build()
    await auth.boot()
    const old = tokenIn((await auth.setUpLink()) ?? '')
    const token = tokenIn((await auth.setUpLink()) ?? '')
    const person = { name: 'Ada', email: 'ada@example.com', password: PASSWORD }
    expect(await status(auth.setUp({ ...person, token: old }))).toBe(403)
    expect(await status(auth.setUp({ ...person, token: 'null' }))).toBe(403)
    expect(await dump()).not.toContain(token)
    const answers = await Promise.all([
      status(auth.setUp({ ...person, token })),
      status(auth.setUp({ ...person, token, email: 'eve@example.com' })),
    ])
    expect(answers.sort()).toEqual([200, 403])
    expect(await status(auth.setUp({ ...person, token, email: 'eve@example.com' }))).toBe(403)
    expect(await auth.setUpNeeded()).toBe(false)
  })

  test('an unknown account and a wrong password look the same', async () => {
    const [unknown, wrong] = [
      await signIn('nobody@example.com', 'wrong wrong'),
      await signIn('ada@example.com', 'wrong wrong'),
    ]
    expect([unknown.status, wrong.status]).toEqual([401, 401])
    expect(await unknown.text()).toBe(await wrong.text())
    expect(wrong.headers.get('content-type')).toBe('application/problem+json')
  })

  test('guessing is stopped for an account from many networks, and for a network over many accounts', async () => {
    const guess = async (n: number, email: string, network: string) =>
      (await signIn(email, `wrong guess ${n}`, { 'x-carillon-client': network })).status
    const answers = []
    for (let n = 0; n < 11; n++) answers.push(await guess(n, 'Ada@example.com', `2001:db8:${n}::1`))
    expect(answers).toEqual([...Array(10).fill(401), 429])
    expect((await signIn('ada@example.com')).status).toBe(429)
    clock.advance(minutes(10))
    expect((await signIn('ada@example.com')).status).toBe(200)

    const sprayed = []
    for (let n = 0; n < 51; n++)
      sprayed.push(
        (
          await post(
            '/sign-in/email',
            { email: `no address ${n}`, password: 'x' },
            { 'x-carillon-client': `2001:db8:1:1::${n}` },
          )
        ).status,
      )
    expect(sprayed.at(-2)).not.toBe(429)
    expect(sprayed.at(-1)).toBe(429)
  })

  test('what would be guessed at once is no password', async () => {
    const cookie = cookieOf(await signIn('ada@example.com'))
    for (const newPassword of ['aaaaaaaa', 'abababab', 'ada@example.com', 'ADA@example.com']) {
      const answer = await status(
        post('/change-password', { currentPassword: PASSWORD, newPassword }, { cookie }),
      )
      expect([newPassword, answer]).toEqual([newPassword, 422])
    }
  })

  test('strangers lock nobody out who has signed in from here before, and nobody clears the tries of another', async () => {
    const home = { 'x-carillon-client': '2001:db8:aaaa::1' }
    const guess = async (n: number) =>
      (await signIn('ada@example.com', `wrong guess ${n}`, { 'x-carillon-client': `2001:db8:${n}::1` }))
        .status
    expect((await signIn('ada@example.com', PASSWORD, home)).status).toBe(200)
    clock.advance(minutes(10))
    for (let n = 0; n < 12; n++) await guess(n)
    expect(
      (await signIn('ada@example.com', PASSWORD, { 'x-carillon-client': '2001:db8:bbbb::1' })).status,
    ).toBe(429)
    expect((await signIn('ada@example.com', PASSWORD, home)).status).toBe(200)

    // Whoever changes a password is judged by their own account, whatever address they name.
    await invited('Ben', 'editor')
    const ben = cookieOf(await signIn('ben@example.com', PASSWORD, home))
    clock.advance(minutes(10))
    for (let n = 0; n < 10; n++) await guess(n)
    const body = { currentPassword: PASSWORD, newPassword: PASSWORD, email: 'ada@example.com' }
    expect((await post('/change-password', body, { ...home, cookie: ben })).status).toBe(200)
    expect(await guess(11)).toBe(429)
  })

  test('a session gets a new id at sign-in and after a changed password, and ends at sign-out', async () => {
    const planted = 'carillon.session_token=planted'
    const first = cookieOf(await signIn('ada@example.com', PASSWORD, { cookie: planted }))
    expect(first).toContain('carillon.session_token=')
    expect(first).not.toContain('planted')
    const other = cookieOf(await signIn('ada@example.com'))
    const changed = await post(
      '/change-password',
      { currentPassword: PASSWORD, newPassword: 'a new horse' },
      { cookie: first },
    )
    expect(changed.status).toBe(200)
    const fresh = cookieOf(changed)
    const known = await Promise.all(
      [first, other, fresh].map((cookie) => auth.actorOf(new Headers({ cookie }))),
    )
    expect(known.map((it) => it?.name)).toEqual([undefined, undefined, 'ada'])
    const before = await auth.accessVersion()
    expect((await post('/sign-out', {}, { cookie: fresh })).status).toBe(200)
    expect(await auth.actorOf(new Headers({ cookie: fresh }))).toBeNull()
    expect(await auth.accessVersion()).toBeGreaterThan(before)
  })

  test('the cookie is HttpOnly and Lax, and Secure where the server is reached by https', async () => {
    expect((await signIn('ada@example.com')).headers.getSetCookie()[0]).toMatch(/HttpOnly; SameSite=Lax/)
    auth = build({ BASE_URL: 'https://bells.example' })
    expect((await signIn('ada@example.com')).headers.getSetCookie()[0]).toMatch(
      /^__Secure-.*; HttpOnly; Secure; SameSite=Lax/,
    )
  })

  test('nobody signs up by themselves, and nothing else of the account library is open', async () => {
    for (const path of [
      '/sign-up/email',
      '/update-user',
      '/delete-user',
      '/change-email',
      '/reset-password',
      '/sign-in/social',
      '//sign-in/email',
    ]) {
      expect([
        path,
        await status(
          post(path, { email: 'eve@example.com', password: PASSWORD, name: 'Eve', installationAdmin: true }),
        ),
      ]).toEqual([path, 404])
    }
  })

  test('an invitation works once, before it expires, and for its own address', async () => {
    const workspace = await auth.authorise(await ada(), 'my-workspace', 'admin')
    const invite = async (email: string) =>
      tokenIn((await auth.invitations.invite(workspace.id, { email, role: 'editor' }, await ada())).link)
    const [replaced, token] = [await invite('ben@example.com'), await invite('ben@example.com')]
    expect(await dump()).not.toContain(token)
    expect(await status(auth.invitations.about(replaced))).toBe(404)
    expect(await auth.invitations.about(token)).toEqual({
      workspaceName: 'My Workspace',
      email: 'ben@example.com',
      role: 'editor',
      known: false,
    })
    expect(await status(auth.invitations.accept(token, await ada()))).toBe(403)
    const twice = await Promise.all(
      [1, 2].map(() => status(auth.invitations.join({ token, name: 'Ben', password: PASSWORD }))),
    )
    expect(twice.sort()).toEqual([200, 409])
    expect(await status(auth.invitations.join({ token, name: 'Ben', password: PASSWORD }))).toBe(404)
    expect((await members.list(workspace.id)).members.map((it) => [it.email, it.role])).toEqual([
      ['ada@example.com', 'admin'],
      ['ben@example.com', 'editor'],
    ])

    const late = await invite('cleo@example.com')
    clock.advance(days(7))
    expect(await status(auth.invitations.join({ token: late, name: 'Cleo', password: PASSWORD }))).toBe(404)
  })

  test('somebody with an account accepts an invitation to a second workspace', async () => {
    const ben = await invited('Ben', 'viewer')
    const other = await auth.workspaces.create(await ada(), { name: 'Other' })
    const { link } = await auth.invitations.invite(
      other.id,
      { email: 'ben@example.com', role: 'editor' },
      await ada(),
    )
    expect(
      await status(auth.invitations.join({ token: tokenIn(link), name: 'Eve', password: PASSWORD })),
    ).toBe(409)
    expect(await auth.invitations.accept(tokenIn(link), ben)).toEqual({ slug: 'other' })
    expect(await status(auth.invitations.accept(tokenIn(link), ben))).toBe(404)
    expect((await auth.workspaces.list(ben)).map((it) => [it.slug, it.role])).toEqual([
      ['my-workspace', 'viewer'],
      ['other', 'editor'],
    ])
  })

  test('a workspace that is not there and one that is not yours are the same refusal', async () => {
    await auth.workspaces.create(await ada(), { name: 'Other' })
    const cleo = await invited('Cleo', 'admin', 'other')
    const refusals = await Promise.all(
      ['my-workspace', 'nowhere'].map((slug) =>
        auth.authorise(cleo, slug, 'viewer').catch((error) => error.problem),
      ),
    )
    expect(refusals[0]).toEqual(refusals[1])
    expect(refusals[0].status).toBe(404)
    expect(await status(auth.authorise(cleo, 'other', 'admin'))).toBe(200)
  })

  test('rights end with the membership, at once, and the last admin stays', async () => {
    await auth.workspaces.create(await ada(), { name: 'Other' })
    const [ben, workspace] = [
      await invited('Ben', 'editor', 'other'),
      await auth.authorise(await ada(), 'other', 'admin'),
    ]
    const before = await auth.accessVersion()
    expect(await status(auth.authorise(ben, 'other', 'editor'))).toBe(200)
    await members.change(workspace.id, ben.id, 'viewer', SYSTEM)
    expect(await status(auth.authorise(ben, 'other', 'editor'))).toBe(403)
    await members.remove(workspace.id, ben.id, SYSTEM)
    expect(await status(auth.authorise(ben, 'other', 'viewer'))).toBe(404)
    expect(await auth.accessVersion()).toBe(before + 2)
    const admin = await ada()
    expect([
      await status(members.change(workspace.id, admin.id, 'viewer', SYSTEM)),
      await status(members.remove(workspace.id, admin.id, SYSTEM)),
    ]).toEqual([409, 409])
    expect(await status(members.remove(workspace.id, ben.id, SYSTEM))).toBe(404)
  })

  test('of two last admins who are demoted at the same moment, one stays', async () => {
    const workspace = await auth.authorise(await ada(), 'my-workspace', 'admin')
    const ben = await invited('Ben', 'admin')
    const admin = await ada()
    const answers = await Promise.all(
      [ben.id, admin.id].map((id) => status(members.change(workspace.id, id, 'viewer', SYSTEM))),
    )
    expect(answers.sort()).toEqual([200, 409])
  })

  test('a disabled account cannot sign in, its sessions and keys end at once, and it comes back as it was', async () => {
    const root = await ada()
    const ben = await invited('Ben', 'admin')
    const cookie = cookieOf(await signIn('ben@example.com'))
    const { key } = await auth.keys.create(ben, { name: 'script', workspace: 'my-workspace', role: 'editor' })
    const before = await auth.accessVersion()

    expect(await auth.administration.change(root, ben.id, { disabled: true })).toMatchObject({
      disabled: true,
      sessions: 0,
    })
    expect(await auth.accessVersion()).toBeGreaterThan(before)
    expect(await auth.actorOf(new Headers({ cookie }))).toBeNull()
    expect(await auth.actorOfToken(key)).toBeNull()
    // Whoever has the password is told; whoever guesses is not.
    expect([
      (await signIn('ben@example.com')).status,
      (await signIn('ben@example.com', 'wrong')).status,
    ]).toEqual([403, 401])

    await auth.administration.change(root, ben.id, { disabled: false })
    expect(await personWith('ben@example.com')).toMatchObject({ id: ben.id })
    expect(await auth.actorOfToken(key)).toMatchObject({ role: 'editor' })
  })

  test('a session that began while its account was being disabled counts for nothing', async () => {
    const ben = await invited('Ben', 'editor')
    const cookie = cookieOf(await signIn('ben@example.com'))
    await store.atomically([raw(sql`update "user" set disabled = true where id = ${sql.raw(`'${ben.id}'`)}`)])
    expect(await auth.actorOf(new Headers({ cookie }))).toBeNull()
  })

  test('nobody disables themselves, and of two administrators who disable each other one stays', async () => {
    const root = await ada()
    const ben = await invited('Ben', 'admin')
    expect(await status(auth.administration.change(root, root.id, { disabled: true }))).toBe(409)
    await store.atomically([raw(sql`update "user" set installation_admin = true`)])
    const both = [
      auth.administration.change(root, ben.id, { disabled: true }),
      auth.administration.change(ben, root.id, { disabled: true }),
    ]
    expect((await Promise.all(both.map(status))).sort()).toEqual([200, 409])
    expect((await auth.administration.list()).filter((it) => !it.disabled)).toHaveLength(1)
    expect(await status(auth.administration.change(root, 'nobody', { disabled: true }))).toBe(404)
  })

  test('sessions of an account are ended by an administrator, on every browser', async () => {
    const ben = await invited('Ben', 'editor')
    const cookie = cookieOf(await signIn('ben@example.com'))
    expect(await auth.administration.endSessions(ben.id)).toEqual({ ended: 2 })
    expect(await auth.actorOf(new Headers({ cookie }))).toBeNull()
    expect(await personWith('ben@example.com')).toMatchObject({ id: ben.id })
  })

  test('a link sets a new password once, within a day, and ends every session; the newest link counts', async () => {
    const ben = await invited('Ben', 'editor')
    const cookie = cookieOf(await signIn('ben@example.com'))
    const offered = async () => tokenIn((await auth.administration.offerPassword(ben.id)).link)
    const [older, token] = [await offered(), await offered()]
    const reset = (given: string, password = 'another horse, another battery') =>
      status(auth.administration.resetPassword({ token: given, password }))

    expect(await reset(older)).toBe(404)
    expect(await reset(token, 'aaaaaaaa')).toBe(422)
    expect((await Promise.all([reset(token), reset(token)])).sort()).toEqual([200, 404])
    expect(await auth.actorOf(new Headers({ cookie }))).toBeNull()
    expect((await signIn('ben@example.com')).status).toBe(401)
    expect((await signIn('ben@example.com', 'another horse, another battery')).status).toBe(200)

    const late = await offered()
    clock.advance(days(1) + 1)
    expect(await reset(late)).toBe(404)
    expect(await dump()).not.toContain(late)
  })

  test('a key counts as a bearer token in any letter case, and nowhere else', async () => {
    const { key } = await auth.keys.create(await ada(), {
      name: 'script',
      workspace: 'my-workspace',
      role: 'editor',
    })
    const cookie = cookieOf(await signIn('ada@example.com'))
    const who = (headers: Record<string, string>) =>
      auth.actorOf(new Headers(headers)).then((it) => it?.kind ?? null)
    expect(await who({ authorization: `Bearer ${key}` })).toBe('key')
    expect(await who({ authorization: `bEARER  ${key}` })).toBe('key')
    expect(await who({ authorization: key })).toBeNull()
    expect(await who({ authorization: `Basic ${key}` })).toBeNull()
    expect(await who({ 'x-api-key': key })).toBeNull()
    expect(await who({ cookie: `token=${key}` })).toBeNull()
    expect(await who({ authorization: `Bearer ${key}, Bearer ${key}` })).toBeNull()
    expect(await who({ authorization: `Bearer ${key}'--` })).toBeNull()
    expect(await status(who({ authorization: `Bearer ${key}`, cookie }))).toBe(400)
  })

  test('a key reaches its workspace with its role, until it expires or is revoked', async () => {
    await auth.workspaces.create(await ada(), { name: 'Other' })
    const expiresAt = new Date(clock.now().getTime() + minutes(5)).toISOString()
    const { key, apiKey } = await auth.keys.create(await ada(), {
      name: 'script',
      workspace: 'my-workspace',
      role: 'viewer',
      expiresAt,
    })
    const actor = (await auth.actorOfToken(key)) as Actor
    expect(await status(auth.authorise(actor, 'my-workspace', 'viewer'))).toBe(200)
    expect(await status(auth.authorise(actor, 'my-workspace', 'editor'))).toBe(403)
    expect(await status(auth.authorise(actor, 'other', 'viewer'))).toBe(404)
    clock.advance(minutes(5))
    expect(await auth.actorOfToken(key)).toBeNull()

    const whole = await auth.keys.create(await ada(), { name: 'all', role: 'editor' })
    const everywhere = (await auth.actorOfToken(whole.key)) as Actor
    expect(await status(auth.authorise(everywhere, 'other', 'editor'))).toBe(200)
    expect(await status(auth.authorise(everywhere, 'other', 'admin'))).toBe(403)
    expect(() => auth.requireInstallation(everywhere)).toThrow('administrator')
    const before = await auth.accessVersion()
    await auth.keys.revoke(await ada(), whole.apiKey.id)
    expect(await auth.actorOfToken(whole.key)).toBeNull()
    expect(await auth.accessVersion()).toBe(before + 1)
    expect((await auth.keys.list(await ada(), undefined)).map((it) => it.id)).not.toContain(whole.apiKey.id)
    expect(apiKey.prefix).toBe(key.slice(0, 12))
  })

  test('a key has no more rights than whoever made it has now, and ends with the membership', async () => {
    await auth.workspaces.create(await ada(), { name: 'Other' })
    const workspace = await auth.authorise(await ada(), 'other', 'admin')
    const cleo = await invited('Cleo', 'admin', 'other')
    const make = (actor: Actor, name: string) =>
      auth.keys.create(actor, { name, workspace: 'other', role: 'admin' })
    const first = await make(cleo, 'first')
    const byKey = await make((await auth.actorOfToken(first.key)) as Actor, 'by key')
    const invitation = await auth.invitations.invite(
      workspace.id,
      { email: 'eve@example.com', role: 'admin' },
      cleo,
    )
    const token = new URL(invitation.link).searchParams.get('token') as string
    expect((await auth.keys.list(await ada(), 'other')).map((it) => [it.name, it.createdBy?.name])).toEqual([
      ['by key', 'first'],
      ['first', 'Cleo'],
    ])
    const roles = async () =>
      Promise.all(
        [first.key, byKey.key].map(async (key) => {
          const actor = await auth.actorOfToken(key)
          return actor && (await auth.authorise(actor, 'other', 'viewer')).role
        }),
      )
    expect(await roles()).toEqual(['admin', 'admin'])
    expect(await status(auth.invitations.about(token))).toBe(200)
    await members.change(workspace.id, cleo.id, 'viewer', SYSTEM)
    expect(await roles()).toEqual(['viewer', 'viewer'])
    expect(await status(auth.invitations.about(token))).toBe(404)
    await members.remove(workspace.id, cleo.id, SYSTEM)
    expect(await roles()).toEqual([null, null])
  })

  test('a key that a key made lives no longer than that one, and ends with it', async () => {
    const expiresAt = new Date(clock.now().getTime() + minutes(1)).toISOString()
    const make = (actor: Actor, more: { expiresAt?: string } = {}) =>
      auth.keys.create(actor, { name: 'k', workspace: 'my-workspace', role: 'admin', ...more })
    const short = await make(await ada(), { expiresAt })
    const actor = (await auth.actorOfToken(short.key)) as Actor
    expect((await make(actor)).apiKey.expiresAt).toBe(expiresAt)
    const later = new Date(clock.now().getTime() + minutes(2)).toISOString()
    expect(await status(make(actor, { expiresAt: later }))).toBe(422)
    const child = await make(actor)
    await auth.keys.revoke(await ada(), short.apiKey.id)
    expect(await auth.actorOfToken(child.key)).toBeNull()
  })

  test('keys are managed by those who administer what the keys open', async () => {
    await auth.workspaces.create(await ada(), { name: 'Other' })
    const [cleo, ben] = [await invited('Cleo', 'admin', 'other'), await invited('Ben', 'editor')]
    const mine = await auth.keys.create(await ada(), {
      name: 'mine',
      workspace: 'my-workspace',
      role: 'viewer',
    })
    const whole = await auth.keys.create(await ada(), { name: 'all', role: 'viewer' })
    const answers = await Promise.all(
      [
        auth.keys.revoke(cleo, mine.apiKey.id),
        auth.keys.revoke(cleo, 4711),
        auth.keys.revoke(cleo, whole.apiKey.id),
        auth.keys.revoke(ben, mine.apiKey.id),
        auth.keys.list(cleo, 'my-workspace'),
        auth.keys.list(ben, 'my-workspace'),
        auth.keys.list(cleo, undefined),
        auth.keys.create(ben, { name: 'x', workspace: 'my-workspace', role: 'admin' }),
        auth.keys.list(cleo, 'other'),
      ].map(status),
    )
    expect(answers).toEqual([404, 404, 404, 403, 404, 403, 403, 403, 200])
  })

  test('a key is made beside a running server, by the slug', async () => {
    const { key } = await createKeyFor(store, clock, {
      name: 't',
      slug: 'my-workspace',
      role: 'editor',
      createdBy: null,
    })
    expect(await auth.actorOfToken(key)).toMatchObject({ kind: 'key', role: 'editor', name: 't' })
    await expect(
      createKeyFor(store, clock, { name: 't', slug: 'nowhere', role: 'editor', createdBy: null }),
    ).rejects.toThrow(/^There is no workspace "nowhere"\. Use one of: .*my-workspace/)
  })

  test('neither keys, passwords nor session cookies are found in the database or the log', async () => {
    const { key } = await auth.keys.create(await ada(), {
      name: 'canary',
      workspace: 'my-workspace',
      role: 'editor',
    })
    const session = cookieOf(await signIn('ada@example.com'))
    await auth.actorOf(new Headers({ authorization: `Bearer ${key}` }))
    await auth.actorOf(new Headers({ authorization: `Bearer ${key}x` }))
    await signIn('ada@example.com', 'a canary of a password')
    const everywhere = (await dump()) + log.join('')
    for (const secret of [key, PASSWORD, 'a canary of a password', session.split('=')[1] ?? ''])
      expect(everywhere).not.toContain(secret)
  })

  test('a workspace gets an address from its name, and a free one', async () => {
    const admin = await ada()
    const made = []
    for (const name of ['Åsa’s Team!', 'Åsa’s Team!', '日本'])
      made.push((await auth.workspaces.create(admin, { name })).slug)
    expect(made).toEqual(['asa-s-team', 'asa-s-team-2', 'workspace'])
    expect(await status(auth.workspaces.create(admin, { name: 'Again', slug: 'workspace' }))).toBe(409)
    const workspace = await auth.authorise(admin, 'workspace', 'admin')
    expect(await auth.workspaces.change(admin, workspace, { retentionDays: 30 })).toMatchObject({
      name: '日本',
      retentionDays: 30,
      maxConcurrent: null,
    })
    expect(
      await auth.workspaces.change(admin, workspace, { retentionDays: null, name: 'New' }),
    ).toMatchObject({ name: 'New', retentionDays: null })
  })
})
