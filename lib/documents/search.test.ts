/** Documents by their meaning, on both databases; the model says that ships are boats and that cats are pets. */
import { pino } from 'pino'
import { beforeEach, describe, expect, test } from 'vitest'
import * as documents from '#db/queries/documents.ts'
import { type Opened, stores } from '#db/testing/stores.ts'
import { handClock, minutes } from '../clock.ts'
import { contentOf } from './content.ts'
import { type Embedder, EmbeddingFailed } from './embedder.ts'
import { createIndexing } from './indexing.ts'
import { createDocumentSearch } from './search.ts'

const ADA = { kind: 'person', id: 'ada', name: 'Ada' } as const

const MEANINGS = [/\b(ships?|boats?|sail\w*)\b/gi, /\b(cats?|pets?|kittens?)\b/gi, /zebras?/gi]
const meaningOf = (text: string) => [...MEANINGS.map((it) => text.match(it)?.length ?? 0), 0.2]

describe.each(stores)('on $name', ({ open }) => {
  let it: Opened
  let workspaceId: number
  let asked: string[]
  let fails: EmbeddingFailed | null
  let failsOn: RegExp | null
  let model: string | null
  const clock = handClock('2026-03-01T08:00:00Z')
  const log = pino({ level: 'silent' })
  beforeEach(async () => {
    it = await open()
    const [row] = await it.store.q
      .insert(it.store.t.workspaces)
      .values({ name: 'demo', slug: 'demo', createdAt: 0 })
      .returning()
    workspaceId = row?.id as number
    asked = []
    fails = null
    failsOn = null
    model = 'model-a'
    return () => it.close()
  })

  const embedder = (): Embedder | null =>
    model === null
      ? null
      : {
          mark: model,
          async embed(texts) {
            asked.push(...texts)
            if (fails) throw fails
            if (failsOn && texts.some((it) => failsOn?.test(it))) throw new EmbeddingFailed('no', true)
            return texts.map(meaningOf)
          },
        }
  const deps = (store = it.store) => ({ store, clock, log, embedders: async () => embedder() })
  const index = (store = it.store) => createIndexing(deps(store))(new AbortController().signal)
  const keep = async (name: string, text: string) =>
    (await documents.add(it.store, workspaceId, contentOf(name, Buffer.from(text), name), ADA, clock.now()))
      .document.id
  const found = async (q: string, page = { limit: 10, skip: 0 }) =>
    (await createDocumentSearch(deps())(workspaceId, { q, ...page })).map(({ name, snippet }) => [
      name,
      snippet,
    ])

  test('a document is found by what it means, with the passage that does; another meaning is not', async () => {
    await keep('harbour.txt', `${'Nothing of note. '.repeat(90)}\n\nThe boats leave at noon. 🔔`)
    await keep('zoo.txt', 'The kittens sleep.')
    await index()
    expect(await found('ships')).toMatchObject([
      ['harbour.txt', expect.stringMatching(/^Nothing of note.* The boats leave at noon. 🔔$/)],
    ])
    expect(await found('zebra crossing')).toEqual([])
  })

  test('what has the words comes with what means them, each once, a page at a time', async () => {
    await keep('word.txt', 'Ships are listed here, with cats and pets and kittens.')
    await keep('both.txt', 'Ships and boats.')
    await keep('meaning.txt', 'Sailing boats.')
    await index()
    const all = (await found('ships')).map(([name]) => name)
    expect(all[0]).toBe('both.txt')
    expect(all.toSorted()).toEqual(['both.txt', 'meaning.txt', 'word.txt'])
    expect((await found('ships', { limit: 1, skip: 1 })).map(([name]) => name)).toEqual([all[1]])
  })

  test('each version is embedded once, by one of two servers, and again by another model', async () => {
    const id = await keep('a.txt', 'A boat.')
    await Promise.all([index(), index(it.second)])
    await index()
    expect(asked).toEqual(['A boat.'])
    await documents.replace(
      it.store,
      workspaceId,
      id,
      contentOf('a.txt', Buffer.from('A cat.'), 'a'),
      ADA,
      clock.now(),
    )
    expect((await found('ship')).length).toBe(0)
    await index()
    expect(await found('pet')).toEqual([['a.txt', 'A cat.']])
    model = 'model-b'
    asked = []
    expect(await found('kitten')).toEqual([])
    await index()
    expect(asked).toEqual(['kitten', 'A cat.'])
  })

  test('a model that does not answer is asked again later, and words do meanwhile', async () => {
    await keep('a.txt', 'A boat.')
    fails = new EmbeddingFailed('nobody there', true)
    await index()
    expect(await found('boat')).toMatchObject([['a.txt', 'A boat.']])
    fails = null
    await index()
    expect(await found('ship')).toEqual([['a.txt', 'A boat.']])
  })

  test('one that fails keeps no other waiting', async () => {
    await keep('old.txt', 'A cat.')
    await keep('new.txt', 'A boat that fails.')
    failsOn = /fails/
    await index()
    expect(await found('pet')).toEqual([['old.txt', 'A cat.']])
    failsOn = null
    await index()
    expect(await found('ship')).toEqual([['new.txt', 'A boat that fails.']])
  })

  test('a text that is refused is not sent again; what a dead server held is taken up', async () => {
    await keep('a.txt', 'A boat.')
    fails = new EmbeddingFailed('too strange', false)
    await index()
    fails = null
    asked = []
    await index()
    expect(asked).toEqual([])
    const id = await keep('b.txt', 'A cat.')
    await it.store.q.update(it.store.t.documents).set({ embeddingUntil: clock.now().getTime() + minutes(5) })
    await index()
    expect(asked).toEqual([])
    await clock.advance(minutes(6))
    await index()
    expect(asked).toEqual(['A cat.'])
    await documents.remove(it.store, workspaceId, id, ADA, clock.now())
    expect(await it.store.q.select().from(it.store.t.documentVectors)).toEqual([])
  })

  test('without a model nothing is sent anywhere', async () => {
    model = null
    await keep('a.txt', 'A boat.')
    await index()
    expect(await found('boat')).toMatchObject([['a.txt', 'A boat.']])
    expect(asked).toEqual([])
  })
})
