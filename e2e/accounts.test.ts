/** An administrator and somebody with an account: signed out, disabled, enabled, and given a way to a new password. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ADA, apiKey, call, openBrowser, type Served, serve, signIn, visit } from './fixtures/serve.ts'

const BEN = { email: 'ben@example.com', password: 'a-horse-and-a-battery' }

let server: Served
let browser: Browser

beforeAll(async () => {
  server = await serve()
  browser = await openBrowser()
  const key = (await apiKey(server, '--role', 'admin')).trim()
  const { body } = await call<{ link: string }>(server, key, 'POST', '/workspace/my-workspace/members', {
    email: BEN.email,
    role: 'editor',
  })
  const token = new URL(body.link).searchParams.get('token')
  await call(server, key, 'POST', '/invitations', { token, name: 'Ben', password: BEN.password })
})
afterAll(async () => {
  await browser.close()
  await server.end('SIGTERM')
  server.remove()
})

test('an account is disabled, enabled, and its owner chooses a new password by a link', async () => {
  const [ada, ben] = [await visit(browser, server), await visit(browser, server, { width: 360 })]
  await signIn(ada)
  await signIn(ben, BEN)
  await ada.page.goto('/w/my-workspace/settings')
  const row = ada.page.getByRole('listitem').filter({ hasText: BEN.email })
  await row.getByText('signed in on one browser').waitFor()
  const choose = async (what: RegExp) => {
    await ada.page.getByRole('button', { name: 'Actions: Ben' }).click()
    await ada.page.getByRole('menuitem', { name: what }).click()
  }

  await choose(/Disable/)
  await ada.page.getByRole('alertdialog').getByRole('button', { name: 'Disable' }).click()
  await row.getByText('Disabled', { exact: true }).waitFor()
  await ben.page.goto('/w/my-workspace')
  await ben.page.waitForURL(/\/sign-in/)
  await ben.page.getByLabel(/e-?mail/i).fill(BEN.email)
  await ben.page.getByLabel('Password', { exact: true }).fill(BEN.password)
  await ben.page.getByRole('button', { name: /sign in/i }).click()
  await ben.page.getByText('This account is disabled.').waitFor()

  await choose(/Enable/)
  await row.getByText('Disabled', { exact: true }).waitFor({ state: 'detached' })
  await choose(/New password/)
  await ada.page.getByRole('button', { name: 'Create link' }).click()
  const link = await ada.page.getByRole('textbox', { name: 'Link' }).inputValue()
  await ben.page.goto(new URL(link).pathname + new URL(link).search)
  await ben.page.getByLabel('Password', { exact: true }).fill('another-horse-entirely')
  await ben.page.getByRole('button', { name: 'Set the password' }).click()
  await ben.page.waitForURL(/\/w\/my-workspace/)

  await ben.page.goto(new URL(link).pathname + new URL(link).search)
  await ben.page.getByLabel('Password', { exact: true }).fill('and-once-more-please')
  await ben.page.getByRole('button', { name: 'Set the password' }).click()
  await ben.page.getByText('not valid any more').waitFor()
  expect(ada.problems).toEqual([])
})

test('one’s own account has no way to disable it', async () => {
  const { page } = await visit(browser, server)
  await signIn({ page, problems: [] }, ADA)
  await page.goto('/w/my-workspace/settings')
  await page.getByRole('button', { name: 'Actions: ada' }).click()
  await page.getByRole('menuitem', { name: /New password/ }).waitFor()
  expect(await page.getByRole('menuitem', { name: /Disable/ }).count()).toBe(0)
})
