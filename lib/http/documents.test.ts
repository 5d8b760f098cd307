/** Documents as programs and pages ask for them. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { docx, pdf } from '../documents/testing/files.ts'
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

const formOf = (files: Record<string, Buffer | string>, field = 'file') => {
  const form = new FormData()
  for (const [name, content] of Object.entries(files))
    form.append(field, new File([new Uint8Array(Buffer.from(content as string))], name))
  return form
}
const upload = (files: Record<string, Buffer | string>, field?: string) =>
  it.ask('POST', DOCUMENTS, { as: it.ben, form: formOf(files, field) })

test('a file is kept byte for byte, and read a moment later', async () => {
  const bytes = pdf('Goulash on Friday')
  const sent = await upload({ 'menus/menu.pdf': bytes })
  expect(sent).toMatchObject({ status: 201, body: { document: { name: 'menu.pdf', status: 'extracting' } } })
  await it.carillon.shelf.look()
  const { id } = documentOf(sent)
  const read = await it.ask('GET', `${DOCUMENTS}/${id}`, { as: it.ada })
  expect(read.body.document).toMatchObject({
    mediaType: 'application/pdf',
    bytes: bytes.length,
    status: 'ready',
    text: 'Goulash on Friday',
    source: { kind: 'upload', ref: 'menus/menu.pdf' },
  })
  const found = await it.ask('GET', `${DOCUMENTS}?q=goulash`, { as: it.ada })
  expect(found.body.documents).toMatchObject([{ id, snippet: 'Goulash on Friday' }])
  const again = await upload({ 'menu.pdf': bytes })
  expect([again.status, documentOf(again)]).toMatchObject([200, { id, version: 1, status: 'ready' }])
  const saved = await it.ask('GET', `${DOCUMENTS}/${id}/content`, { as: it.ada })
  expect(saved.text).toBe(bytes.toString())
  const form = formOf({ 'other.docx': docx('Strudel') })
  const changed = await it.ask('PUT', `${DOCUMENTS}/${id}`, { as: it.ben, form })
  expect(changed.body.document).toMatchObject({
    name: 'menu.pdf',
    version: 2,
    status: 'extracting',
    textLength: 0,
  })
  await it.carillon.shelf.look()
  expect((await it.ask('GET', `${DOCUMENTS}/${id}`, { as: it.ada })).body.document).toMatchObject({
    version: 2,
    text: 'Strudel',
  })
})

test('several files are answered each for itself; what cannot be read is kept with the reason', async () => {
  const sent = await upload({
    'a.md': '# Soup',
    'b.exe': Buffer.from([0, 1, 2]),
    'c.txt': Buffer.alloc(25 * 1024 ** 2 + 1, 'x'),
  })
  expect(sent.body.documents).toMatchObject([
    { document: { name: 'a.md', mediaType: 'text/markdown', status: 'ready', textLength: 6 } },
    { document: { name: 'b.exe', status: 'failed', problem: expect.stringContaining('Text is read from') } },
    { name: 'c.txt', problem: expect.stringContaining('25 MiB') },
  ])
  expect((await upload({ 'c.txt': Buffer.alloc(25 * 1024 ** 2 + 1, 'x') })).status).toBe(413)
})

test('a form of anything else is refused, and so is a form from another site', async () => {
  expect((await upload({ a: 'x' }, 'upload')).body.errors).toEqual([
    { path: 'upload', message: 'is not a field here' },
  ])
  expect((await it.ask('POST', DOCUMENTS, { as: it.ben, form: new FormData() })).status).toBe(422)
  const headers = { 'content-type': 'multipart/form-data; boundary=x' }
  expect((await it.ask('POST', DOCUMENTS, { as: it.ben, text: 'nonsense', headers })).status).toBe(400)
  const foreign = { origin: 'https://evil.example.com' }
  const crossed = await it.ask('POST', DOCUMENTS, { as: it.ben, form: formOf({ a: 'x' }), headers: foreign })
  expect(crossed.status).toBe(403)
  const elsewhere = await it.ask('POST', '/workspace/demo/agents', { as: it.ben, form: formOf({ a: 'x' }) })
  expect(elsewhere.status).toBe(415)
})
