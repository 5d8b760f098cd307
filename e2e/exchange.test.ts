/** An administrator saves a workspace as a file, reads what another file would change, and has just that done. */
import { readFile } from 'node:fs/promises'
import AxeBuilder from '@axe-core/playwright'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
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

const PAGE = '/w/my-workspace/settings/exchange'
let server: Served
let browser: Browser
let ada: Visitor
beforeAll(async () => {
  server = await serve()
  browser = await openBrowser()
  const key = (await apiKey(server)).trim()
  const schedule = { name: 'Report', agentId: 'test-agent', cronExpression: '0 9 * * *' }
  await call(server, key, 'POST', '/workspace/my-workspace/triggers', schedule)
  ada = await visit(browser, server)
  await signIn(ada)
})
afterAll(async () => {
  await browser.close()
  await server.end('SIGTERM')
  server.remove()
})

const violations = async () =>
  (await new AxeBuilder({ page: ada.page }).analyze()).violations.map((it) => it.id)

test('the file has the kinds that are chosen', async () => {
  const { page } = ada
  await page.goto('/w/my-workspace/settings')
  await page.getByRole('region', { name: 'Export and import' }).getByRole('link', { name: 'Open' }).click()
  await page.waitForURL(PAGE)
  await page.getByRole('heading', { name: 'Export', exact: true }).waitFor()
  expect(await violations()).toEqual([])
  for (const kind of ['Agents', 'Channels', 'Notification rules', 'Budgets', 'Sources of events'])
    await page.getByLabel(kind).uncheck()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download' }).click(),
  ])
  expect(download.suggestedFilename()).toBe('my-workspace.yaml')
  const text = await readFile(await download.path(), 'utf8')
  expect(text).toMatch(/^version: 1\ntriggers:\n {2}- key: report\n/)
  expect(text).toMatch(/\ncalendars: \[\]\n$/)
})

test('a file is dropped, read as a difference, and imported after a question, by the keyboard', async () => {
  const { page } = ada
  await page.setViewportSize({ width: 360, height: 740 })
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.goto(PAGE)
  const next = (cron: string, days: string) =>
    `version: 1\ntriggers:\n  - {key: report, name: Report, agentId: test-agent, cronExpression: "${cron}", calendars: [${days}]}\n` +
    'calendars:\n  - {key: off, name: Days off, dates: ["2027-01-01"]}\n'
  const box = page.getByLabel('The file', { exact: true })
  await box.fill(next('0 25 * * *', 'gone'))
  await page.getByRole('button', { name: 'See what changes' }).click()
  const wrong = page.getByRole('region', { name: 'Wrong in the file' })
  await wrong.getByText('Schedules, number 1: calendars.0').waitFor()
  expect(await page.getByRole('button', { name: 'Import', exact: true }).count()).toBe(0)
  expect(await violations()).toEqual([])

  await page.getByLabel('Delete what the file does not name').check()
  const file = { name: 'x.yaml', mimeType: 'application/yaml', buffer: Buffer.from(next('0 8 * * *', 'off')) }
  await page.locator('input[type=file]').setInputFiles(file)
  await expect.poll(() => box.inputValue()).toContain('0 8 * * *')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: '1 to make, 1 to change' }).waitFor()
  const changed = page.getByRole('region', { name: 'To change' })
  await changed.getByText('0 9 * * *').waitFor()
  await changed.getByText('0 8 * * *').waitFor()
  expect(await violations()).toEqual([])
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360)

  await page.getByRole('button', { name: 'Import', exact: true }).press('Enter')
  const question = page.getByRole('alertdialog')
  await question.getByText('All of it is done, or nothing.').waitFor()
  await question.getByRole('button', { name: 'Import' }).press('Enter')
  await page.getByRole('heading', { name: 'Imported' }).waitFor()
  await page.getByText('1 made, 1 changed.').waitFor()
  const { triggers } = await (await page.request.get('/api/workspace/my-workspace/triggers')).json()
  expect(triggers).toMatchObject([{ key: 'report', cronExpression: '0 8 * * *' }])
})
