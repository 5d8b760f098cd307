/**
 * Somebody who has never seen it makes a working schedule: in words, by the form, from the chat. What it comes to stays
 * in sight; what was typed survives; two who edit the same see both versions; many are changed together.
 */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { obstacles } from './fixtures/reading-well.ts'
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
const TRIGGERS = '/workspace/my-workspace/triggers'
let server: Served
let browser: Browser
let ada: Visitor
let key: string

beforeAll(async () => {
  server = await serve()
  browser = await openBrowser()
  key = (await apiKey(server)).trim()
  ada = await visit(browser, server)
  await signIn(ada)
})
afterAll(async () => {
  await browser.close()
  await server.end('SIGTERM')
  server.remove()
})

const means = () => ada.page.getByRole('region', { name: 'What this means' })
/** What somebody does, one after another: how many it takes is what the story counts. */
async function steps(...all: (() => Promise<unknown>)[]): Promise<number> {
  for (const step of all) await step()
  return all.length
}
const made = async (name: string, change: object = {}) => {
  const body = { name, agentId: 'test-agent', cronExpression: '0 9 * * *', timezone: 'UTC', ...change }
  return (await call<{ trigger: { id: number; revision: number } }>(server, key, 'POST', TRIGGERS, body)).body
    .trigger
}
const there = async () =>
  (await call<{ triggers: { name: string; cronExpression: string }[] }>(server, key, 'GET', TRIGGERS)).body
    .triggers

test('in words: a sentence, a look, and it is planned', async () => {
  const { page } = ada
  await page.goto(`${HOME}/schedules/new`)
  const taken = await steps(
    () => page.getByLabel('Say it in words').fill('every weekday at 9 summarise what came in overnight'),
    () => page.getByRole('button', { name: 'Fill in' }).click(),
    () => page.getByText('Look through it, then save it.').waitFor(),
    () => page.getByRole('button', { name: 'Create', exact: true }).click(),
  )
  expect(taken).toBeLessThanOrEqual(4)
  await page.waitForURL(/\/schedules\/\d+$/)
  await page.getByRole('heading', { name: 'Summarise what came in overnight' }).waitFor()
  expect((await there()).map((it) => it.cronExpression)).toEqual(['0 9 * * 1-5'])
})

test('words that are not understood say what was, where they stand', async () => {
  const { page } = ada
  await page.goto(`${HOME}/schedules/new`)
  await page.getByLabel('Say it in words').fill('every weekday at 9 except on holidays summarise')
  await page.keyboard.press('Enter')
  await page.getByText(/Understood: “every weekday at 9”/).waitFor()
  expect(new URL(page.url()).pathname).toBe(`${HOME}/schedules/new`)
})

test('by the form: who, when, a name; the parts and the pattern say the same', async () => {
  const { page } = ada
  await page.goto(`${HOME}/schedules/new`)
  const taken = await steps(
    () => page.getByRole('combobox', { name: 'Agent' }).click(),
    () => page.getByRole('option', { name: /Test agent/ }).click(),
    () => page.getByRole('button', { name: 'Fridays at 17:00' }).click(),
    () => page.getByLabel('Name', { exact: true }).fill('Friday bell'),
    () => page.getByRole('button', { name: 'Create', exact: true }).click(),
  )
  expect(taken).toBeLessThanOrEqual(6)
  await page.waitForURL(/\/schedules\/\d+$/)

  await page.goto(`${HOME}/schedules/new`)
  const pattern = page.getByLabel('Cron pattern')
  await page.getByRole('button', { name: 'Saturday' }).click()
  expect(await pattern.inputValue()).toBe('0 9 * * 1,2,3,4,5,6')
  await pattern.fill('30 18 L * *')
  expect(await page.getByLabel('Time of day').inputValue()).toBe('18:30')
  expect(await page.getByLabel('Days of the month').inputValue()).toBe('last')
  const time = page.getByLabel(/^Time of day/)
  const isTypedIn = (n: number) => time.nth(n).evaluate((it) => it === document.activeElement)
  await time.focus()
  await page.keyboard.press('ArrowUp')
  await page.keyboard.type('0715AM')
  expect([await pattern.inputValue(), await isTypedIn(0)]).toEqual(['15 7 L * *', true])
  await pattern.fill('0 9,12,15 * * *')
  await time.nth(1).focus()
  await page.keyboard.type('0630PM')
  expect([await pattern.inputValue(), await isTypedIn(1)]).toEqual(['30 9,15,18 * * *', true])
  expect(await time.evaluateAll((all) => all.map((it) => (it as HTMLInputElement).value))).toEqual([
    ...['09:30', '18:30', '15:30'],
  ])
  await page.getByText('These times share their minutes').waitFor()
  await pattern.fill('5,7 9 * * *')
  await page.getByText('This pattern says more than can be put together here.').waitFor()
  await pattern.fill('0 22-2 * * *')
  await page.getByRole('button', { name: 'Use 0 22-23,0-2 * * *' }).click()
  expect(await pattern.inputValue()).toBe('0 22-23,0-2 * * *')
  await pattern.fill('0 9 1 * 1')
  await means()
    .getByText(/either of them, not only where both match/)
    .waitFor()
  await means().getByText('The next 12 months').click()
  await means().getByRole('figure').nth(11).waitFor()
})

test('a crowd is spread by a press, and a draft is tried beside the form', async () => {
  const { page } = ada
  for (const name of ['a', 'b', 'c', 'd']) await made(`Crowd ${name}`, { cronExpression: '17 4 * * *' })
  await page.goto(`${HOME}/schedules/new`)
  await page.getByRole('combobox', { name: 'Agent' }).click()
  await page.getByRole('option', { name: /Test agent/ }).click()
  await page.getByRole('combobox', { name: 'Time zone' }).click()
  await page.keyboard.type('UTC')
  await page.keyboard.press('Enter')
  await page.getByLabel('Cron pattern').fill('17 4 * * *')
  await means().getByRole('button', { name: 'Spread over 5 minutes' }).click()
  await means()
    .getByText(/4 others run at the same moment/)
    .waitFor({ state: 'detached' })
  await means().getByText('Try it', { exact: true }).click()
  await means().getByRole('button', { name: 'Try it' }).click()
  await means().getByText('The test agent ran.').waitFor()
})

const isKept = (words: string) =>
  ada.page.evaluate(
    (typed) =>
      new Promise((kept) => {
        const look = () =>
          Object.keys(localStorage).some((it) => localStorage[it].includes(typed))
            ? kept(0)
            : requestAnimationFrame(look)
        look()
      }),
    words,
  )

test('what was typed survives a reload, and a refusal has the focus', async () => {
  const { page } = ada
  await page.goto(`${HOME}/schedules/new`)
  page.on('dialog', (dialog) => void dialog.accept())
  await page.getByRole('button', { name: 'Put it away' }).click()
  await page.getByLabel('Name', { exact: true }).fill('Half done')
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  await page.getByText('One thing needs your attention').waitFor()
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('combobox')
  await isKept('Half done')
  await page.reload()
  await page.getByText(/You began/).waitFor()
  await page.getByRole('button', { name: 'Go on with it' }).click()
  expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Half done')
})

test('two who edit the same see both versions', async () => {
  const { page } = ada
  const { id, revision } = await made('Contested')
  await page.goto(`${HOME}/schedules/${id}/edit`)
  await page.getByLabel('Name', { exact: true }).fill('Mine')
  const theirs = { cronExpression: '0 7 * * *', revision }
  await call(server, key, 'PUT', `${TRIGGERS}/${id}`, theirs)
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  const both = page.getByRole('region', { name: 'Somebody else has changed it meanwhile' })
  await both.getByRole('row', { name: /Name Mine as it was/ }).waitFor()
  await both.getByRole('row', { name: /Pattern as it was 0 7/ }).waitFor()
  await both.getByText(/ changed this schedule at \d+:\d\d/).waitFor()
  // Neither a key nor another “Save” is an answer to it.
  await page.getByLabel('Name', { exact: true }).fill('Mine too')
  await call(server, key, 'POST', `${TRIGGERS}/${id}/toggle`, { enabled: false, reason: 'Holiday' })
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await both.getByRole('row', { name: /Name Mine too as it was/ }).waitFor()
  await both.getByRole('row', { name: /Reason of the pause as it was Holiday/ }).waitFor()
  expect((await there()).find((it) => it.name === 'Contested')?.cronExpression).toBe('0 7 * * *')
  await both.getByRole('button', { name: 'Save mine over it' }).click()
  await page.waitForURL(/\/schedules\/\d+$/)
  expect((await there()).find((it) => it.name === 'Mine too')?.cronExpression).toBe('0 7 * * *')
})

test('a draft that is gone on with does not undo what others have changed since', async () => {
  const { page } = ada
  const { id } = await made('Resumed')
  await page.goto(`${HOME}/schedules/${id}/edit`)
  await page.getByLabel('Name', { exact: true }).fill('Begun earlier')
  await isKept('Begun earlier')
  await page.reload()
  await call(server, key, 'PUT', `${TRIGGERS}/${id}`, { cronExpression: '0 7 * * *' })
  await page.getByRole('button', { name: 'Go on with it' }).click()
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  const both = page.getByRole('region', { name: 'Somebody else has changed it meanwhile' })
  await both.getByRole('row', { name: /Pattern as it was 0 7/ }).waitFor()
  await both.getByRole('button', { name: 'Take theirs, drop mine' }).click()
  expect(await page.getByLabel('Cron pattern').inputValue()).toBe('0 7 * * *')
  await both.waitFor({ state: 'detached' })
  const asked: string[] = []
  page.on('dialog', (dialog) => asked.push(dialog.type()))
  await page.goto(`${HOME}/schedules/${id}/edit`)
  await page.getByLabel('Name', { exact: true }).waitFor()
  expect([asked, await page.getByText(/You began/).count()]).toEqual([[], 0])
  expect((await there()).find((it) => it.name === 'Resumed')?.cronExpression).toBe('0 7 * * *')
})

test('from the chat: a line, a card with its next runs, one press', async () => {
  const { page } = ada
  await page.goto(HOME)
  const line = page.getByLabel('Write to the workspace')
  await line.fill('/plan every Monday and Thursday at 18:30 summarise the week')
  await line.press('Enter')
  const card = page.getByRole('region', { name: 'Proposed: Summarise the week' })
  await card.getByRole('row').nth(5).waitFor()
  expect((await there()).some((it) => it.name === 'Summarise the week')).toBe(false)
  expect(await obstacles(page)).toEqual([])
  await card.getByRole('button', { name: 'Confirm Summarise the week' }).click()
  await card.getByRole('link', { name: 'Open the schedule' }).waitFor()
  expect((await there()).find((it) => it.name === 'Summarise the week')?.cronExpression).toBe('30 18 * * 1,4')
})

test('several are paused with a reason, resumed, deleted and brought back', async () => {
  const { page } = ada
  await made('Tagged', { tags: ['finance'] })
  await page.goto(`${HOME}/schedules`)
  await page.getByRole('button', { name: 'Show those tagged finance' }).click()
  await page.waitForURL(/tag=finance/)
  await page.getByRole('link', { name: 'Crowd a' }).waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Clear' }).click()
  const chosen = page.getByRole('region', { name: 'The chosen schedules' })
  const choose = async () => {
    for (const name of ['Crowd a', 'Crowd b']) await page.getByLabel(`Choose ${name}`).check()
  }
  await choose()
  await chosen.getByRole('button', { name: 'Pause' }).click()
  await page.getByRole('dialog').getByLabel('Reason').fill('The tower is painted')
  await page.getByRole('dialog').getByRole('button', { name: 'Pause', exact: true }).click()
  await page.getByText('2 schedules were paused').waitFor()
  await page.getByText('The tower is painted').nth(1).waitFor()
  const paused = page.getByRole('row', { name: /Crowd a/ })
  expect((await paused.boundingBox())?.height).toBeLessThanOrEqual(64)
  await choose()
  await chosen.getByRole('button', { name: 'Resume' }).click()
  await page.getByText('2 schedules were resumed').waitFor()
  await choose()
  await chosen.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click()
  await page.getByText('2 schedules were deleted').waitFor()
  await chosen.waitFor({ state: 'detached' })
  const isInList = () => {
    const it = document.activeElement
    return it !== document.body && it?.contains(document.querySelector('table'))
  }
  await expect.poll(() => page.evaluate(isInList)).toBe(true)
  await page.getByRole('button', { name: 'Undo' }).click()
  await page.getByText('2 schedules were restored').waitFor()
  await page.getByRole('link', { name: 'Crowd a' }).waitFor()
  expect(await obstacles(page)).toEqual([])
})

test('it reads well in both themes, wide and narrow, and the preview stays in sight', async () => {
  const { page } = ada
  for (const colorScheme of ['light', 'dark'] as const)
    for (const width of [1440, 360]) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 800 })
      await page.goto(`${HOME}/schedules/new`)
      const bar = means().getByRole('button', { name: /Next: / })
      if (width === 360) {
        await bar.click()
        await page.evaluate(() => document.querySelector('main')?.scrollTo(0, 0))
      }
      const runs = page.getByRole('table', { name: 'Next runs' })
      await runs.waitFor()
      const seen = await runs.evaluate((it) => {
        const { top } = it.getBoundingClientRect()
        return top >= 0 && top < innerHeight
      })
      expect([colorScheme, width, seen, await obstacles(page)]).toEqual([colorScheme, width, true, []])
    }
  // The browser notes that an edit was overtaken.
  expect(ada.problems.filter((it) => !it.includes('409'))).toEqual([])
})
