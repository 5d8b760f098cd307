/** A workspace of a hundred thousand runs: pages hold still, lists hold what is in sight, and news comes in batches. */
import type { Browser, Page, Request } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { putToSleep } from './fixtures/asleep.ts'
import { fill } from './fixtures/filled.ts'
import { PAGES } from './fixtures/pages.ts'
import { SIZE, seedLived } from './fixtures/seeded.ts'
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
/** A layout shift that people hardly notice is 0.1; half of it is what a page may move. */
const MOST_SHIFT = 0.05
/** So many rows fit on a window and a little around it. */
const MOST_ROWS = 60

let server: Served
let browser: Browser
let ada: Visitor
let key: string

beforeAll(async () => {
  server = await serve()
  key = (await apiKey(server, '--role', 'admin')).trim()
  await fill(server, key)
  await server.end('SIGTERM')
  seedLived(server.dataDir)
  server = await serve({ PORT: new URL(server.url).port }, server.dataDir)
  browser = await openBrowser()
  ada = await visit(browser, server)
  await signIn(ada)
})
afterAll(async () => {
  await browser.close()
  await server.end('SIGTERM')
  server.remove()
})

/** What moved by itself, from the first paint until the page asks for nothing more. */
async function shiftOf(page: Page, path: string): Promise<number> {
  await page.goto(HOME + path)
  await page.waitForLoadState('networkidle')
  return movedBy(page)
}

const movedBy = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let sum = 0
        new PerformanceObserver((list) => {
          for (const it of list.getEntries() as (PerformanceEntry & {
            value: number
            hadRecentInput: boolean
          })[])
            if (!it.hadRecentInput) sum += it.value
        }).observe({ type: 'layout-shift', buffered: true })
        // What is buffered is handed over before the frame after the next.
        requestAnimationFrame(() => requestAnimationFrame(() => resolve(sum)))
      }),
  )

/** A run, and a schedule whose last run it was. */
async function whatFailed(): Promise<string[]> {
  const ask = async <Answer>(path: string) =>
    (await call<Answer>(server, key, 'GET', `/workspace/my-workspace${path}`)).body
  const { executions } = await ask<{ executions: { id: number }[] }>('/executions?status=failed&limit=1')
  const { triggers } = await ask<{ triggers: { id: number; lastStatus: string }[] }>('/triggers?limit=200')
  const failing = triggers.find((it) => it.lastStatus === 'failed')
  if (!failing) throw new Error('No schedule has failed last.')
  return [`/executions/${executions[0]?.id}`, `/schedules/${failing.id}`]
}

test.each([1280, 360])('no page moves under the reader’s eyes at %i px', async (width) => {
  const context = await browser.newContext({
    baseURL: server.url,
    viewport: { width, height: 900 },
    storageState: await ada.page.context().storageState(),
  })
  const shifts: Record<string, number> = {}
  const look = async (paths: readonly string[]) => {
    const page = await context.newPage()
    for (const path of paths) shifts[path || '/'] = Math.round(1000 * (await shiftOf(page, path))) / 1000
    await page.close()
  }
  const pages = [...PAGES, ...(await whatFailed())]
  await Promise.all([0, 1].map((lane) => look(pages.filter((_, n) => n % 2 === lane))))
  await context.close()
  console.info(`shifts at ${width}: ${JSON.stringify(shifts)}`)
  expect(Object.entries(shifts).filter(([, shift]) => shift > MOST_SHIFT)).toEqual([])
})

test('letters that come late move nothing', async () => {
  const context = await browser.newContext({
    baseURL: server.url,
    storageState: await ada.page.context().storageState(),
  })
  const page = await context.newPage()
  const { promise: late, resolve: come } = Promise.withResolvers<void>()
  await page.route('**/*.woff2', async (route) => {
    await late
    await route.continue()
  })
  await page.goto(`${HOME}/agents`, { waitUntil: 'commit' })
  await page.getByRole('heading', { level: 1 }).waitFor()
  const widthOf = () =>
    page.getByRole('heading', { level: 1 }).evaluate((it) => {
      const letters = document.createRange()
      letters.selectNodeContents(it)
      return letters.getBoundingClientRect().width
    })
  const before = await widthOf()
  expect(before).toBeGreaterThan(0)
  const arrived = page.waitForResponse('**/*.woff2')
  come()
  await (await arrived).finished()
  await page.evaluate(() => document.fonts.ready)
  expect(await widthOf()).toEqual(before)
  expect(await movedBy(page)).toBeLessThan(MOST_SHIFT)
  await context.close()
})

test('what says that the connection is lost moves nothing', async () => {
  const page = await ada.page.context().newPage()
  // It is let in at first, and never again once it was shut out.
  let isOpen = true
  const shut = Promise.withResolvers<() => void>()
  await page.routeWebSocket(/socket\.io/, (socket) => {
    if (!isOpen) return void socket.close()
    socket.connectToServer()
    shut.resolve(() => void socket.close())
  })
  const before = await shiftOf(page, '/agents')
  isOpen = false
  const close = await shut.promise
  close()
  await page.getByText('Reconnecting …').waitFor()
  expect(await movedBy(page)).toBe(before)
  await page.close()
})

const rowsIn = (page: Page, name: string) => page.getByRole('table', { name }).getByRole('row').count()
const placeOf = (page: Page) => page.evaluate(() => document.getElementById('content')?.scrollTop ?? 0)
/** As far as the list goes by now, and on, as it grows. */
async function scrollTo(page: Page, top: number): Promise<void> {
  const scroll = (to: number) =>
    page.evaluate((it) => document.getElementById('content')?.scrollTo({ top: it }), to)
  const isThere = async () => {
    await scroll(top)
    return Math.abs((await placeOf(page)) - top) < 2
  }
  await until(isThere, `the list to reach ${top}`)
}

test('the history goes on as far as one scrolls, holds what is in sight, and is found again on the way back', async () => {
  const { page } = ada
  await page.goto(`${HOME}/executions`)
  await page.getByRole('table', { name: 'Runs, newest first' }).waitFor()
  for (const top of [2_000, 4_000, 6_000, 8_000]) {
    await scrollTo(page, top)
    expect(await rowsIn(page, 'Runs, newest first')).toBeLessThan(MOST_ROWS)
  }
  const top = await placeOf(page)
  const inSight = page.getByRole('table').getByRole('link', { name: /^Schedule \d+ #\d+$/ })
  const opened = inSight.nth(12)
  const name = (await opened.innerText()).trim()
  await opened.click()
  await page.waitForURL(/executions\/\d+$/)
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.goBack()
  await page.getByRole('link', { name }).waitFor()
  await until(async () => Math.abs((await placeOf(page)) - top) < 100, 'the place to be found again')
})

test('a thousand schedules are a list and a timeline of what is in sight', async () => {
  const { page } = ada
  await page.goto(`${HOME}/schedules`)
  await page.getByRole('link', { name: 'Schedule 0001' }).waitFor()
  await scrollTo(page, 9_000)
  expect(await rowsIn(page, 'Schedules')).toBeLessThan(MOST_ROWS)

  await page.goto(`${HOME}/timeline`)
  const grid = page.getByRole('grid', { name: 'Timeline' })
  expect(await grid.getAttribute('aria-rowcount')).toBe(String(SIZE.schedules + 1))
  await scrollTo(page, 30_000)
  await grid.getByRole('link', { name: 'Schedule 0700', exact: true }).waitFor()
  expect(await grid.getByRole('row').count()).toBeLessThan(MOST_ROWS)
})

test('whoever scrolls before the page is awake finds more rows there, too', async () => {
  const { page } = ada
  const wake = await putToSleep(page)
  await page.goto(`${HOME}/schedules`, { waitUntil: 'commit' })
  await page.getByRole('link', { name: 'Schedule 0001' }).waitFor()
  // To the end of the first hundred, and not a pixel farther: what comes then comes by itself.
  await page.evaluate(() => {
    const main = document.getElementById('content')
    main?.scrollTo({ top: main.scrollHeight })
  })
  wake()
  await page.getByRole('link', { name: 'Schedule 0099' }).waitFor()
  await page.getByRole('link', { name: 'Schedule 0104' }).waitFor()
})

test('a page asks for another as somebody reaches for it, for none that it has shown, and shows none that is old', async () => {
  const page = await ada.page.context().newPage()
  await page.clock.install()
  await page.goto(`${HOME}/schedules`)
  await page.waitForLoadState('networkidle')
  const asked: string[] = []
  // What it is made of is asked before the page itself: never of what is not reached for either.
  const isPlan = (request: Request) => request.headers()['next-router-segment-prefetch'] === '/_tree'
  page.on('request', (request) => {
    const { pathname, searchParams } = new URL(request.url())
    if (!searchParams.has('_rsc')) return
    asked.push(`${isPlan(request) ? 'plan of ' : ''}${pathname.slice(HOME.length)}`)
  })
  const places = page.getByRole('navigation', { name: 'Workspace' }).first()
  const go = async (name: string) => {
    await places.getByRole('link', { name, exact: true }).click()
    await page.getByRole('heading', { level: 1, name, exact: true }).waitFor()
  }
  await page.mouse.move(800, 600)
  await scrollOn(page)
  expect(asked).toEqual([])

  // A press before the plan has come would ask for the page beside it.
  const reach = async (name: string, path: string) => {
    const ahead = page.waitForResponse(
      (it) => new URL(it.url()).pathname === HOME + path && !isPlan(it.request()),
    )
    await places.getByRole('link', { name, exact: true }).hover()
    await ahead
  }
  await reach('Runs', '/executions')
  await go('Runs')
  await reach('Documents', '/documents')
  await go('Documents')
  await go('Runs')
  await go('Documents')
  const once = ['/documents', '/executions', 'plan of /documents', 'plan of /executions']
  expect(asked.toSorted()).toEqual(once)

  const path = '/workspace/my-workspace/agent-schedules/2/run'
  const { execution } = (await call<{ execution: { id: number } }>(server, key, 'POST', path)).body
  // As long as an answer holds where no event says otherwise.
  await page.clock.fastForward(31_000)
  await go('Runs')
  await page.getByRole('link', { name: `#${execution.id}` }).waitFor()
  expect(asked.toSorted()).toEqual(once)

  // What was reached for once is not asked for again and again: only the page that is pressed.
  await page.clock.fastForward(6 * 60_000)
  asked.length = 0
  await go('Members')
  await page.waitForLoadState('networkidle')
  expect(asked.filter((it) => !it.endsWith('/members'))).toEqual([])
  await page.close()
})

/** So that other rows, and what they lead to, come into sight. */
async function scrollOn(page: Page): Promise<void> {
  await page.mouse.wheel(0, 600)
  await page.getByRole('link', { name: 'Schedule 0025' }).waitFor()
  await page.waitForLoadState('networkidle')
}

test('of many events at once a page asks few times', async () => {
  const { page } = ada
  const asked = new Map<string, number>()
  const count = (url: string) => {
    const { pathname } = new URL(url)
    if (pathname.startsWith('/api/')) asked.set(pathname, (asked.get(pathname) ?? 0) + 1)
  }
  await page.goto(`${HOME}/timeline`)
  await page.getByRole('grid', { name: 'Timeline' }).waitFor()
  await page.waitForLoadState('networkidle')
  page.on('request', (request) => count(request.url()))
  const runs = 100
  const run = (n: number) =>
    call(server, key, 'POST', `/workspace/my-workspace/agent-schedules/${(n % 50) + 2}/run`, {
      context: { does: 'succeed' },
    })
  for (let n = 0; n < runs; n += 10) await Promise.all(Array.from({ length: 10 }, (_, i) => run(n + i)))
  const ended = async () => {
    const path = '/workspace/my-workspace/executions/count?kind=manual&status=success'
    return (await call<{ count: number }>(server, key, 'GET', path)).body.count
  }
  await until(async () => (await ended()) >= runs, 'all of them to have run')
  // Each run is three events or more: started, completed, and its message.
  await page
    .getByRole('link', { name: /succeeded/ })
    .first()
    .waitFor()
  console.info(`asked: ${JSON.stringify([...asked])}`)
  const timeline = asked.get('/api/workspace/my-workspace/timeline') ?? 0
  expect(timeline).toBeGreaterThan(0)
  for (const [path, times] of asked) expect([path, times]).toEqual([path, Math.min(times, runs / 2)])
})
