/** An administrator enters a mail server, hears what is wrong with it, and has it send. */
import AxeBuilder from '@axe-core/playwright'
import type { Browser } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestSmtp, testSmtp } from '#lib/mail/testing/smtp.ts'
import { openBrowser, type Served, serve, signIn, type Visitor, visit } from './fixtures/serve.ts'

let peer: TestSmtp
let server: Served
let browser: Browser
let wide: Visitor
let narrow: Visitor
beforeAll(async () => {
  peer = await testSmtp({ disabledCommands: ['AUTH', 'STARTTLS'] })
  server = await serve({ ALLOWED_PRIVATE_NETWORKS: '127.0.0.1' })
  browser = await openBrowser()
  wide = await visit(browser, server)
  narrow = await visit(browser, server, { width: 360, colorScheme: 'dark' })
  await signIn(wide)
  await signIn(narrow)
})
afterAll(async () => {
  await browser.close()
  await server.end('SIGTERM')
  server.remove()
  await peer.close()
})

const SETTINGS = '/w/my-workspace/settings'
const cardOf = ({ page }: Visitor) => page.getByRole('region', { name: 'Mail', exact: true })
const violations = async ({ page }: Visitor) =>
  (await new AxeBuilder({ page }).analyze()).violations.map((it) => it.id)

test('without a server the page says so; one is entered, found wrong, mended, and sends', async () => {
  const { page } = wide
  await page.goto(SETTINGS)
  const card = cardOf(wide)
  await card.getByText('No mail server yet').waitFor()
  await card.getByRole('button', { name: 'Enter a server' }).click()
  let dialog = page.getByRole('dialog')
  await dialog.getByLabel('Server', { exact: true }).fill('127.0.0.1')
  await dialog.getByLabel('Port').fill('1')
  await dialog.getByLabel('From', { exact: true }).fill('bells')
  expect(await violations(wide)).toEqual([])
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.getByText('expects an address such as').waitFor()
  await dialog.getByLabel('From', { exact: true }).fill('Bells <bells@example.com>')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await card.getByText('from Bells <bells@example.com>').waitFor()

  expect(await card.getByLabel('Send a test to').inputValue()).toBe('ada@example.com')
  await card.getByRole('button', { name: 'Test' }).click()
  await card.getByText('127.0.0.1:1 cannot be reached: nothing answers there').waitFor()
  await card.getByRole('button', { name: 'Change the mail server' }).click()
  dialog = page.getByRole('dialog')
  await dialog.getByLabel('Port').fill(String(peer.port))
  await dialog.getByRole('button', { name: 'Save' }).click()
  await card.getByText(`port ${peer.port}`).waitFor()
  await card.getByRole('button', { name: 'Test' }).click()
  await card.getByText('took a mail for ada@example.com').waitFor()
  expect(peer.taken.map(({ to, mail }) => [to, mail.subject])).toEqual([
    [['ada@example.com'], 'Carillon can send mail'],
  ])
  expect(await violations(wide)).toEqual([])
})

test('it reads well on a small screen in the dark, and can be removed there', async () => {
  const { page } = narrow
  await page.goto(SETTINGS)
  const card = cardOf(narrow)
  await card.getByText(`port ${peer.port}`).waitFor()
  expect(await violations(narrow)).toEqual([])
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)
  expect(sideways).toBe(false)
  await card.getByRole('button', { name: 'Remove: 127.0.0.1' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click()
  await card.getByText('No mail server yet').waitFor()
})
