/**
 * What a person feels: from a press on a link to the headline of the next page, and from a press to the next paint, in
 * a workspace of 1,000 schedules, 100,000 executions and 10,000 messages. In a real browser, on the built pages.
 */
import type { Page } from 'playwright-core'
import { SIZE, seedLived } from '../e2e/fixtures/seeded.ts'
import { openBrowser, serve, signIn, visit } from '../e2e/fixtures/serve.ts'
import { type Figure, percentile, type Setting } from './figures.ts'

const ROUNDS = 12
const PLACES = ['Now', 'Timeline', 'Schedules', 'Runs', 'Approvals', 'Documents', 'Chat'] as const

/** From the press to the first frame in which the page has the address and a headline of its own. */
const change = (page: Page, place: string) =>
  page.evaluate(
    (name) =>
      new Promise<number>((resolve, reject) => {
        const link = [...document.querySelectorAll<HTMLAnchorElement>('aside nav a')].find(
          (it) =>
            it.firstChild?.nextSibling?.textContent?.startsWith(name) || it.textContent?.startsWith(name),
        )
        if (!link) return reject(new Error(`No link ${name}.`))
        const before = document.querySelector('h1')
        const begun = performance.now()
        link.click()
        const look = () => {
          const now = document.querySelector('main h1')
          const isThere = location.pathname === link.pathname && now && now !== before
          if (isThere) requestAnimationFrame(() => resolve(performance.now() - begun))
          else if (performance.now() - begun > 30_000) reject(new Error(`${name} never came.`))
          else requestAnimationFrame(look)
        }
        requestAnimationFrame(look)
      }),
    place,
  )

/** Between reaching for a link and pressing it a hand takes longer than that. */
const REACH_MS = 150
/** The same as a hand does it: on a page at rest, reached for and then pressed. */
async function changeByHand(page: Page, place: string): Promise<number> {
  await page.waitForLoadState('networkidle')
  await page.locator('aside nav a').filter({ hasText: place }).first().hover()
  await page.waitForTimeout(REACH_MS)
  return change(page, place)
}

/** Presses and keys, as the browser times them: to the next paint, in steps of 8 ms. */
async function interactions(page: Page): Promise<number[]> {
  const taken: number[] = []
  await page.exposeFunction('told', (ms: number) => void taken.push(ms))
  const watch = () =>
    page.evaluate(() => {
      new PerformanceObserver((list) => {
        for (const it of list.getEntries() as (PerformanceEntry & { interactionId: number })[])
          if (it.interactionId > 0)
            void (globalThis as unknown as { told(ms: number): void }).told(it.duration)
      }).observe({ type: 'event', durationThreshold: 16, buffered: false } as PerformanceObserverInit)
    })
  await page.goto('/w/my-workspace/schedules')
  await page.getByRole('link', { name: 'Schedule 0001' }).waitFor()
  await watch()
  for (let n = 0; n < 8; n++) {
    await page
      .getByRole('button', { name: /^More for/ })
      .nth(n)
      .click()
    await page.getByRole('menu').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('menu').waitFor({ state: 'detached' })
  }
  await page.getByLabel('Search schedules').pressSequentially('Schedule 09')
  await page.goto('/w/my-workspace/executions')
  await page.getByRole('table').waitFor()
  await watch()
  for (const chip of ['Failed', 'Missed', 'Trouble first', 'Trouble first', 'Missed', 'Failed'])
    await page.getByRole('button', { name: chip, exact: true }).click()
  await page.goto('/w/my-workspace/timeline')
  await page.getByRole('grid').waitFor()
  await watch()
  await page.getByRole('rowheader').first().getByRole('link').focus()
  for (let n = 0; n < 20; n++) await page.keyboard.press(n % 2 ? 'ArrowRight' : 'ArrowDown')
  for (const span of ['Week', 'Month', 'Day']) await page.getByText(span, { exact: true }).click()
  await page.goto('/w/my-workspace')
  await page.getByLabel('Write to the workspace').waitFor()
  await watch()
  await page.getByLabel('Write to the workspace').pressSequentially('the bells were cast')
  return taken
}

export async function pages({ quick }: Setting): Promise<Figure[]> {
  let server = await serve()
  await server.end('SIGTERM')
  seedLived(server.dataDir, quick ? { schedules: 100, executions: 10_000, messages: 1_000 } : SIZE)
  server = await serve({ PORT: new URL(server.url).port }, server.dataDir)
  const browser = await openBrowser()
  try {
    const rounds = quick ? 2 : ROUNDS
    /** Another browser has seen none of the pages yet. */
    const walk = async (how: typeof change) => {
      const ada = await visit(browser, server)
      await signIn(ada)
      const { page } = ada
      const changes = new Map<string, number[]>(PLACES.map((it) => [it, []]))
      for (let round = 0; round < rounds; round++)
        for (const place of PLACES)
          if (round > 0 || place !== 'Now') changes.get(place)?.push(await how(page, place))
      return { page, changes, all: [...changes.values()].flat() }
    }
    const { page, changes, all } = await walk(change)
    const presses = await interactions(page)
    const byHand = await walk(changeByHand)
    return [
      {
        ...{ name: 'page change in the app, press to headline, p95', unit: 'ms', goalAbsolute: 150 },
        ours: [percentile(all, 0.95)],
      },
      {
        ...{ name: 'the same by hand: reached for, on a page at rest, p95', unit: 'ms', goalAbsolute: 150 },
        ours: [percentile(byHand.all, 0.95)],
      },
      ...[...changes].map(([place, ours]) => ({ name: `page change: ${place}`, unit: 'ms', ours })),
      {
        ...{ name: 'press or key to the next paint, p95', unit: 'ms', goalAbsolute: 100 },
        ours: [percentile(presses.length > 0 ? presses : [16], 0.95)],
        note: `${presses.length} of 16 ms or more`,
      },
    ]
  } finally {
    await browser.close()
    await server.end('SIGTERM')
    server.remove()
  }
}
