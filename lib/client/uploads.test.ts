import { expect, test } from 'vitest'
import { MOST_FILE_BYTES } from '#lib/contract/file.ts'
import type { Document } from '#lib/contract/document.ts'
import { Problem } from './problem.ts'
import type { Progress } from './upload.ts'
import { createUploads } from './uploads.ts'

/** A server that answers when the test says so. */
function world() {
  const store = createUploads()
  const sent: { name: string; progress: Progress; end: PromiseWithResolvers<void> }[] = []
  const send = async ({ name }: File, progress: Progress) => {
    const end = Promise.withResolvers<void>()
    sent.push({ name, progress, end })
    progress.signal?.addEventListener('abort', () => end.reject(progress.signal?.reason))
    await end.promise
    return { document: { id: sent.length } as Document, isNew: true }
  }
  const add = (...names: string[]) =>
    store.add(
      names.map((it) => new File(['x'], it)),
      send,
    )
  const states = () => store.now().map((it) => `${it.name} ${it.state}`)
  /** Until everything that was resolved has been heard. */
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve))
  return { store, sent, send, add, states, settled }
}

test('files go two at a time, in the order in which they were given', async () => {
  const { sent, add, states, settled } = world()
  add('a', 'b', 'c')
  expect(states()).toEqual(['a sending', 'b sending', 'c waiting'])
  sent[0]?.end.resolve()
  await settled()
  expect(states()).toEqual(['a sent', 'b sending', 'c sending'])
  sent[1]?.end.resolve()
  sent[2]?.end.resolve()
  await settled()
  add('d')
  expect(states()).toEqual(['d sending'])
})

test('one that is refused says why, and the next one goes', async () => {
  const { store, sent, add, states, settled } = world()
  add('a', 'b', 'c')
  sent[0]?.end.reject(new Problem({ title: 'No room', status: 422, detail: 'There is no room.' }))
  await settled()
  expect(states()).toEqual(['a refused', 'b sending', 'c sending'])
  expect(store.now()[0]?.problem).toBe('There is no room.')
})

test('one that is too large is not even sent', () => {
  const { store, sent, send, states } = world()
  const large = Object.defineProperty(new File(['x'], 'large'), 'size', { value: MOST_FILE_BYTES + 1 })
  store.add([large], send)
  expect(states()).toEqual(['large refused'])
  expect(store.now()[0]?.problem).toContain('25 MiB')
  expect(sent).toEqual([])
})

test('what is cancelled is gone, whether it waits or is on its way', async () => {
  const { store, sent, add, states, settled } = world()
  add('a', 'b', 'c', 'd')
  const [a, , c] = store.now()
  store.cancel(c?.key ?? '')
  store.cancel(a?.key ?? '')
  await settled()
  expect(states()).toEqual(['b sending', 'd sending'])
  expect(sent.map((it) => it.name)).toEqual(['a', 'b', 'd'])
})

test('clearing leaves what is under way', async () => {
  const { store, sent, add, states, settled } = world()
  store.refuse('folder', 'It is a folder.')
  add('a', 'b')
  sent[0]?.end.resolve()
  await settled()
  store.clear()
  expect(states()).toEqual(['b sending'])
})
