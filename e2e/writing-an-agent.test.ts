/**
 * Somebody without a line of code: adds a model, tests it, writes an agent, plans it, reads what it says, and enters
 * what the model costs.
 */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FakeModel, fakeModel } from '#lib/agents/testing/fake-model.ts'
import { obstacles } from './fixtures/reading-well.ts'
import { openBrowser, type Served, serve, signIn, type Visitor, visit } from './fixtures/serve.ts'

let fake: FakeModel
let server: Served
let browser: Browser
let ada: Visitor
beforeAll(async () => {
  fake = await fakeModel()
  server = await serve()
  browser = await openBrowser()
  ada = await visit(browser, server)
  await signIn(ada)
})
afterAll(async () => {
  await browser.close()
  await server.end('SIGTERM')
  server.remove()
  await fake.close()
})

test('a model is added in the settings, its key is kept and not shown, and a test says that it answers', async () => {
  const { page } = ada
  await page.goto('/w/my-workspace/settings')
  const card = page.getByRole('region', { name: 'Models for all workspaces' })
  await card.getByRole('button', { name: 'Add a provider' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name', { exact: true }).fill('Loopback')
  await dialog.getByRole('button', { name: 'Add it' }).click()
  await dialog.getByText('is needed for the kind "openai-compatible"').waitFor()
  await dialog.getByLabel('Address', { exact: true }).fill(fake.url)
  await dialog.getByLabel('Key').fill('sk-not-to-be-seen-again-x4f2')
  await dialog.getByLabel('Usual model').fill('small')
  await dialog.getByRole('button', { name: 'Add it' }).click()
  await card.getByText('key …x4f2').waitFor()
  await card.getByRole('button', { name: 'Test: Loopback' }).click()
  await card.getByText(/It answers, in \d+ ms, with 2 models/).waitFor()
  expect(await page.content()).not.toContain('not-to-be-seen')
})

test('an agent is written, planned and run; its words stand in the chat, and its page tells the turns', async () => {
  const { page } = ada
  await page.goto('/w/my-workspace/agents')
  await page.getByRole('link', { name: 'New agent' }).click()
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  await page.getByText('Give it a name.').waitFor()
  await page.getByText('Say what it is to do.').waitFor()
  await page.getByLabel('Name', { exact: true }).fill('Press scout')
  await page.getByLabel('Instructions').fill('Say what matters about {{context.topic}} in {{nowhere}}.')
  await page.getByText('The usual one (small)').waitFor()
  await page.getByLabel(/search documents/).check()
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  await page.getByText('{{nowhere}}, which is not known').waitFor()
  await page.getByLabel('Instructions').fill('Say what matters today.')
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  await page.getByRole('link', { name: 'Plan it: Press scout' }).click()

  fake.next = [
    { calls: [{ name: 'search_documents', arguments: { query: 'news' } }], usage: { in: 900, out: 20 } },
    { text: '**Nothing** is new, as far as I can see.', usage: { in: 1000, out: 30, cached: 900 } },
  ]
  await page.getByLabel('Name', { exact: true }).fill('Morning press')
  await page.getByRole('button', { name: 'Save & run now' }).click()
  await page.waitForURL(/executions\/\d+$/)
  await page.getByRole('region', { name: 'Output' }).getByText('Nothing').first().waitFor()
  await page.getByText('Searches the documents for “news”').waitFor()
  await page.getByText(/small · 1,000 in \(900 cached\) · 30 out/).waitFor()
  await page.goto('/w/my-workspace')
  await page
    .getByRole('article', { name: /Morning press: Success/ })
    .getByText('is new')
    .waitFor()
  await page.goto('/w/my-workspace/usage')
  const used = page.getByRole('table', { name: 'Usage' })
  await used.getByText('1,900').waitFor()
  await page.getByText('All workspaces: $10.00 a day').waitFor()
  const own = page.getByRole('region', { name: 'Budgets', exact: true })
  await own.getByRole('button', { name: 'Add a budget' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Add it' }).click()
  await dialog.getByText('a budget without either limits nothing').waitFor()
  await dialog.getByLabel('Tokens').fill('2000000')
  await dialog.getByRole('button', { name: 'Add it' }).click()
  await own.getByText('1,950 tokens used').waitFor()
  await own.getByRole('button', { name: 'Add a budget' }).click()
  await dialog.getByLabel('Of', { exact: true }).click()
  await page.getByRole('option', { name: 'One schedule' }).click()
  await dialog.getByLabel('Tokens').fill('3000000')
  await dialog.getByRole('button', { name: 'Add it' }).click()
  await dialog.getByText('Choose a schedule.').waitFor()
  await dialog.getByRole('combobox', { name: 'Schedule' }).fill('Morning')
  await page.getByRole('option', { name: 'Morning press' }).click()
  await dialog.getByRole('button', { name: 'Add it' }).click()
  await own.getByText('The schedule Morning press: 3,000,000 tokens a day').waitFor()
  const shared = page.getByRole('region', { name: 'Budget of all workspaces together' })
  await shared.getByRole('button', { name: 'Change: All workspaces, $10.00 a day' }).click()
  await dialog.getByLabel('Dollars').fill('25')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await shared.getByText('All workspaces: $25.00 a day').waitFor()
  await page.getByText('Model', { exact: true }).first().click()
  await used.getByText('small').waitFor()
  await page.goto('/w/my-workspace/agents/press-scout')
  fake.next = [
    { calls: [{ name: 'search_documents', arguments: { query: 'news' } }] },
    { text: 'Tried, and **nothing** is new.' },
  ]
  await page.getByRole('button', { name: 'Try it' }).click()
  await page.getByRole('region', { name: 'Try it' }).getByText('Tried, and').last().waitFor()
  await page.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click()
  await page.getByText(/used by “Morning press”/).waitFor()
  expect(ada.problems.filter((it) => !it.includes('status of 409'))).toEqual([])
})

const SETTINGS = '/w/my-workspace/settings#prices'

test('a price that a schedule misses is entered in the settings, where a price is sought, changed and removed', async () => {
  const { page } = ada
  await page.goto('/w/my-workspace/schedules')
  await page.getByRole('link', { name: 'Morning press', exact: true }).click()
  await page.getByText('Nobody has said what small costs').waitFor()
  await page.getByRole('link', { name: 'Enter its price' }).click()
  await page.waitForURL(`**${SETTINGS}`)
  const card = page.getByRole('region', { name: 'Prices of models' })
  await card.getByText('as of 15 January 2026').waitFor()
  expect(await card.getByRole('listitem').count()).toBe(5)
  await card.getByRole('button', { name: 'Add a price' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Input', { exact: true }).fill('1,5')
  await dialog.getByRole('button', { name: 'Add it' }).click()
  await dialog.getByText('“1,5” is not a number. Write it like 1.25.').waitFor()
  await dialog.getByText('Write a number: 0 where it is free.').waitFor()
  await dialog.getByLabel('Input', { exact: true }).fill('-1')
  await dialog.getByLabel('Output').fill('2')
  await dialog.getByLabel('Model').fill('gpt-4o*')
  await page.keyboard.press('Enter')
  await dialog.getByText('Must be at least 0, not -1.').waitFor()
  await dialog.getByLabel('Input', { exact: true }).fill('0.125')
  await page.keyboard.press('Enter')
  await dialog.getByText('Is "gpt-4o*", which has another price too').waitFor()
  expect(await obstacles(page)).toEqual([])
  await dialog.getByLabel('Model').fill('small')
  await dialog.getByLabel('As of').fill('2026-11-28')
  await page.keyboard.press('Enter')
  await card.getByText('as of 28 November 2026').waitFor()
  await card.getByRole('listitem').first().getByText('$0.125').waitFor()

  await card.getByLabel('Search the prices').fill('claude-opus-4-5-2025')
  await card.getByRole('button', { name: 'Remove: claude-opus-4*' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click()
  await page.getByRole('alertdialog').waitFor({ state: 'detached' })
  expect(await card.getByRole('listitem').allTextContents()).toEqual([
    expect.stringContaining('claude-opus-4-5*'),
  ])
  await page.goBack()
  await page.getByText('small answers at Loopback').waitFor()
  await page.getByText('Nobody has said what small').waitFor({ state: 'detached' })
})

test('of two who change a price at once the second is told, sees what is there now, and decides', async () => {
  const other = await visit(browser, server, { width: 360, colorScheme: 'dark' })
  await signIn(other)
  const open = async ({ page }: Visitor) => {
    await page.goto(SETTINGS)
    await page.getByRole('button', { name: 'Change: small' }).click()
    return page.getByRole('dialog')
  }
  const [first, second] = [await open(ada), await open(other)]
  await first.getByLabel('Output').fill('3')
  await first.getByRole('button', { name: 'Save' }).click()
  await first.waitFor({ state: 'detached' })
  await second.getByLabel('Output').fill('4')
  await second.getByRole('button', { name: 'Save' }).click()
  await second.getByText(/ada changed the prices at \d+:\d\d/).waitFor()
  await second.getByText('It says $0.125 input, $3.00 output now.').waitFor()
  expect(await obstacles(other.page)).toEqual([])
  await second.getByRole('button', { name: 'Save' }).click()
  await second.waitFor({ state: 'detached' })
  await other.page.getByText('$4.00').waitFor()
  expect(await obstacles(other.page)).toEqual([])
})

test('the form shows what the model will read while it is written, and keeps it through what cannot be read', async () => {
  const { page } = ada
  await page.goto('/w/my-workspace/agents/new')
  await page.getByText('What the model will read').click()
  await page.getByText('It is shown as soon as the agent has instructions.').waitFor()
  const instructions = page.getByLabel('Instructions', { exact: true })
  await instructions.fill('Report on {{context.topic}} for {{workspace.name}}.')
  const system = page.getByRole('region', { name: 'System prompt' })
  await system.getByText('Report on <topic> for My Workspace.').waitFor()
  await page
    .getByRole('region', { name: 'First message' })
    .getByText('Schedule: Example schedule, in the workspace My Workspace.')
    .waitFor()
  const context = page.getByLabel('Example context')
  await context.fill('{"topic": "tides"}')
  await system.getByText('Report on tides for My Workspace.').waitFor()
  await context.fill('{"topic": ')
  await page.getByText('That is not JSON').waitFor()
  await page.getByText('the last version that worked is shown').waitFor()
  await system.getByText('Report on tides for My Workspace.').waitFor()
  await page.getByRole('button', { name: 'Use the first example again' }).click()
  await system.getByText('Report on <topic> for My Workspace.').waitFor()
  await instructions.fill('Report on {{nowhere}}.')
  await page.getByText('{{nowhere}}, which is not known').waitFor()
  expect(await instructions.getAttribute('aria-invalid')).toBe('true')
  await system.getByText('Report on <topic> for My Workspace.').waitFor()
  expect(await obstacles(page)).toEqual([])
})
