/** Something happens in one browser, and what waited for it runs and is seen in another. */
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { obstacles } from './fixtures/reading-well.ts'
import {
  apiKey,
  call,
  openBrowser,
  type Served,
  serve,
  signIn,
  type Visitor,
  visit,
} from './fixtures/serve.ts'

const HOME = '/w/my-workspace'

let server: Served
let browser: Browser
let ada: Visitor
let phone: Visitor
let key: string
beforeAll(async () => {
  server = await serve()
  browser = await openBrowser()
  ada = await visit(browser, server)
  phone = await visit(browser, server, { width: 360, colorScheme: 'dark' })
  await signIn(ada)
  await signIn(phone)
  key = (await apiKey(server)).trim()
})
afterAll(async () => {
  await browser.close()
  await server.end('SIGTERM')
  server.remove()
})

const tell = (type: string, data: Record<string, unknown>) =>
  call<{ event: { id: number } }>(server, key, 'POST', '/workspace/my-workspace/trigger-events', {
    type,
    data,
  })

async function choose(page: Page, box: string | RegExp, option: string | RegExp) {
  await page.getByRole('combobox', { name: box }).first().click()
  await page.getByRole('option', { name: option }).first().click()
}

/** Opens the form with a name, an agent that succeeds, and "when something happens". */
async function begin(page: Page, name: string) {
  await page.goto(`${HOME}/schedules/new`)
  await page.getByLabel('Name', { exact: true }).fill(name)
  await page.getByText('When something happens', { exact: true }).click()
  await choose(page, /agent/i, /test agent/i)
}

async function addWriting(page: Page, name: string) {
  await page.goto(`${HOME}/documents`)
  await page.getByRole('button', { name: 'Write a text' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill(name)
  await dialog.getByLabel('Text').fill('A bell costs 40 crowns.')
  await dialog.getByRole('button', { name: 'Add it' }).click()
  await page.getByRole('heading', { level: 1, name }).waitFor()
}

test('without events the page of them says what will stand there', async () => {
  await ada.page.goto(`${HOME}/events`)
  await ada.page.getByRole('heading', { name: 'Nothing has happened yet' }).waitFor()
  expect(await obstacles(ada.page)).toEqual([])
})

test('a document that is added in one browser makes a message in another', async () => {
  const { page } = ada
  await begin(page, 'Greet documents')
  await choose(page, /It waits for/, 'When a document is added')
  await page.getByText('Nothing that it waits for has happened').waitFor()
  await page.getByRole('button', { name: 'Add a comparison' }).click()
  await page.getByLabel('Path 1').fill('data.documentName')
  await choose(page, 'Comparison 1', 'begins with')
  await page.getByLabel('Value 1').fill('Price')
  expect(await obstacles(page)).toEqual([])
  await page.getByText('JSON', { exact: true }).click()
  const json = page.getByLabel('Only if, as JSON')
  expect(JSON.parse(await json.inputValue())).toEqual({
    path: 'data.documentName',
    op: 'starts_with',
    value: 'Price',
  })
  await page.getByText('Rows', { exact: true }).click()
  expect(await page.getByLabel('Value 1').inputValue()).toBe('Price')
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  await page.getByRole('heading', { name: 'Greet documents' }).waitFor()
  const waits = page.getByRole('region', { name: 'Waits for' })
  await waits.getByText('data.documentName begins with "Price"').waitFor()

  await phone.page.goto(HOME)
  await phone.page.getByLabel('Write to the workspace').waitFor()
  await addWriting(page, 'Prices')
  await phone.page
    .getByRole('article', { name: /greet documents/i })
    .getByText('Success')
    .first()
    .waitFor()
})

test('what a filter keeps out is told on the page, with the comparison and both values', async () => {
  const { page } = ada
  await addWriting(page, 'House rules')
  await page.goto(`${HOME}/schedules/1`)
  const decided = page.getByRole('region', { name: 'What it decided' })
  await decided.getByText('Not as wanted').waitFor()
  const kept = decided.getByRole('listitem').filter({ hasText: 'Not as wanted' }).first()
  await kept.getByLabel('Does not hold:').waitFor()
  await kept.getByText('data.documentName begins with "Price"').waitFor()
  await kept.getByText('(it was "House rules")').waitFor()
  await decided.getByText('Fired').first().waitFor()
  expect(await obstacles(page)).toEqual([])
  await page.goto(`${HOME}/schedules/1/edit`)
  await page.getByText('It would have fired on 1 of the last 2 that there were.').waitFor()
  expect(await obstacles(page)).toEqual([])
})

test('of a chain the pages show cause and effect', async () => {
  const { page } = ada
  await page.goto(`${HOME}/schedules/new?event=custom.order.created`)
  await page.getByLabel('Name', { exact: true }).fill('First')
  await choose(page, /agent/i, /test agent/i)
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  await page.getByRole('heading', { name: 'First' }).waitFor()

  await begin(page, 'Second')
  await choose(page, /It waits for/, 'When a run succeeds')
  await choose(page, 'Of which schedules', /First/)
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  await page.getByRole('heading', { name: 'Second' }).waitFor()
  await page.getByRole('region', { name: 'Waits for' }).getByText('First').waitFor()

  const { status, body } = await tell('custom.order.created', { name: 'Order 7' })
  expect(status).toBe(202)
  await page
    .getByRole('table')
    .getByRole('link', { name: /Second/ })
    .click()
  const cause = page.getByRole('region', { name: 'Caused by' })
  await cause.getByText('A run succeeds').waitFor()
  expect(await obstacles(page)).toEqual([])
  await cause.getByRole('link', { name: /Run #/ }).click()
  await page.getByRole('heading', { level: 1, name: /First/ }).waitFor()
  await page
    .getByRole('region', { name: 'Caused', exact: true })
    .getByRole('link', { name: /Second/ })
    .waitFor()
  await cause.getByText(`event #${body.event.id}`).waitFor()
  expect(await obstacles(page)).toEqual([])
})

test('what happens stands among the events while they are looked at, and leads to a schedule for it', async () => {
  const { page } = phone
  await page.goto(`${HOME}/events`)
  await page.getByText('custom.order.created').first().waitFor()
  await tell('custom.order.paid', { name: 'Order 8' })
  await page.getByText('Order 8').first().waitFor()
  expect(await obstacles(page)).toEqual([])
  await page.getByRole('button', { name: 'custom.order.paid' }).click()
  await page.waitForURL(/type=custom\.order\.paid/)
  await page.getByText('custom.order.created').first().waitFor({ state: 'detached' })
  await page.getByText('Data', { exact: true }).first().click()
  await page.getByRole('link', { name: 'Make a schedule from this' }).click()
  await page.getByRole('button', { name: 'Remove custom.order.paid' }).waitFor()
  expect(await obstacles(page)).toEqual([])
})

test('a refused filter is said at its row', async () => {
  const { page } = phone
  await page.getByLabel('Name', { exact: true }).fill('Paid')
  await choose(page, /agent/i, /test agent/i)
  await page.getByRole('button', { name: 'Add a comparison' }).click()
  await page.getByLabel('Path 1').fill('body.name')
  await page.getByLabel('Value 1').fill('x')
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  await page
    .getByText(/begins with "body"/)
    .first()
    .waitFor()
  expect(await obstacles(page)).toEqual([])
})

test("nobody's console complained, and nothing was asked of another host", () => {
  expect({ ada: ada.problems, phone: phone.problems }).toEqual({ ada: [], phone: [] })
})
