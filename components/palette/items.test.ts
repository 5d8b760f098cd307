import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { SECTIONS } from '#components/settings/sections.ts'
import { PLACES } from '#components/shell/links.tsx'
import { destinations, OTHER_PAGES } from './items.ts'
import { isAfterG } from './pressing.ts'

const at = '2026-03-01T08:00:00.000Z'
const hit = (kind: 'message' | 'trigger' | 'execution', id: number, title: string) => ({
  ...{ kind, id, title, snippet: '', at },
})
const known = {
  places: [{ label: 'Schedules', path: '/schedules' }],
  agents: [],
  workspaces: [{ slug: 'kitchen', name: 'The kitchen' }],
  is: (who: string) => who === 'editor',
  hits: [hit('message', 5, 'Ada'), hit('execution', 7, 'Digest'), hit('trigger', 1, 'Digest')],
}

test('before anything is typed there are all pages, and nothing that was found', () => {
  const all = destinations('', known)
  expect(all[0]).toMatchObject({ label: 'Schedules', path: '/schedules' })
  expect(all.some((it) => it.id.startsWith('trigger') || it.id === 'search')).toBe(false)
})

test('a page is found by what it is for, too', () => {
  expect(destinations('holid', known).map((it) => it.path)).toContain('/settings/calendars')
})

test('what only administrators may open is offered to nobody else', () => {
  expect(destinations('health', known).map((it) => it.path)).not.toContain('/settings/health')
  const admin = destinations('health', { ...known, is: () => true })
  expect(admin.map((it) => it.path)).toContain('/settings/health')
  expect(destinations('audit', known).map((it) => it.path)).not.toContain('/settings/audit')
})

test('parts of the settings are found, by whoever may see them', () => {
  const found = (text: string, is: (who: string) => boolean) =>
    destinations(text, { ...known, is }).map((it) => it.path)
  const admin = () => true
  expect(found('secrets', admin)).toContain('/settings#secrets')
  expect(found('api keys', admin)).toContain('/settings#api-keys')
  expect(found('mail', admin)).toEqual(
    expect.arrayContaining(['/settings#mail', '/settings#sources', '/settings#shared-mail']),
  )
  expect(found('models', (who) => who !== 'installation')).toContain('/settings#models')
  expect(found('models', (who) => who !== 'installation')).not.toContain('/settings#shared-models')
  expect(found('secrets', known.is)).not.toContain('/settings#secrets')
  expect(found('', admin).some((it) => it.includes('#'))).toBe(false)
  expect(found('password', known.is)).toContain('/profile#password')
})

test('everyday commands and other workspaces are found, once something is typed', () => {
  const first = (text: string) => destinations(text, { ...known, hits: [] })[0]
  expect(first('dark')).toMatchObject({ does: 'dark' })
  expect(destinations('theme', known).flatMap((it) => it.does ?? [])).toEqual(['dark', 'light', 'system'])
  expect(first('sign out')).toMatchObject({ does: 'leave' })
  expect(first('keyboard')).toMatchObject({ does: 'keys' })
  expect(first('kitchen')).toMatchObject({ label: 'The kitchen', workspace: 'kitchen', path: '' })
  expect(destinations('', known).some((it) => it.does || it.workspace)).toBe(false)
})

/** Every part has a heading of that name, which the page of settings draws. */
test('each part of the settings is there', () => {
  const drawn = globSync('components/settings/*.tsx')
    .map((it) => readFileSync(it, 'utf8'))
    .join('\n')
  const all = [...SECTIONS.workspace, ...SECTIONS.installation]
  expect(all.filter(({ id }) => !drawn.includes(`"${id}"`) && !drawn.includes(`'${id}'`))).toEqual([])
})

/** Where a service sends people back to, which nobody goes to by themselves. */
const NO_DESTINATIONS = ['/settings/mcp']

test('every page of a workspace that stands for itself can be gone to', () => {
  const root = 'app/w/[slug]'
  const pages = globSync(`${root.replace('[slug]', '*')}/**/page.tsx`)
    .map((it) => it.replaceAll('\\', '/').slice(root.length, -'/page.tsx'.length))
    .filter((it) => !it.includes('['))
  expect(pages.length).toBeGreaterThan(15)
  const known = [...PLACES, ...OTHER_PAGES].map((it) => it.path)
  expect(pages.filter((it) => !known.includes(it)).sort()).toEqual(NO_DESTINATIONS)
})

test('what was found comes with schedules first, and the search over everything last', () => {
  expect(destinations('digest', known).map((it) => it.id)).toEqual([
    'trigger 1',
    'execution 7',
    'message 5',
    'search',
  ])
  expect(destinations('a & b', known).at(-1)?.path).toBe('/search?q=a%20%26%20b')
})

test('words that may be a plan are offered as one, to whoever may plan', () => {
  const text = 'every weekday at 9 summarise'
  const plan = destinations(text, { ...known, hits: [] })[0]
  expect(plan).toMatchObject({ id: 'plan', command: `/plan ${text}` })
  expect(destinations('two words', known).some((it) => it.id === 'plan')).toBe(false)
  const viewer = destinations(text, { ...known, is: () => false })
  expect(viewer.some((it) => it.id === 'plan')).toBe(false)
})

test('a letter means a place only soon after g', () => {
  const press = (key: string, atMs: number) => ({ key, atMs })
  expect(isAfterG(press('g', 0), press('s', 1_000))).toBe(true)
  expect(isAfterG(press('g', 0), press('s', 9_000))).toBe(false)
  expect(isAfterG(press('f', 0), press('s', 10))).toBe(false)
  expect(isAfterG(undefined, press('s', 10))).toBe(false)
})
