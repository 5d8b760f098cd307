/** The form of a schedule, as somebody fills it in: what is typed counts, and what was written is not lost. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  ADA,
  apiKey,
  call,
  type Served,
  serve,
  signIn,
  type Visitor,
  visit,
  openBrowser,
} from './fixtures/serve.ts'

let server: Served
let browser: Browser
let ada: Visitor

beforeAll(async () => {
  server = await serve({ ADMIN_EMAIL: ADA.email, ADMIN_PASSWORD: ADA.password })
  browser = await openBrowser()
  ada = await visit(browser, server)
  await signIn(ada)
})
afterAll(async () => {
  await browser.close()
  await server.end('SIGTERM')
  server.remove()
})

test('what is typed into the zone takes the place of what was there, and Enter on nothing sends nothing', async () => {
  const { page } = ada
  await page.goto('/w/my-workspace/schedules/new')
  const zone = page.getByRole('combobox', { name: /zone/i })
  await zone.click()
  await page.keyboard.type('new york')
  expect(await zone.inputValue()).toBe('new york')
  await page.getByRole('option', { name: /New York/ }).waitFor()
  await page.keyboard.press('Enter')
  expect(await zone.inputValue()).toBe('America/New York')
  await page.keyboard.type('no such place')
  await page.keyboard.press('Enter')
  expect(new URL(page.url()).pathname).toBe('/w/my-workspace/schedules/new')
  const key = (await apiKey(server)).trim()
  const list = await call<{ schedules: unknown[] }>(
    server,
    key,
    'GET',
    '/workspace/my-workspace/agent-schedules',
  )
  expect(list.body.schedules).toEqual([])
})

test('a menu, a question and a choice that are loaded on demand work with the keyboard', async () => {
  const { page } = ada
  const key = (await apiKey(server)).trim()
  const { body } = await call<{ schedule: { id: number } }>(
    server,
    key,
    'POST',
    '/workspace/my-workspace/agent-schedules',
    { name: 'By keys', agentId: 'test-agent', cronExpression: '0 9 * * *' },
  )
  await page.goto(`/w/my-workspace/schedules/${body.schedule.id}`)
  const more = page.getByRole('button', { name: 'More for By keys' })
  await more.focus()
  await page.keyboard.press('ArrowDown')
  await page.getByRole('menu').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('menu').waitFor({ state: 'detached' })
  expect(await more.evaluate((it) => it === document.activeElement)).toBe(true)
  await page.keyboard.press('Enter')
  await page.getByRole('menuitem', { name: 'Duplicate' }).waitFor()
  await page.keyboard.press('End')
  await page.keyboard.press('Enter')
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('alertdialog').waitFor({ state: 'detached' })

  await page.goto('/w/my-workspace/schedules')
  const kind = page.getByRole('combobox', { name: 'Kind' })
  await kind.focus()
  await page.keyboard.press('Enter')
  await page.getByRole('option', { name: 'Every so often' }).click()
  await page.waitForURL(/kind=interval/)
  expect(await kind.textContent()).toContain('Every so often')
  await call(server, key, 'DELETE', `/workspace/my-workspace/agent-schedules/${body.schedule.id}`)
})

test('a step back asks before a draft is lost', async () => {
  const { page } = ada
  await page.goto('/w/my-workspace')
  await page.goto('/w/my-workspace/schedules/new')
  const name = page.getByLabel('Name', { exact: true })
  await name.fill('Draft')
  await page.goBack()
  await page.getByRole('button', { name: 'Stay' }).click()
  expect(await name.inputValue()).toBe('Draft')
  await page.goBack()
  await page.getByRole('button', { name: 'Leave', exact: true }).click()
  await page.waitForURL((url) => !url.pathname.endsWith('/new'))
})

test('the page of a schedule answers why', async () => {
  const { page } = ada
  const key = (await apiKey(server)).trim()
  const body = { agentId: 'test-agent', name: 'Monthly', cronExpression: '0 9 1 * *', timezone: 'UTC' }
  const made = await call<{ schedule: { id: number } }>(
    server,
    key,
    'POST',
    '/workspace/my-workspace/agent-schedules',
    body,
  )
  await page.goto(`/w/my-workspace/schedules/${made.body.schedule.id}`)
  const why = page.getByRole('region', { name: 'Why?' })
  await why.getByLabel(/Time in UTC/).fill('2199-01-01T09:00')
  await why.getByRole('button', { name: 'Ask' }).click()
  await why.getByText('1 Jan 2199, 09:00 is still to come').waitFor()
  await why.getByLabel(/Time in UTC/).fill('2199-01-02T09:00')
  await why.getByRole('button', { name: 'Ask' }).click()
  await why.getByText('2 Jan 2199, 09:00 is not planned').waitFor()
  expect(ada.problems).toEqual([])
})
