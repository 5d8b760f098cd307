/** Documents as programs and pages ask for them. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type World, world } from './testing/world.ts'

let it: World
beforeAll(async () => {
  it = await world()
})
afterAll(() => it.close())

const DOCUMENTS = '/workspace/demo/documents'
const add = (name: string, text: string) => it.ask('POST', DOCUMENTS, { as: it.ben, body: { name, text } })
const documentOf = ({ body }: { body: Record<string, unknown> }) =>
  body.document as { id: number } & Record<string, unknown>

test('a document is added, read, changed, saved as a file and deleted', async () => {
  const added = await add('../Wörter "x"', 'Soup on Monday')
  expect(added.status).toBe(201)
  const { id } = documentOf(added)
  expect(added.body.document).toMatchObject({
    mediaType: 'text/plain',
    bytes: 14,
    version: 1,
    status: 'ready',
    problem: null,
    textLength: 14,
    source: { kind: 'text', ref: null },
  })
  expect(await add('../Wörter "x"', 'Soup on Monday')).toMatchObject({ status: 200, body: added.body })
  const at = `${DOCUMENTS}/${id}`
  const read = await it.ask('GET', at, { as: it.ada })
  expect(read.body.document).toMatchObject({ id, text: 'Soup on Monday' })
  const changed = await it.ask('PUT', at, { as: it.ben, body: { text: '<script>1</script>' } })
  expect(changed.body.document).toMatchObject({ id, version: 2 })
  const saved = await it.ask('GET', `${at}/content`, { as: it.ada })
  expect(saved.text).toBe('<script>1</script>')
  expect(saved.headers.get('content-type')).toBe('application/octet-stream')
  expect(saved.headers.get('content-disposition')).toBe("attachment; filename*=UTF-8''__W%C3%B6rter%20_x_")
  expect(saved.headers.get('x-content-type-options')).toBe('nosniff')
  expect((await it.ask('DELETE', at, { as: it.ben })).status).toBe(200)
  expect((await it.ask('GET', at, { as: it.ada })).status).toBe(404)
})

test('lists come in pages, by age and by words', async () => {
  for (const n of [1, 2, 3]) await add(`Menu ${n}`, `Soup number ${n}`)
  const page = async (query: string) => {
    const { body } = await it.ask('GET', `${DOCUMENTS}?${query}`, { as: it.ada })
    const shown = body.documents as { name: string; snippet: string | null }[]
    return { names: shown.map(({ name }) => name), next: body.nextCursor, snippet: shown[0]?.snippet }
  }
  const first = await page('limit=2')
  expect(first).toMatchObject({ names: ['Menu 3', 'Menu 2'], snippet: null })
  expect(await page(`limit=2&cursor=${first.next}`)).toMatchObject({ names: ['Menu 1'], next: null })
  const found = await page('q=soup&limit=2')
  expect(found).toMatchObject({ names: ['Menu 3', 'Menu 2'], next: '2', snippet: 'Soup number 3' })
  expect(await page('q=soup&limit=2&cursor=2')).toMatchObject({ names: ['Menu 1'], next: null })
  expect((await it.ask('GET', `${DOCUMENTS}?cursor=x`, { as: it.ada })).status).toBe(422)
})
