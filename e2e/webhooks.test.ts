/** A program calls a schedule: its page waits for the first call and shows every one, also what was refused. */
import { createHmac } from 'node:crypto'
import AxeBuilder from '@axe-core/playwright'
import type { Browser } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser, type Served, serve, signIn, until, type Visitor, visit } from './fixtures/serve.ts'

let server: Served
let browser: Browser
let ada: Visitor
let phone: Visitor
beforeAll(async () => {
  server = await serve()
  browser = await openBrowser()
  ada = await visit(browser, server)
  phone = await visit(browser, server, { width: 360, colorScheme: 'dark' })
  await signIn(ada)
  await signIn(phone)
})
afterAll(async () => {
  await browser.close()
  await server.end('SIGTERM')
  server.remove()
})

const TRIGGERS = '/api/workspace/my-workspace/triggers'
const violations = async ({ page }: Visitor) =>
  (await new AxeBuilder({ page }).analyze()).violations.map((it) => it.id)

interface Hook {
  id: number
  url: string
  secret: string
}
async function made(): Promise<Hook> {
  const answer = await ada.page.request.post(TRIGGERS, {
    data: { name: 'Orders', agentId: 'test-agent', kind: 'webhook', webhook: { scheme: 'standard' } },
    headers: { origin: server.url },
  })
  const { trigger, webhook } = (await answer.json()) as { trigger: { id: number }; webhook: Hook }
  return { ...webhook, id: trigger.id, url: server.url + new URL(webhook.url).pathname }
}

const BODY = '{"order":7}'
/** As any program would, with nothing of ours. */
async function send({ url, secret }: Hook, id: string, body = BODY) {
  const time = String(Math.floor(Date.now() / 1000))
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64')
  const signature = createHmac('sha256', key).update(`${id}.${time}.${BODY}`).digest('base64')
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': `v1,${signature}` },
    body,
  })
  return { status: response.status, text: await response.text() }
}

test('the page turns green with the first call; twice runs once, a wrong signature is refused and shown', async () => {
  const hook = await made()
  const { page } = ada
  await page.goto(`/w/my-workspace/schedules/${hook.id}`)
  const calling = page.getByRole('region', { name: 'Calling it' })
  await calling.getByText('Waiting for the first call').waitFor()
  expect(new URL(await calling.getByLabel('Address', { exact: true }).inputValue()).pathname).toBe(
    new URL(hook.url).pathname,
  )
  await calling.getByText(`•••${hook.secret.slice(-4)}`).waitFor()
  expect(await page.content()).not.toContain(hook.secret)
  await calling.getByText('Python').click()
  await calling.getByText('import base64').waitFor()
  expect(await violations(ada)).toEqual([])

  const first = await send(hook, 'msg_1')
  expect(first.status).toBe(202)
  await calling.getByText('Called').waitFor()
  const { executionId } = JSON.parse(first.text) as { executionId: number }
  expect(await send(hook, 'msg_1')).toEqual({
    status: 200,
    text: JSON.stringify({ deliveryId: 'msg_1', executionId, verdict: 'duplicate' }),
  })
  const wrong = await send(hook, 'msg_2', '{"order":8}')
  expect([wrong.status, wrong.text.includes('order')]).toEqual([401, false])

  const calls = page.getByRole('region', { name: 'Calls' }).getByRole('list', { name: 'Calls' })
  await calls.getByText('Refused').waitFor()
  await calls.getByText('Sent again', { exact: true }).waitFor()
  await calls.getByText('Accepted').click()
  await calls.getByText('"order": 7').waitFor()
  await calls.getByText('webhook-signature: •••').waitFor()
  expect(await violations(ada)).toEqual([])
  await calls.getByRole('button', { name: 'Send again' }).click()
  await calls.getByText('sent again by hand').waitFor()
  const executions = async () => {
    const answer = await page.request.get(`/api/workspace/my-workspace/executions?triggerId=${hook.id}`)
    return ((await answer.json()) as { executions: { status: string }[] }).executions
  }
  await until(
    async () => (await executions()).filter((it) => it.status === 'success').length === 2,
    'both runs',
  )
  expect(await executions()).toHaveLength(2)
})

test('a webhook is made in the form, and the address and secret that are shown there are what a caller needs', async () => {
  const { page } = ada
  await page.goto('/w/my-workspace/schedules/new')
  await page.getByLabel('Name', { exact: true }).fill('Orders by hand')
  await page.getByText('When a call comes in', { exact: true }).click()
  await page.getByRole('combobox', { name: /agent/i }).first().click()
  await page
    .getByRole('option', { name: /test agent/i })
    .first()
    .click()
  await page.getByRole('combobox', { name: 'How calls are signed' }).waitFor()
  await page.getByRole('button', { name: 'Add a comparison' }).click()
  await page.getByLabel('Path 1').fill('body.order')
  await page.getByLabel('Value 1').fill('7')
  expect(await violations(ada)).toEqual([])
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  const shown = page.getByRole('region', { name: 'It waits for calls' })
  await shown.getByRole('heading', { name: 'It waits for calls' }).waitFor()
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('address')
  const url = server.url + new URL(await shown.getByLabel('Address', { exact: true }).inputValue()).pathname
  const secret = await shown.getByLabel('Secret', { exact: true }).inputValue()
  expect(await violations(ada)).toEqual([])
  await shown.getByRole('link', { name: 'Go on' }).click()
  await page.getByRole('region', { name: 'Calling it' }).getByText('Waiting for the first call').waitFor()
  expect(await page.content()).not.toContain(secret)

  const hook = { id: 0, url: `${url}?from=shop&api_key=k`, secret }
  expect((await send(hook, 'msg_1')).status).toBe(202)
  const calls = page.getByRole('list', { name: 'Calls' })
  await calls.getByText('Accepted').click()
  await calls.getByLabel('Query').getByText('api_key: •••').waitFor()
})

test('another secret is made, is shown once, and counts', async () => {
  const hook = await made()
  const { page } = ada
  await page.goto(`/w/my-workspace/schedules/${hook.id}`)
  const calling = page.getByRole('region', { name: 'Calling it' })
  await calling.getByRole('button', { name: 'Make another' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Make another secret' }).click()
  const secret = await dialog.getByLabel('Secret', { exact: true }).inputValue()
  expect(await violations(ada)).toEqual([])
  await dialog.getByRole('button', { name: 'Done' }).click()
  await calling.getByText('The one before counts, too').waitFor()
  expect((await send({ ...hook, secret }, 'msg_1')).status).toBe(202)
  expect((await send(hook, 'msg_2')).status).toBe(202)
})

test('it reads well on a small screen in the dark', async () => {
  const hook = await made()
  await send(hook, 'msg_1')
  const { page } = phone
  await page.goto(`/w/my-workspace/schedules/${hook.id}`)
  await page.getByRole('region', { name: 'Calling it' }).getByText('Called').waitFor()
  await page.getByRole('list', { name: 'Calls' }).getByText('Accepted').waitFor()
  expect(await violations(phone)).toEqual([])
  const beyond = () => {
    const { scrollWidth, scrollHeight } = document.documentElement
    return { right: scrollWidth - window.innerWidth, below: scrollHeight - window.innerHeight }
  }
  // The content scrolls by itself, never the window with it.
  expect(await page.evaluate(beyond)).toEqual({ right: 0, below: 0 })
})
