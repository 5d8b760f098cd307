/** An editor adds a folder as a source of events in the browser; what comes there is told, in every size of page. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import type { Browser } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser, type Served, serve, signIn, type Visitor, visit } from './fixtures/serve.ts'

let root: string
let server: Served
let browser: Browser
let ada: Visitor
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'carillon-sources-'))
  mkdirSync(join(root, 'invoices'))
  writeFileSync(join(root, 'invoices', 'old.txt'), 'old')
  server = await serve({ DOCUMENT_FOLDERS: root })
  browser = await openBrowser()
  ada = await visit(browser, server)
  await signIn(ada)
})
afterAll(async () => {
  await browser.close()
  await server.end('SIGTERM')
  server.remove()
  rmSync(root, { recursive: true })
})

const violations = async () =>
  (await new AxeBuilder({ page: ada.page }).analyze()).violations.map((it) => it.id)
const card = () => ada.page.getByRole('region', { name: 'Sources' })

test('a folder is added with the keyboard, and says what is wrong until it is right', async () => {
  const { page } = ada
  await page.goto('/w/my-workspace/settings')
  await card().getByText('No sources yet').waitFor()
  await card().getByRole('button', { name: 'Add a source' }).focus()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog')
  await dialog.getByText('A folder', { exact: true }).click()
  await dialog.getByLabel('Name').fill('Invoices')
  await dialog.getByLabel('Folder', { exact: true }).fill('/etc')
  expect(await violations()).toEqual([])
  await page.keyboard.press('Enter')
  await dialog.getByText('This folder is not open to agents.').waitFor()
  await dialog.getByLabel('Folder', { exact: true }).fill(join(root, 'invoices'))
  await dialog.getByLabel('Check every').fill('60')
  await page.keyboard.press('Enter')
  await card().getByText('Checked', { exact: true }).waitFor()
  await card()
    .getByText(`Folder: ${join(root, 'invoices')}`)
    .waitFor()
  expect(await violations()).toEqual([])
})

test('a file that comes there runs whoever listens, and the chat shows what it came to', async () => {
  const { page } = ada
  const made = await page.evaluate(async () => {
    const ask = async (path: string, body?: unknown) => {
      const sent = body && { method: 'POST', body: JSON.stringify(body) }
      const headers = { 'content-type': 'application/json' }
      const answer = await fetch(`/api/workspace/my-workspace${path}`, { headers, ...(sent || {}) })
      return (await answer.json()) as Record<string, unknown>
    }
    const { sources } = (await ask('/sources')) as { sources: { id: number }[] }
    const event = { types: ['file.changed'], sourceIds: sources.map((it) => it.id) }
    const context = { text: 'A file was filed' }
    return ask('/triggers', { name: 'Filing', agentId: 'test-agent', kind: 'event', event, context })
  })
  expect(made.trigger).toMatchObject({ name: 'Filing' })
  await card().getByText('heard by Filing').waitFor()
  writeFileSync(join(root, 'invoices', 'new.txt'), 'new')
  await page.goto('/w/my-workspace')
  await page.getByText('A file was filed').first().waitFor()
  await page.goto('/w/my-workspace/settings')
  await card().getByRole('button', { name: 'Remove: Invoices' }).click()
  await page.getByRole('alertdialog').getByText('Used by Filing').waitFor()
  await page.keyboard.press('Escape')
})

test('what came since an instant can be told again, once it was said how much that is', async () => {
  const { page } = ada
  await card().getByRole('button', { name: 'Rewind Invoices' }).click()
  const dialog = page.getByRole('dialog')
  expect(await dialog.getByRole('button', { name: 'Replay events' }).isDisabled()).toBe(true)
  await dialog.getByRole('button', { name: 'Preview' }).click()
  await dialog.getByText('2 events', { exact: true }).waitFor()
  await dialog.getByText('old.txt was changed').waitFor()
  expect(await violations()).toEqual([])
  await dialog.getByRole('button', { name: 'Replay events' }).click()
  await dialog.waitFor({ state: 'detached' })
})

test('one that fails says so by itself, on a narrow dark page as well', async () => {
  const { page } = ada
  await page.setViewportSize({ width: 360, height: 740 })
  await page.emulateMedia({ colorScheme: 'dark' })
  rmSync(join(root, 'invoices'), { recursive: true })
  await card().getByText('Failing', { exact: true }).waitFor()
  await card().getByText('This folder is not there, or cannot be opened.').waitFor()
  expect(await violations()).toEqual([])
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
  mkdirSync(join(root, 'invoices'))
  await card().getByRole('button', { name: 'Check now: Invoices' }).click()
  await card().getByText('Checked', { exact: true }).waitFor()
  // As long as anybody listens it stays.
  await card().getByRole('button', { name: 'Remove: Invoices' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click()
  await page.getByRole('alertdialog').getByText('The source is listened to by “Filing”').waitFor()
})
