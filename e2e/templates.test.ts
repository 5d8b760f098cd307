/** From an empty workspace to the first result: a template is chosen, filled in, tried and made, and speaks. */
import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { Browser } from 'playwright-core'
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

let server: Served
let browser: Browser
let ada: Visitor

beforeAll(async () => {
  server = await serve()
  browser = await openBrowser()
  ada = await visit(browser, server)
  await signIn(ada)
})
afterAll(async () => {
  await browser.close()
  await server.end('SIGTERM')
  server.remove()
})

interface Listed {
  schedules: {
    id: number
    cronExpression: string
    timezone: string
    retries: number
    origin: { template: string; version: number } | null
  }[]
}
const SCHEDULES = '/workspace/my-workspace/agent-schedules'
const schedules = async () => {
  const key = (await apiKey(server)).trim()
  return (await call<Listed>(server, key, 'GET', SCHEDULES)).body.schedules
}

test('a person with nothing but a fresh workspace has a result in the chat', async () => {
  const { page } = ada
  await page.getByRole('link', { name: 'Plan your first agent' }).click()
  await page.getByRole('heading', { name: 'Templates', level: 1 }).waitFor()
  await page.getByRole('link', { name: 'Daily summary' }).click()

  await page.getByLabel('Time', { exact: true }).fill('07:45')
  await page.getByRole('checkbox', { name: 'Friday' }).click()
  const makes = page.getByRole('region', { name: 'What it makes' })
  await makes.getByText(/07:45/).first().waitFor()

  const trial = page.getByRole('region', { name: 'Try it' })
  await trial.getByRole('button', { name: 'Try it' }).click()
  await trial.getByRole('heading', { name: /Daily summary: / }).waitFor()
  expect(await schedules()).toEqual([])

  await page.getByRole('button', { name: 'Create & run now' }).click()
  await page.getByRole('article', { name: 'Daily summary' }).first().waitFor()
  expect(new URL(page.url()).pathname).toBe('/w/my-workspace')
  const zone = await page.evaluate(() => Intl.DateTimeFormat().resolvedOptions().timeZone)
  expect(await schedules()).toMatchObject([
    { cronExpression: '45 7 * * 1,2,3,4', timezone: zone, origin: { template: 'daily-summary' } },
  ])
  expect(ada.problems).toEqual([])
})

test('what was made of an older version follows the newer one where somebody says so', async () => {
  const { page } = ada
  const key = (await apiKey(server)).trim()
  const [made] = await schedules()
  await call(server, key, 'PUT', `${SCHEDULES}/${made?.id}`, { retries: 3 })
  const shell = new Database(join(server.dataDir, 'carillon.db'))
  shell
    .prepare(
      "update triggers set origin = json_set(origin, '$.version', 0, '$.made.retries', 3) where id = ?",
    )
    .run(made?.id)
  shell.close()
  await page.goto(`/w/my-workspace/schedules/${made?.id}`)
  const news = page.getByRole('region', { name: 'Its template has a newer version' })
  await news.getByRole('listitem').filter({ hasText: 'retries' }).waitFor()
  expect(await obstacles(page)).toEqual([])
  await news.getByRole('button', { name: 'Follow the template' }).click()
  await news.waitFor({ state: 'detached' })
  expect(await schedules()).toMatchObject([{ retries: 0, origin: { version: 1 } }])
})

test('what is wrong is said at its field, and what was typed is still there', async () => {
  const { page } = ada
  await page.goto('/w/my-workspace/templates/website-health')
  const address = page.getByLabel('Address')
  await address.fill('example')
  await page.getByRole('button', { name: /^Create(, paused)?$/ }).click()
  await page.getByText('Expects an address such as').waitFor()
  await page.waitForFunction(() => document.activeElement?.getAttribute('aria-invalid') === 'true')
  await address.fill('http://127.0.0.1/')
  await page.getByRole('button', { name: 'Try it' }).click()
  await page
    .getByText(/private|not allowed|refused/i)
    .first()
    .waitFor()
  expect(await address.inputValue()).toBe('http://127.0.0.1/')
  await page.getByRole('link', { name: 'Cancel' }).click()
  await page.getByRole('button', { name: 'Leave' }).click()
  await page.waitForURL(/\/templates$/)
})

test.each([
  { width: 1440, colorScheme: 'light' },
  { width: 360, colorScheme: 'dark' },
] as const)('the gallery and a form are read well at $width in the $colorScheme', async (window) => {
  const reader = await visit(browser, server, window)
  await signIn(reader)
  for (const path of ['/templates', '/templates/daily-summary', '/templates/website-health']) {
    await reader.page.goto(`/w/my-workspace${path}`)
    await reader.page
      .getByRole('link', { name: 'Daily summary' })
      .or(reader.page.getByRole('button', { name: /^Create(, paused)?$/ }))
      .first()
      .waitFor()
    expect(await obstacles(reader.page)).toEqual([])
  }
  await reader.page.context().close()
})
