/** An editor keeps days off in the browser, has a schedule leave them out, and finds the row that says so. */
import AxeBuilder from '@axe-core/playwright'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser, type Served, serve, signIn, type Visitor, visit } from './fixtures/serve.ts'

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

const violations = async () =>
  (await new AxeBuilder({ page: ada.page }).analyze()).violations.map((it) => it.id)
const card = () => ada.page.getByRole('region', { name: 'Days off' })
const dayFromNow = (n: number) => new Date(Date.now() + n * 86_400_000).toISOString().slice(0, 10)
/** Yesterday to three days on, for whatever zone the browser is in. */
const DAYS = [-1, 0, 1, 2, 3].map(dayFromNow)

test('days are typed into a calendar, and what is no day is said', async () => {
  const { page } = ada
  await page.goto('/w/my-workspace/settings')
  await page.getByRole('region', { name: 'Calendars' }).getByRole('link', { name: 'Open' }).click()
  await card().getByText('No calendars yet').waitFor()
  expect(await violations()).toEqual([])
  await card().getByRole('button', { name: 'Add a calendar' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('Shutdown')
  await dialog.getByLabel('Days', { exact: true }).last().fill('25.12.2026')
  await dialog.getByRole('button', { name: 'Add it' }).click()
  await dialog.getByText('“25.12.2026” is not a date such as 2026-12-25.').waitFor()
  expect(await violations()).toEqual([])
  await dialog
    .getByLabel('Days', { exact: true })
    .last()
    .fill(DAYS.map((it) => `${it} closed`).join('\n'))
  await dialog.getByRole('button', { name: 'Add it' }).click()
  await card().getByText('Shutdown').waitFor()
})

test('a schedule leaves them out: its form says so before it is saved, and its page afterwards', async () => {
  const { page } = ada
  await page.goto('/w/my-workspace/schedules/new')
  await page.getByLabel('Name').fill('Report')
  await page.getByLabel('Cron pattern').fill('0 9 * * *')
  await page.getByRole('button', { name: 'Skip days' }).click()
  await page.getByLabel('Shutdown').check()
  const preview = page.getByRole('table', { name: 'Next runs' })
  await preview.getByText('is in the calendar Shutdown.').first().waitFor()
  expect(await violations()).toEqual([])
  await page.getByRole('combobox', { name: 'Agent' }).click()
  await page.keyboard.type('test')
  await page.getByRole('option', { name: /Test agent/ }).click()
  await page.getByRole('button', { name: 'Create' }).click()
  await page.waitForURL(/\/schedules\/\d+$/)
  await page.getByText('Shutdown', { exact: true }).waitFor()
  await page
    .getByRole('table', { name: 'Next runs' })
    .getByText('is in the calendar Shutdown.')
    .first()
    .waitFor()
})

test('an instant on such a day is a row that names it, and the calendar is not deleted', async () => {
  const { page } = ada
  const made = await page.evaluate(async () => {
    const ask = async (path: string, body?: unknown) => {
      const sent = body && { method: 'POST', body: JSON.stringify(body) }
      const headers = { 'content-type': 'application/json' }
      const answer = await fetch(`/api/workspace/my-workspace${path}`, { headers, ...(sent || {}) })
      return (await answer.json()) as Record<string, unknown>
    }
    const { calendars } = (await ask('/calendars')) as { calendars: { id: number }[] }
    const at = new Date(Date.now() + 2000).toISOString()
    const ids = calendars.map((it) => it.id)
    return ask('/triggers', { name: 'Now', agentId: 'test-agent', kind: 'once', at, calendars: ids })
  })
  const { id } = made.trigger as { id: number }
  await page.goto(`/w/my-workspace/schedules/${id}`)
  await page.getByText('is in the calendar Shutdown.').first().waitFor()
  await page.goto('/w/my-workspace/settings/calendars')
  await card().getByText('used by Report, Now').waitFor()
  await card().getByRole('button', { name: 'Remove: Shutdown' }).click()
  await page.getByRole('alertdialog').getByText('It is used by Report, Now').waitFor()
})
