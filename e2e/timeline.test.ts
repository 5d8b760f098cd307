/** Why did yesterday's 09:00 not run? Found out on the timeline, with the pointer and with the keyboard. */
import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
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

const SCHEDULES = '/workspace/my-workspace/agent-schedules'
let server: Served
let browser: Browser
let ada: Visitor
let key: string
let zone: string
let nine: Temporal.ZonedDateTime

const plan = async (name: string, given: object) => {
  const { body } = await call<{ schedule: { id: number } }>(server, key, 'POST', SCHEDULES, {
    ...{ name, agentId: 'test-agent', timezone: zone, context: { does: 'succeed' }, ...given },
  })
  return body.schedule.id
}

/** A digest that is due every day at 09:00, and a server that was away over yesterday's. */
beforeAll(async () => {
  server = await serve()
  browser = await openBrowser()
  key = (await apiKey(server)).trim()
  ada = await visit(browser, server)
  await signIn(ada)
  zone = await ada.page.evaluate(() => Intl.DateTimeFormat().resolvedOptions().timeZone)
  const yesterday = Temporal.Now.plainDateISO(zone).subtract({ days: 1 })
  nine = yesterday.toZonedDateTime({ timeZone: zone, plainTime: '09:00' })
  await plan('Morning digest', { cronExpression: '0 9 * * *', misfire: 'skip' })
  await ada.page.goto('about:blank')
  await server.end('SIGTERM')
  const rows = new Database(join(server.dataDir, 'carillon.db'))
  rows
    .prepare('update triggers set created_at = ?, next_run_at = ?, due_at = ?')
    .run(nine.epochMilliseconds - 7 * 86_400_000, nine.epochMilliseconds, nine.epochMilliseconds)
  rows.prepare('update trigger_revisions set created_at = ?').run(nine.epochMilliseconds - 7 * 86_400_000)
  rows.close()
  server = await serve({ PORT: new URL(server.url).port }, server.dataDir)
})
afterAll(async () => {
  await browser.close()
  await server.end('SIGTERM')
  server.remove()
})

const lane = (name: string) =>
  ada.page.getByRole('row').filter({ has: ada.page.getByRole('link', { name, exact: true }) })
const answer = () => ada.page.getByRole('region', { name: /^Morning digest/ })

test('a person who asks why yesterday’s 09:00 did not run is told in three presses', async () => {
  const { page } = ada
  await page.goto('/w/my-workspace/now')
  await page.getByRole('navigation').getByRole('link', { name: 'Timeline' }).click()
  await page.getByRole('button', { name: 'The day before' }).click()
  await lane('Morning digest')
    .getByRole('link', { name: /missed$/ })
    .click()
  await answer().getByText('did not run in time').waitFor()
  await answer().getByRole('list', { name: 'What this rests on' }).getByText('missed').first().waitFor()
  expect(new URL(page.url()).searchParams.get('at')).toBe(
    nine.toInstant().toString({ smallestUnit: 'millisecond' }),
  )

  await answer().getByRole('link', { name: 'See the run' }).click()
  await page.waitForURL(/\/executions\/\d+$/)
  await page.goBack()
  await answer().getByText('did not run in time').waitFor()

  // A time at which nothing was planned is answered just so.
  await answer()
    .getByLabel(/^Another time in/)
    .fill(`${nine.toPlainDate()}T09:30`)
  await answer().getByRole('button', { name: 'Ask' }).click()
  await answer().getByText('Not planned', { exact: true }).waitFor()
  await answer().getByRole('button', { name: 'Close the answer' }).click()
  await answer().waitFor({ state: 'detached' })
})

test('a new run appears while somebody looks, and the keyboard goes from mark to mark', async () => {
  const { page } = ada
  const id = await plan('Bell check', { cronExpression: '0 0 1 1 *' })
  await page.goto('/w/my-workspace/timeline')
  await lane('Bell check').waitFor()
  expect(
    await lane('Bell check')
      .getByRole('link', { name: /succeeded/ })
      .count(),
  ).toBe(0)
  await call(server, key, 'POST', `${SCHEDULES}/${id}/run`)
  await lane('Bell check')
    .getByRole('link', { name: /succeeded/ })
    .waitFor()

  await lane('Bell check').getByRole('link', { name: 'Bell check', exact: true }).focus()
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '')
  await page.keyboard.press('ArrowRight')
  await until(async () => /succeeded/.test(await focused()), 'the focus to be on the run')
  await page.keyboard.press('ArrowDown')
  await until(
    () => page.evaluate(() => Boolean(document.activeElement?.closest('[aria-rowindex="2"]'))),
    'the focus to be on the lane below',
  )
  await page.keyboard.press('ArrowUp')
  await until(async () => /succeeded/.test(await focused()), 'the focus to be on the run again')
  await page.keyboard.press('Enter')
  const told = page.getByRole('region', { name: /^Bell check/ })
  await told.getByText('Run by hand').waitFor()
  await page.keyboard.press('Escape')
  await told.waitFor({ state: 'detached' })
  const held = Promise.withResolvers<void>()
  const lanes = /\/api\/.*\/timeline\?/
  await page.route(lanes, (route) => held.promise.then(() => route.continue()))
  await page.keyboard.press('-')
  await page.waitForURL(/span=week/)
  // What had the focus is not there any more, and nothing else is yet: the keys go on.
  await page.locator('[role=grid][aria-busy=true]').waitFor()
  await page.keyboard.press('PageUp')
  const today = Temporal.Now.plainDateISO(zone)
  const monday = today.subtract({ days: today.dayOfWeek + 6 })
  await page.waitForURL((url) => url.searchParams.get('day') === monday.toString())
  held.resolve()
  await until(
    () => page.evaluate(() => Boolean(document.activeElement?.closest('[role=row]'))),
    'the focus to be on a lane',
  )
  await page.unroute(lanes)
  await page.keyboard.press('t')
  await page.waitForURL((url) => !url.searchParams.has('day'))
})

test('a press shows on what was pressed before the lanes are drawn anew, and each of two quick keys counts', async () => {
  const { page } = ada
  await page.goto('/w/my-workspace/timeline')
  await lane('Morning digest').waitFor()
  const changedWith = page.evaluate(
    () =>
      new Promise<string[]>((resolve) => {
        const watching = new MutationObserver((records) => {
          const places = ['[aria-pressed]', '[role=grid]'].filter((place) =>
            records.some(({ target }) => target instanceof Element && target.closest(place)),
          )
          if (places[0] === '[aria-pressed]') resolve(places)
        })
        const all = { attributes: true, childList: true, characterData: true, subtree: true }
        watching.observe(document.getElementById('content') ?? document.body, all)
      }),
  )
  await page.getByRole('button', { name: 'Trouble only' }).click()
  expect(await changedWith).toEqual(['[aria-pressed]'])

  await lane('Morning digest').getByRole('link', { name: 'Morning digest', exact: true }).focus()
  await page.evaluate(() => {
    for (let n = 0; n < 2; n++)
      document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key: 'PageUp', bubbles: true }))
  })
  const before = Temporal.Now.plainDateISO(zone).subtract({ days: 2 }).toString()
  await page.waitForURL((url) => url.searchParams.get('day') === before)
})

test('the same stands in a table, and what comes in a calendar program', async () => {
  const { page } = ada
  await page.goto(`/w/my-workspace/timeline?day=${nine.toPlainDate()}`)
  await page.getByRole('button', { name: 'Show as a table' }).click()
  const table = page.getByRole('table', { name: 'Timeline' })
  await table
    .getByRole('row')
    .filter({ hasText: 'missed' })
    .getByRole('link', { name: /^Run \d+/ })
    .waitFor()
  await page.reload()
  await table.getByText('missed').first().waitFor()

  await page.getByRole('button', { name: 'Subscribe' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Make an address' }).click()
  const url = await dialog.getByLabel('Address of the calendar', { exact: true }).inputValue()
  const path = new URL(url).pathname
  const calendar = await fetch(server.url + path)
  expect([calendar.status, calendar.headers.get('content-type')]).toEqual([
    200,
    'text/calendar; charset=utf-8',
  ])
  expect(await calendar.text()).toMatch(/^BEGIN:VCALENDAR[\s\S]+SUMMARY:Morning digest/)
  await dialog.getByRole('button', { name: 'Done' }).click()
  await page.getByRole('button', { name: 'Subscribe' }).click()
  await dialog.getByRole('button', { name: 'End the address' }).click()
  await dialog.getByText('You have no address').waitFor()
  expect((await fetch(server.url + path)).status).toBe(404)
  expect(ada.problems).toEqual([])
})
