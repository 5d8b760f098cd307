/** Who reads what waits, on both databases. */
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as documents from '#db/queries/documents.ts'
import type { Store } from '#db/store.ts'
import { type Opened, stores } from '#db/testing/stores.ts'
import { type HandClock, handClock, minutes } from '../clock.ts'
import { contentOf } from './content.ts'
import type { Extract } from './extract.ts'
import { createShelf } from './shelf.ts'
import { pdf } from './testing/files.ts'

const ADA = { kind: 'person', id: 'ada', name: 'Ada' } as const

describe.each(stores)('on $name', ({ open }) => {
  let it: Opened
  let workspaceId: number
  const clock: HandClock = handClock('2026-03-01T08:00:00Z')
  beforeAll(async () => {
    it = await open()
    const [row] = await it.store.q
      .insert(it.store.t.workspaces)
      .values({ name: 'demo', slug: 'demo', createdAt: 0 })
      .returning()
    workspaceId = row?.id as number
  })
  afterAll(() => it.close())

  const log = pino({ level: 'silent' })
  const shelfOf = (store: Store, extract: Extract) => createShelf({ store, clock, log, extract })
  const keep = async (text: string) =>
    (await documents.add(it.store, workspaceId, contentOf('a.pdf', pdf(text), 'a.pdf'), ADA, clock.now()))
      .document.id
  const kept = (id: number) => documents.get(it.store, workspaceId, id)
  /** A process that never answers, until it is killed. */
  const stuck =
    (begun: () => void): Extract =>
    (_, signal) =>
      new Promise((resolve) => {
        begun()
        signal?.addEventListener('abort', () => resolve({ problem: 'killed' }))
      })
  const reads: Extract = async ({ reading }) => ({ text: `read as ${reading}`, left: null })

  test('two servers read each document once', async () => {
    const ids = [await keep('one'), await keep('two'), await keep('three')]
    let calls = 0
    const counted: Extract = async (file) => {
      calls++
      return reads(file)
    }
    await Promise.all([shelfOf(it.store, counted).look(), shelfOf(it.second, counted).look()])
    expect(calls).toBe(3)
    for (const id of ids) expect(await kept(id)).toMatchObject({ status: 'ready', text: 'read as pdf' })
  })

  test('what a dead server held is taken up after a while; what broke three is left', async () => {
    const id = await keep('four')
    const dead = async () => {
      const { promise, resolve } = Promise.withResolvers<void>()
      void shelfOf(it.second, stuck(resolve)).look()
      await promise
    }
    await dead()
    await shelfOf(it.store, reads).look()
    expect(await kept(id)).toMatchObject({ status: 'extracting' })
    clock.advance(minutes(3))
    await dead()
    clock.advance(minutes(3))
    await dead()
    clock.advance(minutes(3))
    await shelfOf(it.store, reads).look()
    expect(await kept(id)).toMatchObject({
      status: 'failed',
      problem: expect.stringContaining('three times'),
    })
  })

  test('a server that stops leaves what it reads to the next, at once and uncounted', async () => {
    const id = await keep('five')
    for (let n = 0; n < 4; n++) {
      const { promise, resolve } = Promise.withResolvers<void>()
      const stopping = shelfOf(it.store, stuck(resolve))
      void stopping.look()
      await promise
      await stopping.stop()
    }
    await shelfOf(it.second, reads).look()
    expect(await kept(id)).toMatchObject({ status: 'ready' })
  })

  test('a reading of an older version is not the text of a newer one', async () => {
    const id = await keep('six')
    const late: Extract = async () => {
      await documents.replace(
        it.store,
        workspaceId,
        id,
        documents.plain('a.pdf', 'new', { kind: 'text', ref: null }),
        ADA,
        clock.now(),
      )
      return { text: 'old', left: null }
    }
    await shelfOf(it.store, late).look()
    expect(await kept(id)).toMatchObject({ version: 2, status: 'ready', text: 'new' })
  })
})
