/** What a workspace keeps, on both databases. */
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { stores } from '../testing/stores.ts'
import type { Opened } from '../testing/stores.ts'
import * as documents from './documents.ts'
import { find } from './finding.ts'

const NOW = new Date('2026-03-01T08:00:00Z')
const LATER = new Date('2026-03-02T08:00:00Z')
const ADA = { kind: 'person', id: 'ada', name: 'Ada' } as const
const BOT = { kind: 'agent', id: 'agent:x', name: 'x' } as const

describe.each(stores)('on $name', ({ open }) => {
  let it: Opened
  let workspaceId: number
  let other: number
  beforeAll(async () => {
    it = await open()
    const rows = await it.store.q
      .insert(it.store.t.workspaces)
      .values(['demo', 'other'].map((slug) => ({ name: slug, slug, createdAt: 0 })))
      .returning()
    workspaceId = rows[0]?.id as number
    other = rows[1]?.id as number
  })
  afterAll(() => it.close())

  const text = (name: string, content: string) => documents.plain(name, content, { kind: 'text', ref: null })
  const keep = async (name: string, content: string, where = workspaceId) =>
    (await documents.add(it.store, where, text(name, content), ADA, NOW)).document.id
  const found = async (q: string, limit = 10, skip = 0) =>
    (await find(it.store, workspaceId, { q, limit, skip })).map(({ id }) => id)

  test('the same bytes under the same name are one document, sent by two at once too', async () => {
    const both = await Promise.all(
      [it.store, it.second].map((store) => documents.add(store, workspaceId, text('Once', 'same'), ADA, NOW)),
    )
    expect(both.map(({ isNew }) => isNew).toSorted()).toEqual([false, true])
    expect(both[0]?.document).toEqual(both[1]?.document)
    expect(await documents.add(it.store, workspaceId, text('Once', 'other'), ADA, NOW)).toMatchObject({
      isNew: true,
    })
    expect(await documents.add(it.store, other, text('Once', 'same'), ADA, NOW)).toMatchObject({
      isNew: true,
    })
  })

  test('other bytes are a new version, the same are not, and a name alone is none', async () => {
    const id = await keep('Plan', 'first')
    const put = (name: string, content: string) =>
      documents.replace(it.store, workspaceId, id, text(name, content), ADA, LATER)
    expect(await put('Plan', 'first')).toMatchObject({ version: 1, updatedAt: NOW.toISOString() })
    expect(await put('Plan', 'second')).toMatchObject({
      version: 2,
      textLength: 6,
      createdAt: NOW.toISOString(),
      updatedAt: LATER.toISOString(),
    })
    expect(await put('Plans', 'second')).toMatchObject({ name: 'Plans', version: 2 })
    expect(await documents.replace(it.store, other, id, text('Plan', 'x'), ADA, LATER)).toBeNull()
    expect(await documents.get(it.store, workspaceId, id)).toMatchObject({ text: 'second' })
  })

  test('an original comes back byte for byte, and goes with its version', async () => {
    const original = randomBytes(2_000_000)
    const file = { ...text('file.bin', ''), sha256: 'a', bytes: original.length, original }
    const { document } = await documents.add(it.store, workspaceId, file, ADA, NOW)
    const kept = async () => (await documents.original(it.store, workspaceId, document.id))?.bytes
    expect((await kept())?.equals(original)).toBe(true)
    expect(await documents.original(it.store, other, document.id)).toBeNull()
    await documents.replace(it.store, workspaceId, document.id, text('file.bin', 'ä'), ADA, LATER)
    expect(await kept()).toEqual(Buffer.from('ä'))
    await documents.remove(it.store, workspaceId, document.id, ADA, LATER)
    expect(await it.store.q.select().from(it.store.t.documentPieces)).toEqual([])
  })

  test('all words are found in any case, the name before the text, with the place where they stand', async () => {
    const long = `${'filler '.repeat(2000)}the ÜBERSICHT of soup and bread ${'filler '.repeat(2000)}`
    const inText = await keep('Notes', long)
    const inName = await keep('Soup übersicht', 'nothing else')
    await keep('Soup', 'overview')
    await keep('Far', long, other)
    expect(await found('übersicht SOUP')).toEqual([inName, inText])
    expect(await found('übersicht SOUP', 1, 1)).toEqual([inText])
    expect(await found('übersicht nothing-at-all')).toEqual([])
    expect(await found('"soup* OR (')).toEqual([])
    const [, one] = await find(it.store, workspaceId, { q: 'übersicht soup', limit: 5, skip: 0 })
    expect(one?.snippet).toMatch(/ÜBERSICHT of soup/)
    expect(one?.snippet?.length).toBeLessThan(400)
  })

  test('words without spaces are found; what has changed or is gone is found as it is', async () => {
    const id = await keep('献立', '月曜日はスープです')
    expect(await found('スープ')).toEqual([id])
    expect((await find(it.store, workspaceId, { q: 'スープ', limit: 5, skip: 0 }))[0]?.snippet).toContain(
      'スープ',
    )
    await documents.replace(it.store, workspaceId, id, text('Menu', 'goulash'), ADA, LATER)
    expect(await found('スープ')).toEqual([])
    expect(await found('goulash')).toEqual([id])
    await documents.remove(it.store, workspaceId, id, ADA, LATER)
    expect(await found('goulash')).toEqual([])
  })

  test('a text of more words than an index holds is kept, and found by its first', async () => {
    const words = Array.from({ length: 140_000 }, (_, n) => `w${n.toString(36)}`)
    const id = await keep('Dictionary', words.join(' '))
    expect(await found('w1a2 dictionary')).toEqual([id])
  })

  test('a row from before hashes is the same document when it is sent again', async () => {
    await it.store.q
      .insert(it.store.t.documents)
      .values({ workspaceId, name: 'Old', content: 'words', bytes: 5, createdBy: 'agent:x', createdAt: 0 })
    const again = await documents.add(it.store, workspaceId, text('Old', 'words'), ADA, NOW)
    expect(again).toMatchObject({
      isNew: false,
      document: { sha256: null, textLength: 5, version: 1, source: { kind: 'agent', ref: null } },
    })
  })

  test('an agent that writes a name again changes the document of that name', async () => {
    const write = (content: string) => documents.put(it.store, workspaceId, text('Report', content), BOT, NOW)
    const first = await write('one')
    expect(await write('two')).toMatchObject({ id: first.id, version: 2 })
  })

  test('what is kept from an address is one document; people learn what they have sent since', async () => {
    const from = (address: string, content: string) => ({
      ...text('A page', content),
      source: { kind: 'agent' as const, ref: address },
    })
    const put = (address: string, content: string) =>
      documents.putFrom(it.store, workspaceId, from(address, content), BOT, NOW)
    const first = await put('https://a.example', 'one')
    const second = await put('https://b.example', 'one and two')
    expect(await put('https://a.example', 'three')).toMatchObject({ id: first.id, version: 2 })
    expect(second.id).not.toBe(first.id)
    const kept = (by: string, at: string) => documents.keptFrom(it.store, workspaceId, by, at)
    expect(await kept('agent:x', 'https://a.example')).toEqual({ id: first.id, text: 'three' })
    expect(await kept('agent:y', 'https://a.example')).toBeNull()
    expect(await documents.keptFrom(it.store, other, 'agent:x', 'https://a.example')).toBeNull()

    const long = `https://a.example/${'x'.repeat(3000)}`
    const third = await put(long, 'long')
    expect(await put(`${long}y`, 'other')).not.toMatchObject({ id: third.id })
    expect(await put(long, 'longer')).toMatchObject({ id: third.id, version: 2 })

    await keep('Sent', 'by a person')
    const sent = await documents.sent(it.store, workspaceId, { since: NOW, limit: 100 })
    expect(sent.map((one) => one.name)).toContain('Sent')
    expect(sent.map((one) => one.name)).not.toContain('A page')
    const sentLater = await documents.sent(it.store, workspaceId, { since: LATER, limit: 100 })
    expect(sentLater.map((one) => one.name)).not.toContain('Sent')
    const calendar = { ...text('Team', 'BEGIN:VCALENDAR'), mediaType: 'text/calendar' }
    await documents.add(it.store, workspaceId, calendar, ADA, NOW)
    const calendars = await documents.ofType(it.store, workspaceId, 'text/calendar', 5)
    expect(calendars.map((one) => one.name)).toEqual(['Team'])
  })
})
