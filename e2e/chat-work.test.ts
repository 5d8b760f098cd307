/** The chat as a place to work: two people, two browsers, wide and narrow, light and dark. */
import type { Browser, Locator, Page } from 'playwright'
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

const HOME = '/w/my-workspace'
const SHOTS = process.env.CHAT_SHOTS
let server: Served
let browser: Browser
let ada: Visitor
let ben: Visitor
let key: string

beforeAll(async () => {
  server = await serve()
  browser = await openBrowser()
  ada = await visit(browser, server, { width: 1440 })
  ben = await visit(browser, server, { width: 360, colorScheme: 'dark' })
  await signIn(ada)
  key = (await apiKey(server)).trim()
  const invited = await ada.page.request.post('/api/workspace/my-workspace/members', {
    data: { email: 'ben@example.com', role: 'editor' },
    headers: { origin: server.url },
  })
  const { link } = (await invited.json()) as { link: string }
  await ben.page.goto(new URL(link).pathname + new URL(link).search)
  await ben.page.getByLabel(/name/i).fill('Ben')
  await ben.page.getByLabel('Password', { exact: true }).fill('a-different-sentence')
  await ben.page.getByRole('button', { name: /join|accept|create/i }).click()
  await ben.page.waitForURL(/\/w\/my-workspace/)
})
afterAll(async () => {
  await browser.close()
  await server.end('SIGTERM')
  server.remove()
})

const line = (page: Page) => page.getByLabel('Write to the workspace')
const write = async (page: Page, text: string) => {
  await line(page).fill(text)
  await page.keyboard.press('Enter')
}
const shot = async (page: Page, name: string) => {
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/${name}.png` })
}

test('what is unread stands beside Chat, in the title, and is divided from the rest', async () => {
  await ben.page.goto(`${HOME}/schedules`)
  await ada.page.goto(HOME)
  await write(ada.page, 'Good morning')
  await ada.page.getByRole('article', { name: 'ada: Good morning' }).waitFor()
  await write(ada.page, '@Ben, the report is late')
  await ben.page.getByRole('link', { name: /Chat.*2 unread/ }).waitFor()
  await until(async () => (await ben.page.title()).startsWith('(2) '), 'the number in the title')
  const icon = () =>
    ben.page.locator('link[rel="icon"]').evaluateAll((them) => them.map((it) => it.getAttribute('href')))
  const isMarked = async () => (await icon()).map((it) => it?.startsWith('data:')).join() === 'true'
  await until(isMarked, 'the mark on the icon')
  await ben.page.getByRole('link', { name: 'Runs', exact: true }).click()
  await ben.page.getByRole('heading', { level: 1, name: 'Runs' }).waitFor()
  expect(await isMarked()).toBe(true)
  await ben.page.getByRole('link', { name: /Chat.*2 unread/ }).click()
  await ben.page.getByRole('heading', { name: 'New', exact: true }).waitFor()
  await ben.page.getByText('Names you.').waitFor({ state: 'attached' })
  await shot(ben.page, 'unread-360-dark')
  // The end was seen: nothing is left, and what was new stays marked.
  await ben.page.getByRole('link', { name: 'Chat', exact: true }).waitFor()
  await ben.page.getByRole('heading', { name: 'New', exact: true }).waitFor()
  await until(async () => !(await ben.page.title()).startsWith('('), 'the title without a number')
  await until(async () => (await icon()).join().endsWith('/icon.svg'), 'the icon without a mark')
})

test('a command is completed with the keys, done as by the API, and told in plain words', async () => {
  const schedule = {
    name: 'Morning check',
    agentId: 'test-agent',
    cronExpression: '0 9 * * *',
    timezone: 'UTC',
  }
  expect((await call(server, key, 'POST', '/workspace/my-workspace/triggers', schedule)).status).toBe(201)
  const { page } = ben
  await line(page).pressSequentially('/ru')
  await page.getByRole('option', { name: /\/run <schedule>/ }).waitFor()
  await shot(page, 'completion-360-dark')
  await page.keyboard.press('Enter')
  await line(page).pressSequentially('mor')
  await page.getByRole('option', { name: /Morning check/ }).waitFor()
  await page.keyboard.press('Tab')
  expect(await line(page).inputValue()).toBe('/run Morning check ')
  await page.keyboard.press('Enter')
  const answer = page.getByRole('region', { name: 'What came of the command' })
  await answer.getByText('Morning check runs now.').waitFor()
  await ada.page.getByRole('article', { name: /Morning check: Success/ }).waitFor()
  await write(page, '/pause mornin until someday')
  await answer.getByText(/no time that is known/).waitFor()
  await write(page, '/run evening')
  await answer.getByRole('button', { name: 'Morning check' }).waitFor()
  await shot(page, 'command-choices-360-dark')
  await answer.getByRole('button', { name: 'Put it away' }).click()
  await line(page).fill('Does anybody read this?')
  await page.getByText('Only people read this, and no agent answers').waitFor()
  await line(page).fill('@nobody, does anybody read this?')
  await page.getByText('Nobody here is called @nobody. No agent answers.').waitFor()
  await line(page).fill('@ada, do you read this?')
  await page.getByText('ada is told. No agent answers.').waitFor()
  await line(page).fill('')
})

test('a message is changed and deleted, and the other sees it at once', async () => {
  const { page } = ada
  await write(page, 'Tehre it is')
  const said = page.getByRole('article', { name: 'ada: Tehre it is' })
  await said.hover()
  await said.getByRole('button', { name: /^More/ }).click()
  await page.getByRole('menuitem', { name: 'Edit' }).click()
  await page.getByLabel('The words of the message').fill('There it is')
  await page.keyboard.press('Enter')
  const mended = ben.page.getByRole('article', { name: 'ada: There it is' })
  await mended.getByText(/^edited/).waitFor()
  const own = page.getByRole('article', { name: 'ada: There it is' })
  const more = own.getByRole('button', { name: /^More/ })
  const hasFocus = (it: Locator) => it.evaluate((element) => element === document.activeElement)
  await own.hover()
  await more.click()
  await page.getByRole('menuitem', { name: 'Edit' }).click()
  await page.getByLabel('The words of the message').press('Escape')
  await until(() => hasFocus(more), 'the focus to be back where it came from')
  await more.click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await page.getByRole('button', { name: 'Delete', exact: true }).click()
  await ben.page
    .getByRole('article', { name: 'ada: deleted' })
    .getByText('This message was deleted.')
    .waitFor()
  await until(
    () => hasFocus(page.getByRole('article', { name: 'ada: deleted' })),
    'the focus on what is left',
  )
})

test('below a result its agent is asked; one that cannot talk says so', async () => {
  const result = ada.page.getByRole('article', { name: /Morning check: Success/ })
  await result.getByRole('button', { name: /Ask about it/ }).click()
  const thread = ada.page.getByRole('complementary', { name: 'Thread' })
  await thread.getByLabel('Reply in the thread').fill('Why is it so quiet?')
  await ada.page.keyboard.press('Enter')
  await thread.getByText(/cannot talk about it/).waitFor()
  await shot(ada.page, 'thread-1440-light')
  const replies = ben.page.getByRole('button', { name: /2 replies/ })
  await replies.waitFor()
  await replies.click()
  await ben.page.getByRole('complementary', { name: 'Thread' }).getByText('Why is it so quiet?').waitFor()
  await shot(ben.page, 'thread-360-dark')
  await ben.page.getByRole('button', { name: 'Close the thread' }).click()
  await ben.page.getByRole('link', { name: 'Chat', exact: true }).waitFor()
})

test('a search leads to the message, which is marked where it stands', async () => {
  const { page } = ada
  await page.goto(`${HOME}/search`)
  await page.getByLabel('Words to look for').fill('"report is late"')
  await page.getByRole('link', { name: /the report is late/ }).click()
  await page.waitForURL(/m=\d+/)
  const marked = page.locator('article[aria-current="true"]')
  await marked.getByText('the report is late').waitFor()
  await shot(page, 'found-1440-light')
  await page.getByRole('button', { name: 'To the newest' }).click()
  await line(page).waitFor()
})

test('what is new above is a press away, and a link to a message moves the chat alone', async () => {
  const { page } = ben
  await page.goto(`${HOME}/schedules`)
  for (let n = 0; n < 40; n++)
    await call(server, key, 'POST', '/workspace/my-workspace/messages', { text: `Line ${n}` })
  await page.goto(HOME)
  await page.getByRole('button', { name: '40 new: to the first' }).click()
  const first = page.getByRole('heading', { name: 'New', exact: true })
  await until(() => first.evaluate((it) => it === document.activeElement), 'the focus on the first')
  const { body } = await call<{ messages: { id: number }[] }>(
    server,
    key,
    'GET',
    '/workspace/my-workspace/messages?limit=10',
  )
  await page.goto(`${HOME}?m=${body.messages.at(-1)?.id}`)
  const marked = page.locator('article[aria-current="true"]')
  await marked.getByText('Line 39').waitFor()
  await until(() => marked.evaluate((it) => it.getBoundingClientRect().top > 100), 'it to be in sight')
  const { place, below } = await page
    .getByRole('main')
    .evaluate((it) => ({ place: it.scrollTop, below: it.scrollHeight - it.clientHeight }))
  expect({ place, below }).toEqual({ place: 0, below: 0 })
})

test('files are chosen, dropped and pasted: documents, which the message links to', async () => {
  const { page } = ada
  await page.goto(HOME)
  const file = (name: string) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(`What ${name} says.`) })
  await page.locator('input[type=file]').setInputFiles([file('chosen.txt')])
  await until(
    async () => (await line(page).inputValue()).includes('chosen.txt'),
    'the link to what was chosen',
  )
  const give = (type: 'drop' | 'paste', name: string, words = '') =>
    line(page).evaluate(
      (it, given) => {
        const data = new DataTransfer()
        data.items.add(new File([`What ${given.name} says.`], given.name, { type: 'text/plain' }))
        if (given.words) {
          data.setData('text/plain', given.words)
          data.setData('text/html', `<b>${given.words}</b>`)
        }
        const how = { bubbles: true, cancelable: true }
        const event =
          given.type === 'drop'
            ? new DragEvent('drop', { ...how, dataTransfer: data })
            : new ClipboardEvent('paste', { ...how, clipboardData: data })
        return !it.dispatchEvent(event)
      },
      { type, name, words },
    )
  expect(await give('drop', 'dropped.txt')).toBe(true)
  await until(
    async () => (await line(page).inputValue()).includes('dropped.txt'),
    'the link to what was dropped',
  )
  expect(await give('paste', 'pasted.txt')).toBe(true)
  await until(
    async () => (await line(page).inputValue()).includes('pasted.txt'),
    'the link to what was pasted',
  )
  expect(await give('paste', 'picture of words.txt', 'words')).toBe(false)
  await page.keyboard.press('Enter')
  const written = page.getByRole('article', { name: /ada: .*chosen/ })
  for (const name of ['chosen.txt', 'dropped.txt', 'pasted.txt'])
    await written.getByRole('link', { name }).waitFor()
  const opened = page.waitForEvent('popup')
  await written.getByRole('link', { name: 'dropped.txt' }).click()
  const document = await opened
  await document.getByText('What dropped.txt says.').waitFor()
  await document.close()
})

test('nobody’s browser has complained', () => {
  expect([ada.problems, ben.problems]).toEqual([[], []])
})
