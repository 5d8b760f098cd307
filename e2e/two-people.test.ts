/** Two people look at the same thing, in two browsers. */
import type { Browser, Page } from 'playwright'
import { extendTailwindMerge } from 'tailwind-merge'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fillBehind } from './fixtures/filled.ts'
import { PAGES } from './fixtures/pages.ts'
import { obstacles } from './fixtures/reading-well.ts'
import {
  ADA,
  apiKey,
  openBrowser,
  type Served,
  serve,
  signIn,
  type Visitor,
  visit,
} from './fixtures/serve.ts'

const BEN = { email: 'ben@example.com', password: 'a-different-sentence' }
const merge = extendTailwindMerge({ extend: { theme: { shadow: ['card', 'raised'] } } })
/** Where two classes of one element speak of the same property, the style sheet's order decides, not ours. */
async function contradictions(page: Page): Promise<string[]> {
  const classes = await page.evaluate(() => [
    ...new Set([...document.querySelectorAll('[class]')].map((it) => it.getAttribute('class') ?? '')),
  ])
  return classes.filter((it) => merge(it) !== it)
}

let server: Served
let browser: Browser
let ada: Visitor
let ben: Visitor
beforeAll(async () => {
  server = await serve()
  browser = await openBrowser()
  ada = await visit(browser, server)
  ben = await visit(browser, server, { width: 360, colorScheme: 'dark' })
  await signIn(ada)
  await fillBehind(server, (await apiKey(server, '--role', 'admin')).trim())
})
afterAll(async () => {
  await browser.close()
  await server.end('SIGTERM')
  server.remove()
})

test('a stranger is sent to the sign-in, and a wrong password is refused', async () => {
  await ben.page.goto('/w/my-workspace/schedules')
  await ben.page.waitForURL(/\/sign-in\?next=/)
  await ben.page.getByLabel(/e-?mail/i).fill(ADA.email)
  await ben.page.getByLabel('Password', { exact: true }).fill('not her password')
  await ben.page.getByRole('button', { name: /sign in/i }).click()
  await ben.page.getByRole('alert').first().waitFor()
  expect(new URL(ben.page.url()).pathname).toBe('/sign-in')
  ben.problems.length = 0
})

test('Ada invites Ben, who joins with the link', async () => {
  const answer = await ada.page.request.post('/api/workspace/my-workspace/members', {
    data: { email: BEN.email, role: 'editor' },
    headers: { origin: server.url },
  })
  expect(answer.status()).toBe(201)
  const { link } = (await answer.json()) as { link: string }
  await ben.page.goto(new URL(link).pathname + new URL(link).search)
  await ben.page.getByLabel(/name/i).fill('Ben')
  await ben.page.getByLabel('Password', { exact: true }).fill(BEN.password)
  await ben.page.getByRole('button', { name: /join|accept|create/i }).click()
  await ben.page.waitForURL(/\/w\/my-workspace/)
})

test('Ada plans an agent with a pattern, and sees in words when it runs', async () => {
  await ada.page.goto('/w/my-workspace/schedules/new')
  await ada.page.getByLabel('Name', { exact: true }).fill('Hourly check')
  await ada.page.getByLabel('Cron pattern').fill('0 22-2 * * *')
  await ada.page
    .getByText(/22-23,0-2/)
    .first()
    .waitFor()
  await ada.page.getByLabel('Cron pattern').fill('15 * * * *')
  await ada.page
    .getByRole('region', { name: 'What this means' })
    .getByText(/15 minutes past the hour/i)
    .waitFor()
  await ada.page.getByRole('combobox', { name: /agent/i }).first().click()
  await ada.page.getByRole('option', { name: /test agent/i }).click()
  await ada.page.getByRole('button', { name: 'Create', exact: true }).click()
  await ada.page.waitForURL(/\/schedules\/\d+$/)
  await ada.page.getByRole('heading', { name: 'Hourly check' }).waitFor()
})

test('Ben sees the result of what Ada started, without reloading', async () => {
  await ben.page.goto('/w/my-workspace')
  await ben.page.getByLabel('Write to the workspace').waitFor()
  await ada.page
    .getByRole('button', { name: /run now/i })
    .first()
    .click()
  await ben.page
    .getByRole('article', { name: /hourly check/i })
    .getByText('Success')
    .first()
    .waitFor()
  await ben.page.getByLabel('Write to the workspace').fill('I have seen it.')
  await ben.page.keyboard.press('Enter')
  await ada.page.goto('/w/my-workspace')
  await ada.page.getByText('I have seen it.').first().waitFor()
  await ada.page.goto('/w/my-workspace/executions')
  await ada.page.getByText('Hourly check').first().waitFor()
  await ben.page.goto('/w/my-workspace/executions/1')
  const times = ben.page.getByLabel('Times')
  await times.getByText(/^Asked for at .*, by ada$/).waitFor()
})

test('Ada writes a document for agents to read', async () => {
  const { page } = ada
  await page.goto('/w/my-workspace/documents')
  await page.getByRole('button', { name: 'Write a text' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('Prices')
  await dialog.getByLabel('Text').fill('A bell costs 40 crowns.')
  await dialog.getByRole('button', { name: 'Add it' }).click()
  await page.waitForURL(/\/documents\/1$/)
  await page.getByRole('heading', { level: 1, name: 'Prices' }).waitFor()
})

test.each(PAGES)('%s reads well for everybody, wide and narrow, light and dark', async (path) => {
  const found = await Promise.all(
    [ada, ben].map(async ({ page }) => {
      await page.goto(`/w/my-workspace${path}`)
      await page.getByRole('main').waitFor()
      await page.waitForLoadState('networkidle')
      return [...(await obstacles(page)), ...(await contradictions(page))]
    }),
  )
  expect(found).toEqual([[], []])
})

test('a page that is for administrators says so to another member', async () => {
  const answer = await ben.page.goto('/w/my-workspace/settings/audit')
  expect(answer?.status()).toBe(200)
  await ben.page.getByRole('heading', { name: 'Audit log' }).waitFor()
  await ben.page.getByRole('heading', { name: 'Only administrators see this' }).waitFor()
  await ada.page.goto('/w/my-workspace/settings/audit')
  await ada.page.getByLabel('By whom').waitFor()
  expect(await ada.page.getByText('Only administrators see this').count()).toBe(0)
})

test("nobody's console complained, and nothing was asked of another host", () => {
  expect({ ada: ada.problems, ben: ben.problems }).toEqual({ ada: [], ben: [] })
})
