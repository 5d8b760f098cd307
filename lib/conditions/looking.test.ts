/** Looks at real peers on loopback, and at the figures of a workspace on both databases. */
import pino from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openSqlite } from '#db/sqlite/index.ts'
import * as servers from '#db/queries/mcp-servers.ts'
import { write as writeSecret } from '#db/queries/secrets.ts'
import type { Store } from '#db/store.ts'
import { stores } from '#db/testing/stores.ts'
import { sealValues } from '../agents/mcp/confidence.ts'
import { createMcpServers, type McpServers } from '../agents/mcp/servers.ts'
import { MASK } from '../agents/sealed.ts'
import { createSecrets } from '../agents/secrets.ts'
import { type FakeMcp, fakeMcp } from '../agents/testing/fake-mcp.ts'
import { openSite, type Site } from '../agents/testing/site.ts'
import { handClock, hours } from '../clock.ts'
import { ConditionSource, type ConditionSourceInput } from '../contract/condition-trigger.ts'
import { createLookAt, HEADERS, type LookAt } from './looking.ts'

const NOW = '2026-03-01T09:00:00Z'
const clock = handClock(NOW)
const log = pino({ level: 'silent' })
const box = { close: (text: string) => `(${text})`, open: (text: string) => text.slice(1, -1) }

function lookingOn(store: Store, site: Site, mcp: McpServers): LookAt {
  return createLookAt({ store, clock, log, box, secrets: createSecrets(store, box), fetch: site.fetch, mcp })
}
const mcpOn = (store: Store) =>
  createMcpServers({
    ...{ store, clock, log, box, secrets: createSecrets(store, box) },
    ...{ allowedPrivateNetworks: ['127.0.0.1'], allowStdio: false, hint() {} },
  })
async function home(store: Store): Promise<number> {
  const values = { name: 'home', slug: 'home', createdAt: 0 }
  const [row] = await store.q.insert(store.t.workspaces).values(values).returning()
  return row?.id ?? 0
}

describe('elsewhere', () => {
  let [site, mcp, peer]: [Site, McpServers, FakeMcp] = [] as never
  let [store, workspaceId, lookAt]: [Store, number, LookAt] = [] as never
  beforeAll(async () => {
    ;[site, peer, store] = await Promise.all([openSite(), fakeMcp(), openSqlite({ file: ':memory:' })])
    workspaceId = await home(store)
    mcp = mcpOn(store)
    lookAt = lookingOn(store, site, mcp)
  })
  afterAll(async () => {
    await Promise.all([site.close(), peer.close(), mcp.close()])
    await store.close()
  })
  beforeEach(() => {
    site.pages = {}
    site.asked = []
    site.trouble = null
  })

  const look = (source: ConditionSourceInput) =>
    lookAt(ConditionSource.parse(source), { workspaceId, triggerId: 1 })
  const http = (path: string, as: 'number' | 'text' | 'boolean' = 'number') => ({
    ...{ kind: 'http' as const, path, as },
    url: `${site.origin}/x`,
  })
  const is = (value: unknown) => ({ kind: 'read', reading: { value } })
  const fails = (says: RegExp) => ({ kind: 'failed', error: expect.stringMatching(says) })

  test.each<[string, string, Parameters<typeof http>, (is: unknown) => void]>([
    ['a number', '{"a":{"b":[1,2.5]}}', ['a.b.1'], (it) => expect(it).toEqual(is(2.5))],
    ['a text that is one', '{"n":" 12 "}', ['n'], (it) => expect(it).toEqual(is(12))],
    ['all of it', '17', [''], (it) => expect(it).toEqual(is(17))],
    ['a flag', '{"up":"false"}', ['up', 'boolean'], (it) => expect(it).toEqual(is(false))],
    ['a number as a text', '{"n":5}', ['n', 'text'], (it) => expect(it).toEqual(is('5'))],
    ['plain text', 'all is well', ['', 'text'], (it) => expect(it).toEqual(is('all is well'))],
    ['nothing there', '{"n":5}', ['m'], (it) => expect(it).toEqual(fails(/^There is nothing at m of/))],
    ['what objects have by nature', '{}', ['toString'], (it) => expect(it).toEqual(fails(/nothing at/))],
    [
      'no number',
      '{"n":"five"}',
      ['n'],
      (it) => expect(it).toEqual(fails(/n is "five", which is no number/)),
    ],
    ['null', '{"n":null}', ['n'], (it) => expect(it).toEqual(fails(/is null, which is no single value/))],
    ['a list', '{"n":[]}', ['n'], (it) => expect(it).toEqual(fails(/is a list/))],
    ['no JSON', '<p>', ['n'], (it) => expect(it).toEqual(fails(/^What 127.0.0.1:\d+ answers is not JSON/))],
  ])('of JSON: %s', async (_, body, how, says) => {
    site.pages['/x'] = { body, type: 'application/json' }
    says(await look(http(...how)))
  })

  test('a server in trouble, one that is away and one that must not be asked are sentences', async () => {
    site.trouble = 503
    expect(await look(http('n'))).toEqual(fails(/answers 503\.$/))
    expect(await look({ ...http('n'), url: 'http://127.0.0.1:1/' })).toEqual(fails(/failed/))
    expect(await look({ ...http('n'), url: 'http://169.254.169.254/' })).toEqual(fails(/./))
  })

  test('what a header holds in confidence is sent, and is in no value and no error', async () => {
    await writeSecret(store, {
      ...{ workspaceId, name: 'TOKEN', value: '(Bearer top-secret-token)' },
      ...{ by: 'ada', now: clock.now(), most: 500 },
    })
    site.pages['/x'] = { body: '{"echo":"you sent top-secret-token and other-secret"}' }
    const { kept, faults } = sealValues(box, workspaceId, { 'x-key': 'other-secret' }, {}, HEADERS)
    expect([faults, JSON.stringify(kept)]).toEqual([[], expect.stringContaining('sealed:v1:')])
    const headers = { ...kept, authorization: { secret: 'TOKEN' } }
    expect(await look({ ...http('echo', 'text'), headers })).toEqual(is(`you sent ${MASK} and ${MASK}`))
    expect(await look({ ...http('echo'), headers })).toEqual(fails(/^(?!.*secret)/))
    expect(await look({ ...http('n'), headers: { a: { secret: 'GONE' } } })).toEqual(
      fails(/The secret GONE is not there/),
    )
  })

  test('of a page the text counts, whole or a part of it', async () => {
    site.pages['/p'] = {
      type: 'text/html',
      body: '<html><body><script>1</script><h1>Shop</h1><b id="price"> 17 <i>€</i></b></body></html>',
    }
    const url = `${site.origin}/p`
    expect(await look({ kind: 'page', url })).toEqual(is('Shop 17 €'))
    expect(await look({ kind: 'page', url, selector: '#price' })).toEqual(is('17 €'))
    expect(await look({ kind: 'page', url, selector: '#gone' })).toEqual(
      fails(/nothing .* that #gone selects/),
    )
    expect(await look({ kind: 'page', url, selector: 'a[' })).toEqual(fails(/could not be read/))
  })

  test('a page that is as before is not read again, whether its server says so or not', async () => {
    const url = `${site.origin}/q`
    site.pages['/q'] = { type: 'text/html', body: '<p>one</p>', etag: '"1"' }
    expect([await look({ kind: 'page', url }), await look({ kind: 'page', url })]).toEqual([
      is('one'),
      is('one'),
    ])
    expect(site.asked).toEqual(['/q 200', '/q 304'])
    site.pages['/q'] = { type: 'text/html', body: '<p>two</p>' }
    expect(await look({ kind: 'page', url })).toEqual(is('two'))
    site.pages = {}
    expect(await look({ kind: 'page', url })).toEqual(fails(/nothing at this address/))
  })

  test('a feed is known by its items', async () => {
    const item = (n: number) =>
      `<item><guid>${n}</guid><title>No ${n}</title><link>https://a/${n}</link></item>`
    const rss = (...ns: number[]) => `<rss version="2.0"><channel>${ns.map(item).join('')}</channel></rss>`
    site.pages['/f'] = { type: 'application/rss+xml', body: rss(2, 1) }
    const url = `${site.origin}/f`
    const first = await look({ kind: 'feed', url })
    site.pages['/f'] = { type: 'application/rss+xml', body: rss(3, 2) }
    const second = await look({ kind: 'feed', url })
    if (first.kind !== 'read' || second.kind !== 'read') throw new Error('A feed could not be read.')
    expect([first.reading.value, second.reading.value]).toEqual(['No 2', 'No 3'])
    expect(second.reading.ids?.[1]).toBe(first.reading.ids?.[0])
    expect(second.reading.items?.[0]).toEqual({ title: 'No 3', link: 'https://a/3', published: null })
    site.pages['/f'] = { body: 'no feed at all' }
    expect(await look({ kind: 'feed', url })).toEqual(fails(/Is this the address of a feed/))
  })

  test('a tool is asked where it only reads', async () => {
    peer.tools = [{ name: 'count' }, { name: 'drop' }]
    const row = await servers.add(
      store,
      {
        ...{ workspaceId, slug: 'fake', name: 'Fake', transport: 'http', url: peer.url, headers: '{}' },
        ...{ env: '{}', args: '[]', command: null, toolPolicy: '{"count":{"effect":"read"}}', enabled: true },
        ...{ tools: null, status: 'unreachable', problem: null, checkedAt: null, grantedAccess: null },
        ...{ expiresAt: null, createdBy: 'ada' },
      },
      { now: clock.now(), most: 50 },
    )
    if (!row) throw new Error('There is one of that slug.')
    await mcp.check(row)
    const source = { kind: 'mcp' as const, serverId: row.id, tool: 'count', path: 'n' }
    peer.replies['tools/call'] = { content: [{ type: 'text', text: '{"n": 42}' }] }
    expect(await look(source)).toEqual(is(42))
    peer.replies['tools/call'] = { isError: true, content: [{ type: 'text', text: 'Out of order.' }] }
    expect(await look(source)).toEqual(fails(/^Out of order/))
    expect(await look({ ...source, tool: 'drop' })).toEqual(fails(/drop.* may change something/))
    expect(await look({ ...source, tool: 'gone' })).toEqual(fails(/Fake.* does not have/))
    expect(await look({ ...source, serverId: 999 })).toEqual(fails(/is 999, and there is no such/))
    expect(peer.calls.every(({ params }) => params?.name === 'count')).toBe(true)
  })

  test('whoever does not answer is given up', async () => {
    peer.replies['tools/call'] = () => {}
    const [row] = await servers.list(store, workspaceId)
    const waiting = look({ kind: 'mcp', serverId: row?.id ?? 0, tool: 'count', path: '' })
    const before = peer.calls.length
    while (peer.calls.length === before) await new Promise<void>((resolve) => setImmediate(resolve))
    clock.advance(30_000)
    expect(await waiting).toEqual(fails(/within 30 seconds/))
    clock.set(NOW)
  })
})

describe.each(stores)('figures on $name', ({ open }) => {
  let [store, close, site, mcp]: [Store, () => Promise<void>, Site, McpServers] = [] as never
  let [workspaceId, lookAt]: [number, LookAt] = [] as never
  beforeAll(async () => {
    ;({ store, close } = await open())
    site = await openSite()
    mcp = mcpOn(store)
    lookAt = lookingOn(store, site, mcp)
    workspaceId = await home(store)
  })
  afterAll(async () => {
    await Promise.all([site.close(), mcp.close()])
    await close()
  })

  test('are those of the time just past, of the triggers that are named, and never of its own', async () => {
    const now = clock.now().getTime()
    const trigger = async (name: string) => {
      const values = { workspaceId, name, agentId: 'test-agent', createdAt: now, updatedAt: now }
      const [row] = await store.q.insert(store.t.triggers).values(values).returning()
      return row?.id ?? 0
    }
    const [own, one, two] = [await trigger('own'), await trigger('one'), await trigger('two')]
    let n = 0
    const ran = (triggerId: number, status: 'success' | 'failed' | 'skipped', agoMs: number, cost = 0) =>
      store.q.insert(store.t.executions).values({
        ...{ workspaceId, triggerId, triggerName: 'x', triggerRevision: 1, agentId: 'test-agent' },
        ...{ kind: 'schedule', occurrence: `${n++}`, status, cost, tokensUsed: cost * 100 },
        ...{ queuedAt: now - agoMs, availableAt: now, completedAt: now - agoMs },
      })
    await ran(one, 'success', 60_000, 2)
    await ran(one, 'failed', 120_000, 3)
    await ran(two, 'success', 180_000)
    await ran(two, 'success', hours(2))
    await ran(one, 'skipped', 60_000)
    await ran(own, 'failed', 60_000)
    const person = { workspaceId, kind: 'person', prompt: 'hi', text: 'hi', authorName: 'Ada' } as const
    const at = { createdAt: now - 1000, updatedAt: now }
    await store.q.insert(store.t.messages).values([
      { ...person, ...at },
      { ...person, ...at, kind: 'notice' },
      { ...person, createdAt: now - hours(2), updatedAt: now },
    ])
    const document = { workspaceId, name: 'a', content: '', bytes: 0 }
    await store.q.insert(store.t.documents).values([
      { ...document, createdAt: now - hours(2), updatedAt: now - 1000 },
      { ...document, createdAt: now - 1000 },
      { ...document, createdAt: now - hours(2) },
    ])

    const figure = async (measure: string, triggerIds?: number[]) => {
      const source = { kind: 'workspace', measure, windowSeconds: 3600, ...(triggerIds && { triggerIds }) }
      const it = await lookAt(ConditionSource.parse(source), { workspaceId, triggerId: own })
      return it.kind === 'read' ? it.reading.value : it.error
    }
    expect(await figure('executions')).toBe(3)
    expect(await figure('executions', [one])).toBe(2)
    expect(await figure('failures', [own])).toBe(1)
    expect(await figure('success_rate')).toBe(66.7)
    expect(await figure('success_rate', [999])).toMatch(/no success rate/)
    expect(await figure('cost')).toBe(5)
    expect(await figure('tokens')).toBe(500)
    expect(await figure('messages')).toBe(1)
    expect(await figure('documents')).toBe(2)
  })
})
