/** What somebody reads stays where it was: on the way back, without a network, and when much says the same. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { putToSleep } from './fixtures/asleep.ts'
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

const SCHEDULES = '/workspace/my-workspace/agent-schedules'
let server: Served
let browser: Browser
let ada: Visitor

beforeAll(async () => {
  server = await serve()
  browser = await openBrowser()
  const key = (await apiKey(server)).trim()
  await call(server, key, 'POST', SCHEDULES, {
    name: 'Flaky neighbour',
    agentId: 'test-agent',
    cronExpression: '0 9 * * *',
    context: { does: 'fail' },
    disableAfterFailures: 1000,
    disableBelowSuccessRate: 0,
  })
  for (let n = 0; n < 30; n++) await call(server, key, 'POST', `${SCHEDULES}/1/run`)
  ada = await visit(browser, server)
  await signIn(ada)
})
afterAll(async () => {
  await browser.close()
  await server.end('SIGTERM')
  server.remove()
})

const placeOf = (page: Page) => page.evaluate(() => document.getElementById('content')?.scrollTop ?? 0)
const isAt = (page: Page, place: number) =>
  page.waitForFunction((top) => document.getElementById('content')?.scrollTop === top, place)
/** At the foot of the list; answers the place where it was pressed. */
async function pressTheLast(page: Page): Promise<number> {
  await page.getByText('That is all of it.').scrollIntoViewIfNeeded()
  const place = await placeOf(page)
  expect(place).toBeGreaterThan(300)
  await page
    .getByRole('link', { name: /Flaky neighbour/ })
    .last()
    .click()
  return place
}

test('the way back from a run leads to the place that one came from', async () => {
  const { page } = ada
  await page.goto('/w/my-workspace/executions')
  const before = await pressTheLast(page)
  await page.waitForURL(/executions\/\d+$/)
  await page.getByRole('heading', { level: 1, name: /Flaky neighbour/ }).waitFor()
  expect(await placeOf(page)).toBe(0)
  await page.goBack()
  await isAt(page, before)
})

test('a link that is pressed before the page is awake leads back to that place, and so does a reload', async () => {
  const { page } = ada
  const wake = await putToSleep(page)
  await page.goto('/w/my-workspace/executions', { waitUntil: 'commit' })
  const before = await pressTheLast(page)
  await page.waitForURL(/executions\/\d+$/, { waitUntil: 'commit' })
  wake()
  await page.getByRole('heading', { level: 1, name: /Flaky neighbour/ }).waitFor()
  expect(await placeOf(page)).toBe(0)
  await page.goBack()
  await isAt(page, before)
  await page.reload()
  await isAt(page, before)
})

test('results that say the same are told once, with their number', async () => {
  const { page } = ada
  await page.goto('/w/my-workspace')
  const told = page.getByText(/^The same \d+ times since/)
  await told.waitFor()
  const cards = page.getByRole('article', { name: /Flaky neighbour/ })
  const folded = await cards.count()
  expect(folded).toBeLessThan(15)
  await page.getByRole('button', { name: 'Show all of them' }).first().click()
  await page.getByRole('button', { name: 'Show it once' }).waitFor()
  expect(await cards.count()).toBeGreaterThan(folded)
})

test('without a network a link keeps the page, and says why', async () => {
  const { page } = ada
  await page.goto('/w/my-workspace')
  await page.context().setOffline(true)
  await page.getByRole('link', { name: 'Schedules' }).first().click()
  await page.getByText('You are offline. This page stays').waitFor()
  expect(new URL(page.url()).pathname).toBe('/w/my-workspace')
  await page.context().setOffline(false)
  await page.getByText('You are offline.').waitFor({ state: 'detached' })
})

test('what is wrong with a form is said in one round', async () => {
  const { page } = ada
  await page.goto('/w/my-workspace/schedules/new')
  await page.getByText('Every so often', { exact: true }).click()
  await page.getByLabel('Every', { exact: true }).fill('0')
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  for (const words of ['Give it a name.', 'Choose who does the work.', 'It must be more than 0.'])
    await page.getByText(words).waitFor()
  await page.getByText('3 things need your attention').waitFor()
})
