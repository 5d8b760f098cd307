/** A schedule fails: one mail says so, one that it works again. Channels, rules and the log are set up and read. */
import type { Browser } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { receiver, type Receiver } from '#lib/delivery/testing/receiver.ts'
import { type TestSmtp, testSmtp } from '#lib/mail/testing/smtp.ts'
import { obstacles } from './fixtures/reading-well.ts'
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

let post: TestSmtp
let peer: Receiver
let server: Served
let browser: Browser
let ada: Visitor
let key: string
beforeAll(async () => {
  post = await testSmtp({ disabledCommands: ['AUTH', 'STARTTLS'] })
  peer = await receiver()
  server = await serve({
    ALLOWED_PRIVATE_NETWORKS: '127.0.0.1',
    SMTP_URL: `smtp://127.0.0.1:${post.port}`,
    SMTP_FROM: 'Carillon <carillon@example.com>',
  })
  key = (await apiKey(server)).trim()
  browser = await openBrowser()
  ada = await visit(browser, server)
  await signIn(ada)
})
afterAll(async () => {
  await browser.close()
  await server.end('SIGTERM')
  server.remove()
  await Promise.all([peer.close(), post.close()])
})

const TELLING = '/w/my-workspace/settings/telling'
const at = (path: string) => `/workspace/my-workspace${path}`
const region = (name: string, { page } = ada) => page.getByRole('region', { name, exact: true })
const subjects = () => post.taken.map(({ mail }) => mail.subject)

async function runs(id: number, does: 'fail' | 'succeed'): Promise<number> {
  const context = { does, text: does === 'fail' ? 'The source did not answer' : 'All is well' }
  const { body } = await call<{ execution: { id: number } }>(
    ...([server, key, 'POST', at(`/agent-schedules/${id}/run`), { context }] as const),
  )
  const state = async () =>
    (
      await call<{ execution: { status: string } }>(
        ...([server, key, 'GET', at(`/executions/${body.execution.id}`)] as const),
      )
    ).body.execution.status
  await until(async () => ['success', 'failed'].includes(await state()), 'the run to end', 30_000)
  return body.execution.id
}

test('without a channel the page says what to do next; one is added, and tested', async () => {
  const { page } = ada
  await page.goto('/w/my-workspace/settings')
  await region('Notifications').getByRole('link', { name: 'Open' }).click()
  await page.waitForURL(TELLING)
  await region('Channels').getByText('No channels yet').waitFor()
  await region('Rules').getByText('Rules need a channel').waitFor()
  await region('Sent').getByText('Nothing sent yet').waitFor()

  await region('Channels').getByRole('button', { name: 'Add a channel' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('On call')
  await dialog.getByRole('button', { name: 'Add it' }).click()
  await dialog.getByText('Is needed.').waitFor()
  await dialog.getByLabel('To', { exact: true }).fill('ada@example.com')
  expect(await obstacles(page)).toEqual([])
  await dialog.getByRole('button', { name: 'Add it' }).click()
  await dialog.waitFor({ state: 'detached' })
  await region('Channels').getByText('no rules use it yet').waitFor()
  await region('Channels').getByRole('button', { name: 'Send a test: On call' }).click()
  await region('Channels').getByText('Sent: ').waitFor()
  expect(subjects()).toEqual(['Carillon can reach you here'])

  await region('Rules').getByRole('button', { name: 'Add a rule' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Add it' }).click()
  await region('Rules')
    .getByText('When a run fails, it works again, or a schedule is switched off.')
    .waitFor()
})

test('of four failures one mail tells, and one that it works again; the page of a run says who was told', async () => {
  const { page } = ada
  post.taken.length = 0
  const made = await call<{ schedule: { id: number } }>(
    ...([server, key, 'POST', at('/agent-schedules')] as const),
    { name: 'Morning', agentId: 'test-agent', cronExpression: '0 0 1 1 *', disableAfterFailures: 100 },
  )
  const { id } = made.body.schedule
  const first = await runs(id, 'fail')
  for (let n = 0; n < 3; n++) await runs(id, 'fail')
  await region('Incidents').getByText('Failed 4 times').waitFor()
  await until(() => post.taken.length > 0, 'a mail', 30_000)
  await runs(id, 'succeed')
  await until(() => post.taken.length > 1, 'another', 30_000)
  expect(subjects()).toEqual(['Morning failed', 'Morning works again'])
  expect(post.taken[0]?.mail.text).toContain(
    `${server.url.replace('127.0.0.1', 'localhost')}/w/my-workspace/executions/${first}`,
  )
  await region('Incidents').getByText('Nothing is failing').waitFor()

  await page.goto(`/w/my-workspace/executions/${first}`)
  await page.getByText('Sent to On call.').waitFor()
  await page.getByRole('link', { name: 'See what was sent' }).click()
  const log = region('Sent')
  await log.getByText('The channel has heard of this incident.').first().waitFor()
  await log.getByText('Morning works again').waitFor()
  await log.getByRole('button', { name: 'Send again: Morning failed' }).first().click()
  await until(() => post.taken.length > 2, 'the mail that was sent again', 30_000)
})

test('the secret of a webhook is shown once; who acknowledges hears no more; it reads well on a small dark screen', async () => {
  const small = await visit(browser, server, { width: 360, colorScheme: 'dark' })
  await signIn(small)
  const { page } = small
  await page.goto(TELLING)
  await region('Channels', small).getByRole('button', { name: 'Add a channel' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Kind').press('ArrowDown')
  await page.getByRole('option', { name: 'Webhook' }).click()
  await dialog.getByLabel('Name').fill('Hook')
  await dialog.getByLabel('Address').fill(`${peer.origin}/hook`)
  await dialog.getByRole('button', { name: 'Add it' }).click()
  await dialog.getByRole('button', { name: 'Copy: secret' }).waitFor()
  expect(await dialog.getByLabel('Secret', { exact: true }).inputValue()).toMatch(/^whsec_/)
  expect(await obstacles(page)).toEqual([])
  await dialog.getByRole('button', { name: 'Done' }).click()

  await runs(1, 'fail')
  await region('Incidents', small).getByRole('button', { name: 'Acknowledge: Morning' }).click()
  await region('Incidents', small).getByText('Acknowledged by').waitFor()
  expect(await obstacles(page)).toEqual([])
  expect(small.problems).toEqual([])
  expect(ada.problems).toEqual([])
})
