/** What people use every day: the palette, keys, their profile, the page of health, a page without a network. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { apiKey, call, openBrowser, type Served, serve, signIn, until, visit } from './fixtures/serve.ts'

const HOME = '/w/my-workspace'
let server: Served
let browser: Browser
let key: string
let page: Page

beforeAll(async () => {
  server = await serve()
  browser = await openBrowser()
  key = (await apiKey(server)).trim()
  await call(server, key, 'POST', '/workspace/my-workspace/agent-schedules', {
    name: 'Morning digest',
    agentId: 'summary-agent',
    cronExpression: '30 21 * * 1-5',
    timezone: 'UTC',
  })
  const ada = await visit(browser, server, { worker: true })
  await signIn(ada)
  page = ada.page
})
afterAll(async () => {
  await browser.close()
  await server.end('SIGTERM')
  server.remove()
})

/** Keys are heard once the page is awake. */
async function open(path: string): Promise<void> {
  await page.goto(`${HOME}${path}`)
  await page.waitForLoadState('networkidle')
}
const palette = () => page.getByRole('combobox', { name: 'Go to, find or do' })

test('the palette goes to what is named, and gives commands', async () => {
  await open('/now')
  await page.keyboard.press('Control+k')
  await palette().fill('morning')
  await page.getByRole('option', { name: /Morning digest/ }).waitFor()
  await page.keyboard.press('Enter')
  await page.waitForURL(`**${HOME}/schedules/1`)
  await page.keyboard.press('Control+k')
  await palette().fill('/next')
  await page.keyboard.press('Enter')
  await page.getByRole('region', { name: 'What came of the command' }).getByText('Morning digest').waitFor()
  await page.keyboard.press('Escape')
  await palette().waitFor({ state: 'detached' })
})

test('a part of the settings is one line or one press away, and so are dark and the keys', async () => {
  await open('/now')
  const find = async (text: string) => {
    await page.keyboard.press('Control+k')
    await palette().fill(text)
    await page.keyboard.press('Enter')
  }
  const isInSight = (name: string) =>
    page.getByRole('heading', { name, exact: true }).evaluate((it) => {
      const { left, top, height } = it.getBoundingClientRect()
      return it.contains(document.elementFromPoint(left + 2, top + height / 2))
    })
  await find('secrets')
  await page.waitForURL(`**${HOME}/settings#secrets`)
  await until(() => isInSight('Secrets'), 'the secrets to be in sight')
  const parts = page.getByRole('navigation', { name: 'On this page' })
  await parts.getByRole('link', { name: 'Models', exact: true }).click()
  await until(() => isInSight('Models'), 'the models to be in sight')
  // Folded away where there is no room beside, and nothing stands before what it leads to.
  await page.setViewportSize({ width: 360, height: 740 })
  await parts.getByText('On this page').click()
  await parts.getByRole('link', { name: 'API keys' }).click()
  await until(() => isInSight('API keys'), 'the keys to be in sight')
  await page.setViewportSize({ width: 1280, height: 900 })
  await find('dark')
  await page.locator('html.dark').waitFor()
  await find('light mode')
  await page.locator('html.light').waitFor()
  await find('keyboard')
  await page.getByRole('dialog', { name: 'Keys' }).waitFor()
  await page.keyboard.press('Escape')
})

test('single keys lead on, the sheet names them, and both can be turned off', async () => {
  await open('/now')
  await page.keyboard.press('g')
  await page.keyboard.press('s')
  await page.waitForURL(`**${HOME}/schedules`)
  await page.getByRole('link', { name: 'Morning digest' }).waitFor()
  await page.keyboard.press('?')
  const sheet = page.getByRole('dialog', { name: 'Keys' })
  await sheet.getByText('New schedule').waitFor()
  await sheet.getByRole('link', { name: 'your profile' }).click()
  await page.getByRole('switch', { name: 'Shortcuts' }).click()
  await until(
    async () => page.getByRole('switch', { name: 'Shortcuts', checked: false }).isVisible(),
    'the switch to be off',
  )
  await page.keyboard.press('Control+k')
  await page.keyboard.press('?')
  expect(await page.getByRole('dialog').count()).toBe(0)
  await page.getByRole('switch', { name: 'Shortcuts' }).click()
  await page.getByRole('switch', { name: 'Shortcuts', checked: true }).waitFor()
})

test('the zone, the clock and the language that somebody chose are those of the whole product', async () => {
  await page.goto(`${HOME}/profile`)
  const choose = async (field: string, option: string | RegExp) => {
    await page.getByRole('combobox', { name: field }).click()
    await page.getByRole('option', { name: option }).click()
  }
  await choose('Clock', /12 hours/)
  await choose('Language of dates, numbers and patterns', 'Deutsch')
  // All of it is drawn anew.
  const anew = page.waitForEvent('load')
  await page.getByRole('form').or(page.locator('form')).nth(1).getByRole('button', { name: 'Save' }).click()
  await anew
  expect(await page.evaluate(() => document.cookie)).toContain('.12.de')
  await page.goto(`${HOME}/schedules/1`)
  await page.getByText('Um 09:30 PM, Montag bis Freitag').first().waitFor()
  await page.getByRole('table', { name: 'Next runs' }).getByText('09:30 PM').first().waitFor()
})

test('somebody signed in elsewhere is seen, and signed out from here', async () => {
  const other = await visit(browser, server)
  await signIn(other)
  await page.goto(`${HOME}/profile`)
  const sessions = page.getByRole('region', { name: 'Where you are signed in' })
  await sessions.getByText('This browser').waitFor()
  await sessions.getByRole('button', { name: /^Sign out: / }).click()
  await sessions.getByRole('button', { name: /^Sign out: / }).waitFor({ state: 'detached' })
  await other.page.goto(`${HOME}/now`)
  expect(new URL(other.page.url()).pathname).toBe('/sign-in')
})

test('the page of health says what the doctor says', async () => {
  await page.goto(`${HOME}/settings/health`)
  const checks = page.getByRole('region', { name: 'Checks' })
  await checks.getByText(/answers, the scheduler runs/).waitFor()
  await page.getByRole('button', { name: 'Check again' }).click()
  await checks.getByText(/answers, the scheduler runs/).waitFor()
})

const areKept = (paths: readonly string[]) =>
  page.evaluate(async (them) => (await Promise.all(them.map((it) => caches.match(it)))).every(Boolean), paths)

test('without a network a page that was seen comes again, and what was written is sent later', async () => {
  for (const path of ['/now', '']) {
    await page.goto(HOME + path)
    await page.evaluate(() => navigator.serviceWorker.ready)
    await until(() => areKept([HOME + path]), `${path} to be kept`)
  }
  const files = await page.evaluate(async () => (await fetch('/_next/static/files.json')).json())
  expect(files.length).toBeGreaterThan(50)
  await until(() => areKept(files), 'every file of the build to be kept')
  const context = page.context()
  await context.setOffline(true)
  await page.reload()
  await page.getByText('You are offline. This is what was here last').waitFor()
  const line = page.getByRole('textbox', { name: 'Write to the workspace' })
  await line.fill('Written in the train')
  await line.press('Enter')
  await page.getByText('Sent when the connection is back.').waitFor()
  await page.reload()
  await page.getByText('Written in the train').waitFor()
  // What only a press loads is kept as well.
  await page.keyboard.press('Control+k')
  await palette().waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('link', { name: 'Agents', exact: true }).click()
  await page.getByText('This page stays; that one is not kept in this browser').waitFor()
  await page.getByRole('link', { name: 'Now', exact: true }).click()
  await page.getByRole('heading', { level: 1, name: 'Now' }).waitFor()
  // It is sent from here: the chat is not open.
  await context.setOffline(false)
  await until(async () => {
    const { body } = await call<{ messages: { text: string }[] }>(
      server,
      key,
      'GET',
      '/workspace/my-workspace/messages',
    )
    return body.messages.filter((it) => it.text === 'Written in the train').length === 1
  }, 'the message to arrive once')
})

test('what cannot be loaded takes neither the page nor what was written on it, and comes with the next press', async () => {
  const bare = await visit(browser, server)
  await signIn(bare)
  await bare.page.goto(HOME)
  await bare.page.waitForLoadState('networkidle')
  const context = bare.page.context()
  await context.setOffline(true)
  const line = bare.page.getByRole('textbox', { name: 'Write to the workspace' })
  await line.fill('hello @')
  const missing = bare.page.getByRole('alert').getByText('This part needs the connection')
  for (const press of [
    () => bare.page.keyboard.press('Control+k'),
    () => bare.page.getByRole('button', { name: /^Account/ }).click(),
  ]) {
    await press()
    await missing.waitFor()
    await bare.page.getByRole('alert').getByRole('button', { name: 'Close' }).click()
  }
  expect(await line.inputValue()).toBe('hello @')
  await context.setOffline(false)
  await bare.page.keyboard.press('Control+k')
  await bare.page.getByRole('combobox', { name: 'Go to, find or do' }).waitFor()
  await bare.page.keyboard.press('Escape')
  await bare.page.getByRole('button', { name: /^Account/ }).click()
  await bare.page.getByRole('menuitem', { name: 'Profile' }).waitFor()
})
