/** What was changed, why it fails since, the way back, and the runs themselves: one story in a browser. */
import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
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

const HOME = '/w/my-workspace'
const API = '/workspace/my-workspace'
let server: Served
let browser: Browser
let ada: Visitor
let page: Page
let key: string
let id: number
const runs: number[] = []

interface Run {
  execution: { id: number; status: string }
}

/** Runs it, and waits until that has ended. */
async function run(): Promise<number> {
  const {
    body: { execution },
  } = await call<Run>(server, key, 'POST', `${API}/triggers/${id}/run`)
  await page.goto(`${HOME}/executions/${execution.id}`)
  await page
    .getByText(/^(Success|Failed)$/)
    .first()
    .waitFor()
  return execution.id
}

beforeAll(async () => {
  server = await serve()
  browser = await openBrowser()
  key = (await apiKey(server)).trim()
  ada = await visit(browser, server)
  page = ada.page
  await signIn(ada)
  const made = { name: 'Morning report', agentId: 'test-agent', cronExpression: '0 9 * * *' }
  const context = { does: 'succeed', text: 'All is well today.' }
  const {
    body: { trigger },
  } = await call<{ trigger: { id: number } }>(server, key, 'POST', `${API}/triggers`, {
    ...made,
    context,
  })
  id = trigger.id
  runs.push(await run())
  await call(server, key, 'PUT', `${API}/triggers/${id}`, {
    context: { does: 'fail', text: 'Nothing works.' },
  })
  runs.push(await run())
})
afterAll(async () => {
  await browser.close()
  await server.end('SIGTERM')
  server.remove()
})

test('a run that failed says until when it worked, and what was changed then', async () => {
  await page.goto(`${HOME}/executions/${runs[1]}`)
  const since = page.getByRole('region', { name: 'Since it worked' })
  await since.getByText(/^It worked until .*; then .* changed/).waitFor()
  await since.getByText('Context › Does:').waitFor()
  const against = page.getByRole('region', { name: 'Compared with the run before' })
  await against.getByText('Context › Text:').waitFor()
  // To the neighbour and back, by a key each.
  await page.keyboard.press('j')
  await page.waitForURL(`**/executions/${runs[0]}`)
  await page.getByRole('link', { name: 'The run after' }).waitFor()
  await page.keyboard.press('k')
  await page.waitForURL(`**/executions/${runs[1]}`)
})

test('the change is undone on the page of the schedule, and it works again', async () => {
  await page.goto(`${HOME}/schedules/${id}`)
  await page.getByRole('region', { name: 'Since it worked' }).waitFor()
  const changes = page.getByRole('region', { name: 'Changes' })
  await changes.getByText(/revision 2, in force/).waitFor()
  await changes.getByRole('button', { name: 'Restore revision 1' }).click()
  await changes.getByText(/revision 3, in force/).waitFor()
  runs.push(await run())
  await page.getByText('Success', { exact: true }).first().waitFor()
})

test('of two who change it the second hears of the first, and nothing is overwritten', async () => {
  await page.goto(`${HOME}/schedules/${id}`)
  const changes = page.getByRole('region', { name: 'Changes' })
  const restore = changes.getByRole('button', { name: 'Restore revision 2' })
  await restore.waitFor()
  await page.context().setOffline(true)
  await call(server, key, 'PUT', `${API}/triggers/${id}`, { description: 'From elsewhere' })
  await page.route('**/revisions?**', (route) => route.abort())
  await page.context().setOffline(false)
  await restore.click()
  await changes.getByText(/changed this schedule at/).waitFor()
  await page.unroute('**/revisions?**')
})

test('what is deleted comes back by the word that says so, and from the list of what was deleted', async () => {
  const remove = async () => {
    await page.goto(`${HOME}/schedules`)
    await page.getByRole('button', { name: 'More for Morning report' }).click()
    await page.getByRole('menuitem', { name: /Delete/ }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click()
    await page.getByText('Morning report was deleted').waitFor()
  }
  await remove()
  await page.getByRole('button', { name: 'Undo' }).click()
  await page.getByText('Morning report is back').waitFor()
  await remove()
  await page.goto(`${HOME}/schedules?health=deleted`)
  await page.getByRole('button', { name: 'Restore Morning report' }).click()
  await page.goto(`${HOME}/schedules/${id}`)
  await page.getByRole('heading', { level: 1, name: /Morning report/ }).waitFor()
})

test('the audit log names who did all that, and is no place for an editor', async () => {
  await page.goto(`${HOME}/settings/audit`)
  await page
    .getByText(/deleted the schedule Morning report/)
    .first()
    .waitFor()
  await page.getByText(/restored an earlier revision of the schedule Morning report/).waitFor()
  await page.getByLabel('By whom').fill('nobody of that name')
  await page.getByText('Nothing fits these filters').waitFor()
})

test('the runs that are shown are counted, kept as a view, saved as a file and run again', async () => {
  await page.goto(`${HOME}/executions?status=failed`)
  await page.getByText('1 run', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Views' }).click()
  await page.getByLabel('Save these filters as').fill('What failed')
  await page.getByRole('button', { name: 'Keep', exact: true }).click()
  await page.goto(`${HOME}/executions`)
  await page.getByRole('button', { name: 'Views' }).click()
  await page.getByRole('link', { name: 'What failed' }).click()
  await page.waitForURL('**/executions?status=failed')
  await page.getByText('1 run', { exact: true }).waitFor()
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export' }).click()
  await page.getByRole('menuitem', { name: /CSV/ }).click()
  const text = readFileSync(await (await download).path(), 'utf8')
  expect(text.split('\r\n').filter((line) => line !== '')).toHaveLength(2)
  expect(text).toContain('Morning report')
  await page.getByRole('button', { name: 'Run all again …' }).click()
  const dialog = page.getByRole('alertdialog')
  await dialog.getByText(/^1 run will be started again/).waitFor()
  const asked = page.waitForRequest((it) => it.method() === 'POST' && it.url().includes('/executions/'))
  await dialog.getByRole('button', { name: 'Run all again' }).click()
  // The number that was seen goes with it, so that the server refuses where it is another one by now.
  expect((await asked).postDataJSON()).toMatchObject({ count: 1 })
  await page.getByText('1 run started again').waitFor()
})
