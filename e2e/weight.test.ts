/** What a page costs before anybody has touched it, measured over the wire. */
import { globSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fill } from './fixtures/filled.ts'
import { PAGES } from './fixtures/pages.ts'
import { apiKey, openBrowser, type Served, serve, signIn, visit } from './fixtures/serve.ts'

/** Bytes of script, compressed, that a page may load by itself. */
const BUDGET = 200_000
const HOME = '/w/my-workspace'

let server: Served
let browser: Browser

beforeAll(async () => {
  server = await serve()
  browser = await openBrowser()
  await fill(server, (await apiKey(server, '--role', 'admin')).trim())
})
afterAll(async () => {
  await browser.close()
  await server.end('SIGTERM')
  server.remove()
})

test('every page is measured, drawn and looked at', () => {
  const one = (path: string) =>
    path.replace(/\?.*/, '').replace(/(?<=\/)(\d+|daily-summary|lookout)(?=\/|$)/, '*')
  const listed = new Set(PAGES.map(one))
  const root = 'app/w/[slug]'
  const pages = globSync('app/w/*/**/page.tsx').map((it) =>
    it.slice(root.length, -'/page.tsx'.length).replace(/\[\w+\]/, '*'),
  )
  expect(pages.length).toBeGreaterThan(20)
  expect(pages.filter((it) => !listed.has(it))).toEqual([])
})

/** As it comes over the wire, until the page asks for nothing more. */
async function bytesOfScript(page: Page, path: string): Promise<number> {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Network.enable')
  await devtools.send('Network.setCacheDisabled', { cacheDisabled: true })
  const scripts = new Set<string>()
  let bytes = 0
  devtools.on('Network.responseReceived', ({ requestId, response }) => {
    if (response.mimeType.includes('javascript')) scripts.add(requestId)
  })
  devtools.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) bytes += encodedDataLength
  })
  await page.goto(path)
  await page.waitForLoadState('networkidle')
  return bytes
}

test('no page loads more script by itself than it may', async () => {
  const ada = await visit(browser, server)
  const measured = { '/sign-in': await bytesOfScript(ada.page, '/sign-in') }
  await signIn(ada)
  const measure = async (paths: readonly string[]) => {
    for (const path of paths) {
      const page = await ada.page.context().newPage()
      Object.assign(measured, { [path]: await bytesOfScript(page, HOME + path) })
      await page.close()
    }
  }
  // Two at a time: most of it is waiting for pages to ask for nothing more.
  await Promise.all([0, 1].map((lane) => measure(PAGES.filter((_, n) => n % 2 === lane))))
  for (const [path, bytes] of Object.entries(measured))
    console.info(`${bytes} bytes of script: ${path || '/'}`)
  const tooHeavy = Object.entries(measured).filter(([, bytes]) => bytes > BUDGET)
  expect(tooHeavy).toEqual([])
})

test('a script is sent without what only a page has use for', async () => {
  const page = await fetch(`${server.url}/sign-in`)
  expect(page.headers.get('content-security-policy')).toContain('script-src')
  const [script = ''] = /\/_next\/static\/[^"]+\.js/.exec(await page.text()) ?? []
  const { status, headers } = await fetch(server.url + script)
  expect([status, headers.get('x-content-type-options')]).toEqual([200, 'nosniff'])
  expect(headers.has('content-security-policy')).toBe(false)
  expect(headers.get('cache-control')).toContain('immutable')
  const missing = await fetch(`${server.url}/_next/static/missing.js`)
  expect([missing.status, missing.headers.has('content-security-policy')]).toEqual([404, true])
})
