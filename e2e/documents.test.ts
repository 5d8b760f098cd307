/** A person gives agents something to read and finds it again; whoever only reads sees it, and changes nothing. */
import { readFile } from 'node:fs/promises'
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pdf } from '#lib/documents/testing/files.ts'
import { obstacles } from './fixtures/reading-well.ts'
import { openBrowser, type Served, serve, signIn, type Visitor, visit } from './fixtures/serve.ts'

const HOME = '/w/my-workspace/documents'
const EVE = { email: 'eve@example.com', password: 'a-sentence-of-her-own' }
const MENU = pdf('Today there is lentil soup')
const MENU_OF_TOMORROW = pdf('Tomorrow there is pumpkin soup')

let server: Served
let browser: Browser
let ada: Visitor
let eve: Visitor
beforeAll(async () => {
  server = await serve()
  browser = await openBrowser()
  ada = await visit(browser, server)
  eve = await visit(browser, server, { width: 360, colorScheme: 'dark' })
  await signIn(ada)
  const answer = await ada.page.request.post('/api/workspace/my-workspace/members', {
    data: { email: EVE.email, role: 'viewer' },
    headers: { origin: server.url },
  })
  const { link } = (await answer.json()) as { link: string }
  await eve.page.goto(new URL(link).pathname + new URL(link).search)
  await eve.page.getByLabel(/name/i).fill('Eve')
  await eve.page.getByLabel('Password', { exact: true }).fill(EVE.password)
  await eve.page.getByRole('button', { name: /join/i }).click()
  await eve.page.waitForURL(/\/w\/my-workspace/)
})
afterAll(async () => {
  await browser.close()
  await server.end('SIGTERM')
  server.remove()
})

const asGiven = (name: string, bytes: Buffer) => ({ name, base64: bytes.toString('base64') })
/** As a browser tells of files that are let go over the page. */
const drop = (page: Page, files: { name: string; base64: string }[]) =>
  page.evaluate((given) => {
    const dataTransfer = new DataTransfer()
    for (const { name, base64 } of given)
      dataTransfer.items.add(new File([Uint8Array.from(atob(base64), (it) => it.charCodeAt(0))], name))
    for (const type of ['dragenter', 'dragover', 'drop'])
      document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }))
  }, files)

async function saved(page: Page): Promise<Buffer> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download' }).click(),
  ])
  return readFile(await download.path())
}

test('two files are dropped, are sent, and stand in the list with what can be read of them', async () => {
  const { page } = ada
  await page.goto(HOME)
  await page.getByRole('heading', { name: 'No documents yet' }).waitFor()
  expect(await obstacles(page)).toEqual([])
  await drop(page, [
    asGiven('menu.pdf', MENU),
    asGiven('notes.txt', Buffer.from('Ben is <b>away</b> on Monday.')),
  ])
  const sending = page.getByRole('region', { name: 'Files you send' })
  await sending.getByText('Added.').nth(1).waitFor()
  await page.getByText('2 of 2 files done.').waitFor()
  const rows = page.getByRole('table', { name: /newest first/ }).getByRole('row')
  await rows.filter({ hasText: 'menu.pdf' }).getByText('Ready').waitFor()
  await rows.filter({ hasText: 'notes.txt' }).getByText('by ada').waitFor()
  expect(await obstacles(page)).toEqual([])
})

test('what is there already, what nobody can read and what is too large are told', async () => {
  const { page } = ada
  const chosen = page.locator('input[type=file]')
  await chosen.setInputFiles([
    { name: 'menu.pdf', mimeType: '', buffer: MENU },
    { name: 'bell.bin', mimeType: '', buffer: Buffer.from([0, 1, 2, 3]) },
  ])
  const sending = page.getByRole('region', { name: 'Files you send' })
  await sending.getByText('The same is there already: nothing was added.').waitFor()
  await sending.getByText(/This kind of file cannot be read/).waitFor()
  await page.getByRole('table').getByText('Cannot be read', { exact: true }).waitFor()
  await page.evaluate(() => {
    const dataTransfer = new DataTransfer()
    dataTransfer.items.add(new File([new Uint8Array(25 * 1024 ** 2 + 1)], 'film.mov'))
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }))
  })
  await sending.getByText(/larger than 25 MiB/).waitFor()
  expect(await obstacles(page)).toEqual([])
  await sending.getByRole('button', { name: 'Clear' }).click()
  await sending.waitFor({ state: 'detached' })
})

test('what is on its way is cancelled, and nothing comes of it', async () => {
  const { page } = ada
  const held = Promise.withResolvers<void>()
  await page.route('**/api/workspace/my-workspace/documents', async (route) => {
    if (route.request().method() !== 'POST') return route.fallback()
    await held.promise
    await route.abort().catch(() => undefined)
  })
  await drop(page, [asGiven('late.txt', Buffer.from('Too late.'))])
  await page.getByRole('button', { name: 'Cancel: late.txt' }).click()
  await page.getByRole('region', { name: 'Files you send' }).waitFor({ state: 'detached' })
  held.resolve()
  await page.unroute('**/api/workspace/my-workspace/documents')
  await page.reload()
  await page.getByRole('link', { name: 'menu.pdf' }).waitFor()
  expect(await page.getByText('late.txt').count()).toBe(0)
})

test('a word inside the PDF finds it; it is opened, and saved byte for byte', async () => {
  const { page } = ada
  await page.getByLabel('Search documents').fill('lentil')
  await page.waitForURL(/\?q=lentil$/)
  const row = page
    .getByRole('table', { name: /best first/ })
    .getByRole('row')
    .nth(1)
  await row.locator('mark', { hasText: 'lentil' }).waitFor()
  expect(await page.getByRole('link', { name: /notes\.txt|bell\.bin/ }).count()).toBe(0)
  await row.getByRole('link', { name: 'menu.pdf' }).click()
  await page.getByRole('heading', { level: 1, name: 'menu.pdf' }).waitFor()
  await page.getByText('Today there is lentil soup').waitFor()
  expect(await obstacles(page)).toEqual([])
  expect((await saved(page)).equals(MENU)).toBe(true)
  await page.goBack()
  await row.locator('mark', { hasText: 'lentil' }).waitFor()
})

test('another file is its next version, and is read while the page is open', async () => {
  const { page } = ada
  await page.getByRole('link', { name: 'menu.pdf' }).click()
  await page.getByRole('heading', { level: 1, name: 'menu.pdf' }).waitFor()
  const chosen = page.locator('input[type=file]')
  await chosen.setInputFiles({ name: 'tomorrow.pdf', mimeType: '', buffer: MENU_OF_TOMORROW })
  await page.getByText('It is version 2 now.').waitFor()
  await page.getByText('Tomorrow there is pumpkin soup').waitFor()
  await page.getByLabel('Facts').getByText('tomorrow.pdf').waitFor()
  expect((await saved(page)).equals(MENU_OF_TOMORROW)).toBe(true)
})

test('a text is shown as it is written, whatever stands in it', async () => {
  const { page } = ada
  await page.goto(HOME)
  await page.getByRole('link', { name: 'notes.txt' }).click()
  await page.getByText('Ben is <b>away</b> on Monday.').waitFor()
})

test('somebody who only reads finds and reads it on a phone, and is offered no change', async () => {
  const { page } = eve
  await page.getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitem', { name: 'Documents' }).click()
  await page.getByRole('link', { name: 'menu.pdf' }).waitFor()
  expect(await page.getByRole('button', { name: /Add files|Write a text/ }).count()).toBe(0)
  await drop(page, [asGiven('mine.txt', Buffer.from('mine'))])
  expect(await page.getByRole('region', { name: 'Files you send' }).count()).toBe(0)
  expect(await obstacles(page)).toEqual([])
  await page.getByRole('link', { name: 'menu.pdf' }).click()
  await page.getByText('Tomorrow there is pumpkin soup').waitFor()
  expect(await page.getByRole('button', { name: /Replace|Delete|Edit/ }).count()).toBe(0)
  expect(await obstacles(page)).toEqual([])
  expect((await saved(page)).equals(MENU_OF_TOMORROW)).toBe(true)
})

test('a text is written by hand, and changed', async () => {
  const { page } = ada
  await page.goto(HOME)
  await page.getByRole('button', { name: 'Write a text' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Add it' }).click()
  await dialog.getByText('Must not be empty.').first().waitFor()
  await dialog.getByLabel('Name').fill('House rules')
  await dialog.getByLabel('Text').fill('Ring twice.')
  expect(await obstacles(page)).toEqual([])
  await dialog.getByRole('button', { name: 'Add it' }).click()
  await page.getByRole('heading', { level: 1, name: 'House rules' }).waitFor()
  await page.getByRole('button', { name: 'Edit' }).click()
  await dialog.getByLabel('Text').fill('Ring three times.')
  await dialog.getByRole('button', { name: 'Save it' }).click()
  await page.getByRole('region', { name: 'What agents read' }).getByText('Ring three times.').waitFor()
  await page.getByLabel('Facts').getByText('2', { exact: true }).waitFor()
})

test('a press that finds the page asleep leads where it was aimed', async () => {
  const page = await ada.page.context().newPage()
  // The framework does what has time by messages to itself; a press makes it do at once what the press needs.
  await page.addInitScript(() => {
    const post = MessagePort.prototype.postMessage
    const held: (() => void)[] = []
    MessagePort.prototype.postMessage = function (...words: [unknown]) {
      held.push(() => post.apply(this, words))
    }
    addEventListener('pointerup', () => {
      MessagePort.prototype.postMessage = post
      for (const it of held) it()
    })
  })
  await page.goto(HOME)
  const link = page.getByRole('link', { name: 'menu.pdf' })
  await link.hover()
  const place = await link.boundingBox()
  await page.mouse.down()
  expect(await link.boundingBox()).toEqual(place)
  await page.mouse.up()
  await page.getByRole('heading', { level: 1, name: 'menu.pdf' }).waitFor()
  await page.close()
})

test('a document is deleted once that is confirmed', async () => {
  const { page } = ada
  await page.goto(HOME)
  await page.getByRole('link', { name: 'menu.pdf' }).click()
  await page.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('link', { name: 'House rules' }).waitFor()
  expect(await page.getByRole('link', { name: 'menu.pdf' }).count()).toBe(0)
})

test("nobody's console complained, and nothing was asked of another host", () => {
  expect({ ada: ada.problems, eve: eve.problems }).toEqual({ ada: [], eve: [] })
})
