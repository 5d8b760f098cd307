/** A line on loopback is crossed: one run, and none again until it came back, through a restart; its page shows it. */
import AxeBuilder from '@axe-core/playwright'
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSite, type Site } from '#lib/agents/testing/site.ts'
import type { Trigger } from '#lib/contract/trigger.ts'
import {
  apiKey,
  call,
  openBrowser,
  type Served,
  serve,
  signIn,
  until,
  type Visitor,
  visit,
} from './fixtures/serve.ts'

const HOME = '/workspace/my-workspace'
const ENV = { ALLOWED_PRIVATE_NETWORKS: '127.0.0.1', MINIMUM_INTERVAL_SECONDS: '1' }
let site: Site
let server: Served
let browser: Browser
let ada: Visitor
let key: string
let id: number
beforeAll(async () => {
  site = await openSite()
  load(17)
  server = await serve(ENV)
  key = (await apiKey(server)).trim()
  browser = await openBrowser()
  ada = await visit(browser, server)
  await signIn(ada)
})
afterAll(async () => {
  await browser.close()
  await server.end('SIGTERM')
  server.remove()
  await site.close()
})

function load(value: number) {
  site.pages['/load'] = { type: 'application/json', body: JSON.stringify({ load: value }) }
}
const state = async () =>
  (await call<{ trigger: Trigger }>(server, key, 'GET', `${HOME}/triggers/${id}`)).body.trigger.condition
    ?.state
const runs = async () =>
  (
    await call<{ executions: { occurrence: string; status: string }[] }>(
      server,
      key,
      'GET',
      `${HOME}/executions?triggerId=${id}`,
    )
  ).body.executions.map((it) => it.occurrence)
/** It has been asked so often since. */
async function looks(count: number) {
  const before = site.asked.length
  await until(() => site.asked.length >= before + count, `${count} looks`)
}

test('a line that is crossed makes one run, and none until it came back, through a restart in between', async () => {
  const made = await call<{ trigger: Trigger }>(server, key, 'POST', `${HOME}/triggers`, {
    ...{ name: 'Load of the shop', agentId: 'test-agent', kind: 'condition' },
    condition: {
      ...{ everySeconds: 1, when: { op: 'above', value: 90, clear: 50 } },
      source: { kind: 'http', url: `${site.origin}/load`, path: 'load', as: 'number' },
    },
  })
  expect(made.status).toBe(201)
  id = made.body.trigger.id
  await until(async () => (await state())?.state === 'false', 'the first look')
  load(95)
  await until(async () => (await runs()).length === 1, 'the run')
  await looks(2)
  expect(await server.end('SIGTERM')).toBe(0)
  server = await serve({ ...ENV, PORT: new URL(server.url).port }, server.dataDir)
  await looks(2)
  load(70)
  await looks(2)
  load(96)
  await looks(2)
  expect([await runs(), (await state())?.state]).toEqual([['condition:1'], 'true'])
  load(10)
  await until(async () => (await state())?.state === 'false', 'that it came back')
  load(97)
  await until(async () => (await runs()).length === 2, 'the second run')
  expect(await runs()).toEqual(['condition:2', 'condition:1'])
})

test('its page says how it stands, draws it, and checks by hand', async () => {
  const { page } = ada
  await page.goto(`/w/my-workspace/schedules/${id}`)
  const card = page.getByRole('region', { name: 'What it watches' })
  await card.getByText(/^True for .*; value 97\.$/).waitFor()
  await card.getByText('dashed: the line at 90').waitFor()
  await card.getByText('dotted: armed again at 50').waitFor()
  await card.getByText('The checks as a table').click()
  await card.getByRole('cell', { name: 'True' }).first().waitFor()
  await card.getByRole('button', { name: 'Check now' }).click()
  await card.getByText('Now 97: it would not fire.').waitFor()
  expect((await new AxeBuilder({ page }).analyze()).violations.map((it) => it.id)).toEqual([])
})

test('what it watches is changed there, and tried before it is saved', async () => {
  const { page } = ada
  const card = page.getByRole('region', { name: 'What it watches' })
  await card.getByRole('button', { name: 'Change what it watches' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Value', { exact: true }).fill('much')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.getByText('Write a number.').waitFor()
  await dialog.getByLabel('Value', { exact: true }).fill('99')
  await dialog.getByRole('button', { name: 'Try it' }).click()
  await dialog.getByText('Now 97. It does not hold.').waitFor()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await card.getByText(/is above 99/).waitFor()
})

async function choose(page: Page, box: string | RegExp, option: string | RegExp) {
  await page.getByRole('combobox', { name: box }).first().click()
  await page.getByRole('option', { name: option }).first().click()
}
const named = async (name: string) =>
  (await call<{ triggers: Trigger[] }>(server, key, 'GET', `${HOME}/triggers`)).body.triggers.find(
    (it) => it.name === name,
  )

test('one is made in the form, which says when it would have fired', async () => {
  const { page } = ada
  await page.goto('/w/my-workspace/schedules/new')
  await page.getByLabel('Name', { exact: true }).fill('Made here')
  await page.getByText('When a value crosses a line', { exact: true }).click()
  await page.getByLabel('Address').fill(`${site.origin}/load`)
  await page.getByLabel('Where in the answer').fill('load')
  await page.getByLabel('Value', { exact: true }).fill('90')
  await page.getByRole('button', { name: 'Try it' }).click()
  await page.getByText('Now 97. It holds.').waitFor()
  await page.getByText('How patient it is').click()
  // A second, as the one that has recorded what is there.
  await page.getByLabel('Check every (minutes)').fill('0.02')
  const week = page.getByRole('region', { name: 'The last 7 days' })
  await week.getByText('The last 7 days').click()
  await week.getByText(/Of what was recorded: .*fired/).waitFor()
  await page.getByLabel('Value', { exact: true }).fill('1000')
  await week.getByText('In the last 7 days it would not have fired.').waitFor()
  await choose(page, /agent/i, /test agent/i)
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  await page.getByRole('heading', { level: 1, name: 'Made here' }).waitFor()
  expect((await named('Made here'))?.condition).toMatchObject({
    source: { kind: 'http', url: `${site.origin}/load`, path: 'load', as: 'number' },
    when: { op: 'above', value: 1000 },
  })
})

test('a schedule of the clock has a gate and a deadline, which are kept as they are', async () => {
  const { page } = ada
  await page.goto('/w/my-workspace/schedules/new')
  await page.getByLabel('Name', { exact: true }).fill('Gated')
  await choose(page, /agent/i, /test agent/i)
  const asks = page.getByRole('region', { name: 'Only if, and by when' })
  await asks.getByText('Only if, and by when').click()
  await asks.getByText('Only if a value says so').click()
  await asks.getByLabel('Address').fill(`${site.origin}/load`)
  await asks.getByLabel('Where in the answer').fill('load')
  await asks.getByLabel('Value', { exact: true }).fill('50')
  await asks.getByRole('button', { name: 'Try it' }).click()
  await asks.getByText('Now 97. It holds.').waitFor()
  await asks.getByRole('button', { name: 'Add a deadline' }).click()
  await asks.getByRole('button', { name: 'Add a deadline' }).click()
  await choose(page, 'No success', 'within … of the last success')
  expect((await new AxeBuilder({ page }).analyze()).violations.map((it) => it.id)).toEqual([])
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  await page.getByRole('heading', { level: 1, name: 'Gated' }).waitFor()
  const kept = await named('Gated')
  expect(kept).toMatchObject({
    onlyIf: { op: 'above', value: 50, source: { path: 'load' } },
    expect: [
      { by: null, withinSeconds: 1800, from: 'last_success' },
      { by: null, withinSeconds: 1800, from: 'planned' },
    ],
  })
  const expected = `${HOME}/expectations?triggerId=${kept?.id}`
  const open = async () =>
    (await call<{ expectations: unknown[] }>(server, key, 'GET', expected)).body.expectations
  await until(async () => (await open()).length > 0, 'what is expected')
  await page.reload()
  await page.getByText(/^load of .* is above 50$/).waitFor()
  const due = page.getByRole('region', { name: 'When its results are due' })
  await due.getByText('Due', { exact: true }).waitFor()
  expect((await new AxeBuilder({ page }).analyze()).violations.map((it) => it.id)).toEqual([])

  await page.goto(`/w/my-workspace/schedules/${kept?.id}/edit`)
  await asks.getByText('3 are set').waitFor()
  await page.getByLabel('Name', { exact: true }).fill('Gated still')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByRole('heading', { level: 1, name: 'Gated still' }).waitFor()
  const after = await named('Gated still')
  expect([after?.onlyIf, after?.expect]).toEqual([kept?.onlyIf, kept?.expect])
  await page.goto('/w/my-workspace/settings/telling')
  const all = page.getByRole('region', { name: 'Expectations' })
  await all.getByText('Due', { exact: true }).first().click()
  await all.getByRole('link', { name: 'Gated still' }).first().waitFor()
  expect((await new AxeBuilder({ page }).analyze()).violations.map((it) => it.id)).toEqual([])
})

test('a check that fails is shown as failing, never as "not true"', async () => {
  site.trouble = 503
  await until(async () => ((await state())?.errorsInARow ?? 0) >= 5, 'five checks that fail')
  const { page } = ada
  await page.goto(`/w/my-workspace/schedules/${id}`)
  await page
    .getByRole('alert')
    .getByText(/checks failed .* answers 503\./)
    .waitFor()
  await page.getByText('Not ready').first().waitFor()
})
