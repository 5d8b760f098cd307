/**
 * Pictures of every page, made anew: `npm run screenshots [-- words of pages …]`.
 *
 * A server of its own with the demo in it, at one instant of the day's clock or another: light and dark, as wide as a
 * desk's screen and as a telephone's, into `docs/screenshots`.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CDPSession, Page } from 'playwright'
import { PAGES } from '../e2e/fixtures/pages.ts'
import { openBrowser, serve, signIn, until, visit } from '../e2e/fixtures/serve.ts'

const OUT = join(import.meta.dirname, '..', 'docs', 'screenshots')
const QUALITY = 62
const SIZES = [
  { width: 1440, height: 900 },
  { width: 360, height: 780 },
] as const
const THEMES = ['light', 'dark'] as const

interface Shown {
  name: string
  path: string
}

/** What the demo has, to open a page of each kind. */
interface Ids {
  schedule: number
  failing: number
  event: number
  run: number
  failed: number
  document: number
}

/** Those that show one thing, or search, show what the demo has. */
const BY_THEMSELVES = PAGES.filter((path) => !/\d|\?|^$|templates\/|agents\/lookout/.test(path))

const pagesOf = (ids: Ids): Shown[] => [
  ...[...BY_THEMSELVES, '/agents/morning-digest'].map((path) => ({
    ...{ name: path.slice(1).replaceAll('/', '-'), path },
  })),
  { name: 'chat', path: '' },
  { name: 'timeline-table', path: '/timeline?view=table' },
  { name: 'schedule', path: `/schedules/${ids.schedule}` },
  { name: 'schedule-failing', path: `/schedules/${ids.failing}` },
  { name: 'schedule-event', path: `/schedules/${ids.event}` },
  { name: 'schedule-edit', path: `/schedules/${ids.schedule}/edit` },
  { name: 'run', path: `/executions/${ids.run}` },
  { name: 'run-failed', path: `/executions/${ids.failed}` },
  { name: 'document', path: `/documents/${ids.document}` },
  { name: 'template', path: '/templates/daily-summary' },
  { name: 'search', path: '/search?q=kettle' },
]

/** A call of the API by whoever is signed in on the page. */
const ask = <Answer>(page: Page, path: string, method = 'GET'): Promise<Answer> =>
  page.evaluate(
    async ([to, how]) => {
      const body = how === 'POST' ? { body: '{"timezone":"Europe/Berlin"}' } : {}
      const headers = { 'content-type': 'application/json' }
      return (await fetch(`/api${to}`, { method: how, headers, ...body })).json()
    },
    [path, method] as const,
  )

async function demoOn(page: Page): Promise<Ids> {
  await ask(page, '/demo', 'POST')
  await until(async () => {
    const { demo } = await ask<{ demo: { state: string; problem: string | null } }>(page, '/demo')
    if (demo.problem) throw new Error(demo.problem)
    return demo.state === 'ready'
  }, 'the demo')
  const { triggers } = await ask<{ triggers: { id: number; name: string }[] }>(
    page,
    '/workspace/demo/triggers?limit=100',
  )
  const scheduleOf = (name: string) => triggers.find((it) => it.name === name)?.id ?? 0
  const runOf = async (query: string) =>
    (await ask<{ executions: { id: number }[] }>(page, `/workspace/demo/executions?limit=1&${query}`))
      .executions[0]?.id ?? 0
  const { documents } = await ask<{ documents: { id: number }[] }>(page, '/workspace/demo/documents')
  const [schedule, failing] = [scheduleOf('Morning digest'), scheduleOf('Database backup')]
  return {
    ...{ schedule, failing, event: scheduleOf('New documents'), document: documents[0]?.id ?? 0 },
    run: await runOf(`status=success&triggerId=${schedule}`),
    failed: await runOf(`status=failed&triggerId=${failing}`),
  }
}

async function shoot(devtools: CDPSession, name: string): Promise<void> {
  const { data } = await devtools.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY })
  writeFileSync(join(OUT, `${name}.webp`), Buffer.from(data, 'base64'))
}

/** The page's own script follows the theme; then what it means has to be on the screen. */
async function painted(page: Page, theme: string): Promise<void> {
  await page.waitForFunction((it) => document.documentElement.classList.contains(it), theme)
  await page.evaluate(
    () => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))),
  )
  await page.waitForLoadState('networkidle')
}

async function shootAll(page: Page, pages: readonly Shown[]): Promise<void> {
  const devtools = await page.context().newCDPSession(page)
  for (const { name, path } of pages) {
    await page.goto(`/w/demo${path}`)
    await page.waitForLoadState('networkidle')
    for (const size of SIZES)
      for (const theme of THEMES) {
        await page.setViewportSize(size)
        await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
        await painted(page, theme)
        await shoot(devtools, `${name}-${theme}-${size.width}`)
      }
    console.log(name)
  }
}

async function palette(page: Page): Promise<void> {
  const [{ width, height }] = SIZES
  await page.setViewportSize({ width, height })
  await page.emulateMedia({ colorScheme: 'light' })
  await page.goto('/w/demo/now')
  await page.waitForLoadState('networkidle')
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Go to, find or do' }).fill('digest')
  await page
    .getByRole('option', { name: /Schedule/ })
    .first()
    .waitFor()
  await shoot(await page.context().newCDPSession(page), `palette-light-${width}`)
}

const words = process.argv.slice(2)
mkdirSync(OUT, { recursive: true })
const server = await serve()
const browser = await openBrowser()
try {
  const ada = await visit(browser, server)
  await signIn(ada)
  const pages = pagesOf(await demoOn(ada.page))
  await shootAll(
    ada.page,
    words.length === 0 ? pages : pages.filter(({ name }) => words.some((it) => name.includes(it))),
  )
  if (words.length === 0) await palette(ada.page)
} finally {
  await browser.close()
  await server.end('SIGTERM')
  server.remove()
}
