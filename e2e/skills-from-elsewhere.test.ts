/** An administrator drops a skill, reads and accepts it; a schedule runs it, and the chat has its result. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import AxeBuilder from '@axe-core/playwright'
import type { Browser } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packed } from '#lib/agents/imported/testing/packed.ts'
import { openBrowser, type Served, serve, signIn, type Visitor, visit } from './fixtures/serve.ts'

const KEY = 'a-key-not-to-be-seen'
let weather: Server
let origin: string
let heard: { key: unknown; city: string | null }[]
let server: Served
let browser: Browser
let ada: Visitor
beforeAll(async () => {
  heard = []
  weather = createServer(({ headers, url = '' }, response) => {
    const city = new URL(url, 'http://weather').searchParams.get('city')
    heard.push({ key: headers['x-api-key'], city })
    response.end(JSON.stringify({ degrees: 21 }))
  }).listen(0, '127.0.0.1')
  await once(weather, 'listening')
  origin = `http://127.0.0.1:${(weather.address() as AddressInfo).port}`
  server = await serve({ ALLOWED_PRIVATE_NETWORKS: '127.0.0.1' })
  browser = await openBrowser()
  ada = await visit(browser, server)
  await signIn(ada)
})
afterAll(async () => {
  await browser.close()
  await server.end('SIGTERM')
  server.remove()
  weather.close()
})

const zip = (sign: string) =>
  packed('weather', {
    does: `
    this.introspect("Asks for " + params.city);
    const url = this.runtimeArgs.BASE_URL + "/now?city=" + encodeURIComponent(params.city);
    const answer = await fetch(url, { headers: { "X-Api-Key": this.runtimeArgs.WEATHER_API_KEY } });
    const { degrees } = await answer.json();
    return "**" + params.city + "**: " + degrees + " ${sign}";
  `,
    manifest: {
      ...{ name: 'Weather', description: 'Tells the weather of a city.', author: '@example' },
      setup_args: {
        WEATHER_API_KEY: { type: 'string', required: true, input: { hint: 'From your account.' } },
        BASE_URL: { type: 'string', required: true, default: origin },
      },
      entrypoint: { params: { city: { type: 'string', required: true, description: 'Whose weather.' } } },
    },
  })

const violations = async () =>
  (await new AxeBuilder({ page: ada.page }).analyze()).violations.map((it) => it.id)
/** As the browser hands it over when somebody lets go of a file there. */
async function drop(name: string, bytes: Buffer) {
  const files = await ada.page.evaluateHandle(
    ([base64 = '', file = '']) => {
      const held = new DataTransfer()
      held.items.add(new File([Uint8Array.from(atob(base64), (it) => it.charCodeAt(0))], file))
      return held
    },
    [bytes.toString('base64'), name],
  )
  const place = ada.page.getByRole('region', { name: 'Skills' }).getByText('or drop it here')
  await place.dispatchEvent('drop', { dataTransfer: files })
}

test('a file that is no skill is refused in words, and leaves nothing', async () => {
  const { page } = ada
  await page.goto('/w/my-workspace/settings')
  const card = page.getByRole('region', { name: 'Skills' })
  await card.getByText('No skills yet').waitFor()
  await drop('notes.txt', Buffer.from('x'))
  await card.getByText('“notes.txt” is no zip').waitFor()
  await drop('broken.zip', Buffer.from('x'))
  await card.getByText('The file cannot be read as a zip').waitFor()
  await card.getByText('No skills yet').waitFor()
  expect(await violations()).toEqual([])
})

test('a dropped zip is read before it is accepted, with its code and what it asks for', async () => {
  const { page } = ada
  await drop('weather.zip', zip('°C'))
  await page.waitForURL(/\/settings\/skills\/1$/)
  await page.getByText('Nothing of it runs until you accept it.').waitFor()
  await page.getByRole('heading', { name: 'Weather', level: 1 }).waitFor()
  await page.getByText('Kept apart').waitFor()
  await page.getByText('handler.js').click()
  await page.getByRole('region', { name: 'handler.js' }).getByText('X-Api-Key').waitFor()
  await page.getByRole('checkbox', { name: /^127.0.0.1:\d+$/ }).waitFor()
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme })
    expect([scheme, await violations()]).toEqual([scheme, []])
  }
  await page.emulateMedia({ colorScheme: null })
  await page.setViewportSize({ width: 360, height: 740 })
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
  await page.setViewportSize({ width: 1280, height: 800 })
})

test('it is accepted with what it needs, and what it was given in confidence is not shown again', async () => {
  const { page } = ada
  await page.getByRole('button', { name: 'Accept', exact: true }).click()
  await page.getByText('Is needed: the skill requires it.').waitFor()
  await page.getByLabel('WEATHER_API_KEY').fill(KEY)
  await page.getByRole('checkbox', { name: /Hosts of the own network/ }).check()
  await page.getByRole('button', { name: 'Accept', exact: true }).click()
  await page.getByText('It runs with just these files').waitFor()
  await page.reload()
  await page.getByText('It runs with just these files').waitFor()
  expect(await page.content()).not.toContain(KEY)
})

test('a schedule runs it, and its result stands in the chat', async () => {
  const { page } = ada
  await page.goto('/w/my-workspace/agents')
  await page.getByRole('link', { name: 'Plan it: Weather' }).click()
  await page.getByLabel('Name', { exact: true }).fill('Weather of the day')
  await page.getByLabel('City').fill('Rome')
  await page.getByRole('button', { name: 'Save & run now' }).click()
  await page.waitForURL(/executions\/\d+$/)
  await page.getByRole('region', { name: 'Output' }).getByText('21 °C').first().waitFor()
  await page.getByText('Asks for Rome').first().waitFor()
  expect(heard).toEqual([{ key: KEY, city: 'Rome' }])
  await page.goto('/w/my-workspace')
  await page
    .getByRole('article')
    .filter({ hasText: 'Weather of the day' })
    .getByText('21 °C')
    .first()
    .waitFor()
  expect(await page.content()).not.toContain(KEY)
})

test('what it asks a person for waits, and is done once it is approved', async () => {
  const { page } = ada
  const asks = packed('sender', {
    does: `
    const { approved, message } = await this.requestToolApproval({
      payload: { to: params.to }, description: "Sends it to " + params.to });
    return approved ? "Sent. " + message : "Kept. " + message;
  `,
    manifest: { name: 'Sender', entrypoint: { params: { to: { type: 'string', required: true } } } },
  })
  await page.goto('/w/my-workspace/settings')
  await drop('sender.zip', asks)
  await page.waitForURL(/\/settings\/skills\/2$/)
  await page.getByRole('button', { name: 'Accept', exact: true }).click()
  await page.getByText('It runs with just these files').waitFor()
  await page.goto('/w/my-workspace/agents')
  await page.getByRole('link', { name: 'Plan it: Sender' }).click()
  await page.getByLabel('Name', { exact: true }).fill('Sends')
  await page.getByLabel('To', { exact: true }).fill('Ben')
  await page.getByRole('button', { name: 'Save & run now' }).click()
  await page.waitForURL(/executions\/\d+$/)
  await page.getByText('Sends it to Ben').first().waitFor()
  await page.getByRole('button', { name: 'Approve' }).first().click()
  await page.getByRole('region', { name: 'Output' }).getByText('Sent. Approved by').first().waitFor()
})

test('with other files it is looked at again, and does not run until then', async () => {
  const { page } = ada
  await page.goto('/w/my-workspace/settings')
  await page.getByRole('region', { name: 'Skills' }).getByText('used by Weather of the day').waitFor()
  await drop('weather.zip', zip('degrees'))
  await page.getByText('Its files are others than were accepted').waitFor()
  await page.goto('/w/my-workspace/schedules/1')
  await page
    .getByText(/are others than were accepted/)
    .first()
    .waitFor()
  await page.goto('/w/my-workspace/settings/skills/1')
  await page.getByRole('button', { name: 'Accept', exact: true }).click()
  await page.getByText('It runs with just these files').waitFor()
  await page.getByRole('button', { name: 'Remove', exact: true }).click()
  await page.getByRole('alertdialog').getByText('It is used by Weather of the day').waitFor()
  expect(ada.problems).toEqual([])
})
