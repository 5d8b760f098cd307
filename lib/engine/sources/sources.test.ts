/** Sources as servers look after them, on both databases: a folder of this machine is looked at. */
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { following } from '#db/queries/facts.ts'
import { removeUnnamed } from '#db/queries/naming.ts'
import * as rows from '#db/queries/sources.ts'
import type { Store } from '#db/store.ts'
import { type Opened, stores } from '#db/testing/stores.ts'
import { createFolders } from '#lib/agents/reading/folders.ts'
import { type HandClock, minutes, seconds } from '#lib/clock.ts'
import type { Reach } from '#lib/triggers/sources/index.ts'
import { NewTrigger } from '#lib/contract/trigger.ts'
import { ADA, goneAfter, type World, world } from '../testing/world.ts'
import { createSources, type Sources } from './index.ts'

const KILLS = 200

describe.each(stores)('on $name', ({ open }) => {
  let opened: Opened
  let it: World
  let clock: HandClock
  let root: string
  let servers: Sources[]
  beforeAll(async () => {
    opened = await open()
  })
  afterAll(() => opened.close())
  beforeEach(async () => {
    it = await world(opened.store)
    clock = it.clock
    root = mkdtempSync(join(tmpdir(), 'carillon-sources-'))
    servers = []
    return async () => {
      await Promise.all(servers.map((one) => one.stop()))
      await it.stop()
      rmSync(root, { recursive: true })
    }
  })

  function write(name: string, text = name) {
    writeFileSync(join(root, name), text)
    utimesSync(join(root, name), clock.now(), clock.now())
  }
  const reach = () =>
    ({
      ...{ clock, folders: createFolders([root]), refusalOf: () => null },
      fetch: () => Promise.reject(new Error('no network here')),
      openMailbox: () => Promise.reject(new Error('no network here')),
    }) as unknown as Reach
  function server(store: Store = it.inner, given: Partial<Reach> = {}): Sources {
    const box = { close: (text: string) => text, open: (text: string) => text }
    const made = createSources({
      ...{ store, clock, log: pino({ level: 'silent' }), box, secrets: { open: async () => new Map() } },
      ...{ reach: { ...reach(), ...given }, hint: () => {}, readiness: it.engine.readiness },
      serverId: `server ${Math.random()}`,
    })
    servers.push(made)
    return made
  }
  async function source(change: Partial<rows.NewSourceRow> = {}): Promise<rows.SourceRow> {
    const config = JSON.stringify({ path: root })
    const values = { workspaceId: it.workspaceId, name: 'Inbox', kind: 'folder', everySeconds: 60, config }
    const made = await rows.add(it.store, { ...values, ...change } as rows.NewSourceRow, 'ada', {
      now: clock.now(),
      most: 100,
    })
    return made as rows.SourceRow
  }
  const now = async (id: number) => (await rows.get(it.store, it.workspaceId, id)) as rows.SourceRow
  const facts = async () => following(it.store, it.workspaceId, { after: 0, limit: 1000 })
  const files = async () =>
    (await facts())
      .filter(({ factType }) => factType === 'file.changed')
      .map(({ fact }) => (JSON.parse(fact ?? '') as { data: Record<string, unknown> }).data)
      .map(({ path, change }) => `${path} ${change}`)

  const listener = (id: number) =>
    it.triggers.create(
      it.workspaceId,
      NewTrigger.parse({
        ...{ name: 'Filing', agentId: 'test-agent', context: { tellsFacts: true } },
        ...{ kind: 'event', event: { types: ['file.changed'], sourceIds: [id] } },
      }),
      ADA,
    )

  test('who listens to a source runs for each thing that comes there, and for nothing of another', async () => {
    await it.start()
    const { id } = await source()
    const other = mkdtempSync(join(tmpdir(), 'carillon-other-'))
    const beside = await source({ name: 'Beside', config: JSON.stringify({ path: other }) })
    const one = server(it.inner, { folders: createFolders([root, other]) })
    const trigger = await listener(id)
    for (const { id: each } of [await now(id), beside]) await one.check(await now(each))
    write('a')
    writeFileSync(join(other, 'b'), 'b')
    utimesSync(join(other, 'b'), clock.now(), clock.now())
    clock.advance(minutes(1))
    for (const { id: each } of [await now(id), beside]) await one.check(await now(each))
    await it.engine.matcher.catchUp()
    await it.settled(1, trigger.id)
    expect((await it.history(trigger.id)).map(({ output }) => JSON.parse(output ?? ''))).toEqual([
      [{ path: 'a', change: 'created', bytes: 1, modifiedAt: '2026-03-01T08:00:00.000Z' }],
    ])
    rmSync(other, { recursive: true })
  })

  test('the first look is the baseline; what comes then is told with the place up to which it was looked at', async () => {
    write('old.txt')
    const { id } = await source()
    const one = server()
    await one.check(await now(id))
    expect(await now(id)).toMatchObject({
      ...{ status: 'ok', lastError: null, baselineAt: clock.now().getTime(), baselineReason: null },
      dueAt: clock.now().getTime() + seconds(60),
    })
    write('new.txt')
    clock.advance(minutes(1))
    await one.check(await now(id))
    expect(await files()).toEqual(['new.txt created'])
    await one.check(await now(id))
    expect(await files()).toEqual(['new.txt created'])
  })

  test('of two that look at the same moment one tells', async () => {
    const { id } = await source()
    const [one, two] = [server(), server(opened.second)]
    await one.check(await now(id))
    for (const name of ['a', 'b', 'c']) write(name)
    clock.advance(minutes(1))
    const seen = await now(id)
    await Promise.all([one.check(seen), two.check(seen)])
    expect((await files()).toSorted()).toEqual(['a created', 'b created', 'c created'])
    // Who comes too late with what was so before tells nothing.
    write('d')
    clock.advance(minutes(1))
    await two.check(seen)
    expect(await files()).toHaveLength(3)
    await two.check(await now(id))
    expect(await files()).toHaveLength(4)
  })

  test('one that is gone, or was pointed elsewhere meanwhile, tells nothing of what was seen before', async () => {
    const { id } = await source()
    const one = server()
    await one.check(await now(id))
    write('a')
    clock.advance(minutes(1))
    const seen = await now(id)
    await rows.change(it.store, seen, { name: 'Another', cursor: null }, clock.now())
    await one.check(seen)
    expect(await files()).toEqual([])
    await removeUnnamed(it.store, 'source', { workspaceId: it.workspaceId, id, edits: 0 })
    await one.check(seen)
    expect(await files()).toEqual([])
  })

  test('killed again and again between a look and its commit, it tells each thing once', async () => {
    const { id } = await source()
    await server().check(await now(id))
    let seed = 7
    const chance = () => {
      seed = (seed * 48271) % 2147483647
      return seed / 2147483647
    }
    for (let n = 0; n < KILLS; n++) {
      write(`${n}.txt`)
      clock.advance(minutes(1))
      if (chance() < 0.7) await expect(server(goneAfter(0, it.store)).check(await now(id))).rejects.toThrow()
      if (chance() < 0.5) await server().check(await now(id))
    }
    await server().check(await now(id))
    expect((await files()).toSorted()).toEqual(
      Array.from({ length: KILLS }, (_, n) => `${n}.txt created`).toSorted(),
    )
  })

  test('one that fails says so once, in the chat and to whoever listens, and once that it answers again', async () => {
    const { id } = await source()
    const trigger = await listener(id)
    const one = server()
    await one.check(await now(id))
    rmSync(root, { recursive: true })
    for (let n = 0; n < 3; n++) await one.check(await now(id))
    expect(await now(id)).toMatchObject({
      status: 'failing',
      failures: 3,
      lastError: expect.stringMatching('not there'),
    })
    expect((await it.trigger(trigger.id)).unready).toMatch(/source “Inbox” cannot be looked at: .*Mend it/)
    expect((await it.trigger(trigger.id)).health).toBe('unready')
    const notices = async () => (await it.feed()).map(({ text }) => text)
    expect(await notices()).toEqual([expect.stringMatching(/The source \*\*Inbox\*\* fails: /)])
    // It has nothing new to run for, and what it has runs.
    expect(
      await it.engine.readiness.lasting(
        { ...(await it.trigger(trigger.id)), triggerId: trigger.id, triggerName: 'x' },
        false,
      ),
    ).toBeNull()
    expect((await it.trigger(trigger.id)).health).toBe('unready')

    root = mkdtempSync(root)
    await rows.change(it.store, await now(id), { config: JSON.stringify({ path: root }) }, clock.now())
    const mended = server()
    await mended.check(await now(id))
    expect(await now(id)).toMatchObject({ status: 'ok', lastError: null, failures: 0 })
    expect((await it.trigger(trigger.id)).unready).toBeNull()
    expect(await notices()).toEqual([
      expect.stringMatching(/fails: /),
      expect.stringMatching(/answers again/),
    ])
    expect(
      (await it.events()).map(({ type }) => type).filter((type) => /^(source|trigger)/.test(type)),
    ).toEqual(['source:failing', 'trigger:unready', 'source:ok', 'trigger:ready'])
  })

  test('what may pass is worth a word at the third time', async () => {
    const { id } = await source({ kind: 'feed', config: JSON.stringify({ url: 'https://example.com/feed' }) })
    const one = server()
    // What never worked is wrong from the start.
    await one.check(await now(id))
    expect(await now(id)).toMatchObject({ status: 'failing', lastError: 'no network here' })
    const worked = { cursor: JSON.stringify({ raw: '', known: [] }), failures: 0 }
    await rows.change(it.store, await now(id), worked, clock.now())
    await it.store.q.update(it.store.t.sources).set({ status: 'ok' })
    for (const status of ['ok', 'ok', 'failing', 'failing']) {
      await one.check(await now(id))
      expect(await now(id)).toMatchObject({ status, lastError: 'no network here' })
    }
    expect(await it.feed()).toHaveLength(1)
  })

  test('whoever is alive looks, on time; what a dead server held is taken up by the next', async () => {
    const { id } = await source()
    let isDead = false
    const never = () => new Promise<never>(() => {})
    const dead = server({ ...it.inner, atomically: (list) => (isDead ? never() : it.inner.atomically(list)) })
    // So that the other is not one that knows that it is alone.
    const shared = (store: Store) => ({ ...store, shared: true })
    await dead.start()
    await it.until(async () => (await now(id)).baselineAt !== null, 'the first look')
    const holder = (await now(id)).heldBy
    const next = server(shared(opened.second))
    await next.start()
    await it.until(async () => (await now(id)).heldBy === holder, 'the holder to stay')
    write('a')
    isDead = true
    for (let n = 0; (await now(id)).heldBy === holder; n++) {
      clock.advance(seconds(10))
      await new Promise((resolve) => setImmediate(resolve))
      if (n > 10_000) throw new Error('Nobody took it up.')
    }
    await it.until(async () => (await files()).length === 1, 'what came meanwhile')
    expect(await files()).toEqual(['a created'])
    servers.splice(servers.indexOf(dead), 1)
  })

  test('a workspace whose sources all hang holds no other up', async () => {
    const feed = { kind: 'feed', config: JSON.stringify({ url: 'https://example.com/feed' }) } as const
    for (let n = 0; n < 12; n++) await source({ ...feed, name: `Hangs ${n}` })
    const { q, t } = it.store
    const [other] = await q.insert(t.workspaces).values({ name: 'b', slug: 'b', createdAt: 0 }).returning()
    const workspaceId = other?.id ?? 0
    const { id } = await source({ workspaceId })
    const asked: string[] = []
    const fetch = (url: string, { signal }: { signal: AbortSignal }) => {
      asked.push(url)
      return new Promise((_, reject) => {
        if (signal.aborted) reject(signal.reason)
        signal.addEventListener('abort', () => reject(signal.reason))
      })
    }
    const one = server(it.inner, { fetch } as never)
    await one.start()
    await it.until(async () => (await rows.get(it.store, workspaceId, id))?.baselineAt !== null, 'the look')
    await it.until(() => asked.length >= 6, 'those that hang')
    await rows.get(it.store, workspaceId, id)
    expect(asked).toHaveLength(6)
  })

  test('what is there since an instant is told again on request, as events of its own', async () => {
    const { id } = await source()
    const one = server()
    await one.check(await now(id))
    write('a')
    clock.advance(minutes(10))
    write('b')
    clock.advance(minutes(10))
    await one.check(await now(id))
    const to = new Date(clock.now().getTime() - minutes(15))
    const dry = await one.rewind(await now(id), { to, most: 1000, dryRun: true })
    expect(dry?.map(({ title }) => title)).toEqual(['b was changed'])
    expect(await files()).toEqual(['a created', 'b created'])
    const seen = await now(id)
    await one.rewind(seen, { to, most: 1000, dryRun: false })
    expect(await files()).toEqual(['a created', 'b created', 'b changed'])
    // The same request a second time is of what is no more.
    expect(await one.rewind(seen, { to, most: 1000, dryRun: false })).toBeNull()
    await one.rewind(await now(id), { to, most: 1000, dryRun: false })
    expect(await files()).toHaveLength(4)
  })
})
