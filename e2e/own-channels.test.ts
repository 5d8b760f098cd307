/** A person's own channels: added, tested, named in a rule, removed; and a browser that takes notifications. */
import type { Browser } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pushService } from '#lib/delivery/testing/push-service.ts'
import { receiver, type Receiver } from '#lib/delivery/testing/receiver.ts'
import { obstacles } from './fixtures/reading-well.ts'
import { openBrowser, type Served, serve, signIn, type Visitor, visit } from './fixtures/serve.ts'

let peer: Receiver
let pushes: Awaited<ReturnType<typeof pushService>>
let server: Served
let browser: Browser
beforeAll(async () => {
  peer = await receiver()
  pushes = await pushService()
  server = await serve({ ALLOWED_PRIVATE_NETWORKS: '127.0.0.1' })
  browser = await openBrowser()
})
afterAll(async () => {
  await browser.close()
  await server.end('SIGTERM')
  server.remove()
  await Promise.all([peer.close(), pushes.close()])
})

const TELLING = '/w/my-workspace/settings/telling'
const region = ({ page }: Visitor, name: string) => page.getByRole('region', { name, exact: true })

test('a channel of one’s own is added, tested, named in a rule, and removed', async () => {
  const ada = await visit(browser, server)
  await signIn(ada)
  const { page } = ada
  await page.goto(TELLING)
  const own = region(ada, 'Your own channels')
  await own.getByText('No channels of your own yet').waitFor()
  await own.getByRole('button', { name: 'Add a channel' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add a channel of your own' })
  await dialog.getByText('Goes to the address of your account').waitFor()
  await dialog.getByLabel('Name').fill('My mail')
  await dialog.getByLabel('To', { exact: true }).fill('victim@example.com')
  await dialog.getByRole('button', { name: 'Add it' }).click()
  await dialog.getByText('can only be your own address').waitFor()
  await dialog.getByLabel('Kind').click()
  await page.getByRole('option', { name: 'ntfy' }).click()
  await dialog.getByLabel('Name').fill('My phone')
  await dialog.getByLabel('Topic').fill('ada')
  await dialog.getByLabel('Server').fill(peer.origin)
  await dialog.getByRole('button', { name: 'Add it' }).click()
  await dialog.waitFor({ state: 'detached' })
  await own.getByRole('button', { name: 'Send a test: My phone' }).click()
  await own.getByText('Sent: ').waitFor()
  expect(peer.taken).toHaveLength(1)

  await region(ada, 'Rules').getByRole('button', { name: 'Add a rule' }).click()
  const rule = page.getByRole('dialog', { name: 'Add a rule' })
  await rule.getByText('My phone (your own)').waitFor()
  await rule.getByRole('button', { name: 'Add it' }).click()
  await region(ada, 'Rules').getByText('to My phone').waitFor()
  await own.getByText('1 rule').waitFor()
  expect(await obstacles(page)).toEqual([])

  await own.getByRole('button', { name: 'Remove: My phone' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click()
  await own.getByText('No channels of your own yet').waitFor()
  await region(ada, 'Rules').getByText('No rules yet').waitFor()
  expect(ada.problems).toEqual([])
})

test('this browser is asked when it is pressed for, takes a test, and is turned off', async () => {
  const ada = await visit(browser, server, { worker: true })
  const { page } = ada
  await page.context().grantPermissions(['notifications'])
  // No push service of a maker is reached here: one on this machine gives the subscription.
  await page.addInitScript((subscription) => {
    PushManager.prototype.subscribe = () =>
      Promise.resolve({ toJSON: () => subscription } as unknown as PushSubscription)
  }, pushes.browser('ada'))
  await signIn(ada)
  await page.goto(TELLING)
  const browsers = region(ada, 'Notifications in browsers')
  await browsers.getByText('No browser notifies you yet').waitFor()
  await browsers.getByRole('button', { name: 'Notify this browser' }).click()
  await browsers.getByText('This browser', { exact: true }).waitFor()
  const own = region(ada, 'Your own channels')
  await own.getByRole('button', { name: 'Send a test: My browsers' }).click()
  await own.getByText('Taken for 1 browser').waitFor()
  expect(pushes.taken.map((it) => it.payload.title)).toEqual(['Carillon can reach you here'])
  expect(await page.evaluate(async () => (await navigator.serviceWorker.ready).active?.scriptURL)).toContain(
    `${server.url}/worker.js?build=`,
  )
  expect(await obstacles(page)).toEqual([])

  await browsers.getByRole('button', { name: /^Remove: / }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click()
  await browsers.getByRole('button', { name: 'Notify this browser' }).waitFor()
  expect(ada.problems).toEqual([])
})

test('a browser in which notifications are forbidden says so, and what to do; it reads well when small and dark', async () => {
  const ada = await visit(browser, server, { width: 360, colorScheme: 'dark' })
  await ada.page.addInitScript(() => {
    Object.defineProperty(Notification, 'permission', { get: () => 'denied' })
  })
  await signIn(ada)
  await ada.page.goto(TELLING)
  const browsers = region(ada, 'Notifications in browsers')
  await browsers.getByText('Notifications of this page are forbidden in this browser.').waitFor()
  expect(await browsers.getByRole('button', { name: 'Notify this browser' }).count()).toBe(0)
  expect(await obstacles(ada.page)).toEqual([])
  expect(ada.problems).toEqual([])
})
