/** What the palette offers for what was typed. Pure. */
import { SECTIONS } from '#components/settings/sections.ts'
import type { Agent } from '#lib/contract/agent.ts'
import type { Role } from '#lib/contract/fields.ts'
import type { Hit } from '#lib/contract/search.ts'

/** What is done in place of going anywhere. */
export type Deed = 'system' | 'light' | 'dark' | 'keys' | 'leave'

export interface Destination {
  id: string
  label: string
  /** What kind of thing it is, or what it is for. */
  hint: string
  /** Below the workspace. */
  path: string
  /** Another one, which it is below. */
  workspace?: string
  /** It is given in place of going anywhere. */
  command?: string
  does?: Deed
}

/** Pages that stand in no menu of their own. */
interface OtherPage {
  label: string
  path: string
  hint: string
  words?: string
  /** Whom it answers, where that is not everybody. */
  takes?: Exclude<Role, 'viewer'> | 'installation'
}
export const OTHER_PAGES: readonly OtherPage[] = [
  {
    ...{ label: 'Health', path: '/settings/health', hint: 'What is wrong, what to do' },
    ...{ words: 'doctor status', takes: 'installation' },
  },
  {
    ...{ label: 'New schedule', path: '/schedules/new', hint: 'Plan something' },
    ...{ words: 'add create plan', takes: 'editor' },
  },
  { label: 'Templates', path: '/templates', hint: 'Schedules that are filled in already' },
  { label: 'New agent', path: '/agents/new', hint: 'Write one', words: 'add create', takes: 'editor' },
  { label: 'Search', path: '/search', hint: 'Over everything' },
  { label: 'Usage and budgets', path: '/usage', hint: 'What runs cost', words: 'tokens cost money' },
  {
    label: 'Notifications',
    path: '/settings/telling',
    hint: 'Channels and rules',
    words: 'telling alerts told',
  },
  { label: 'Calendars', path: '/settings/calendars', hint: 'Days off', words: 'holidays' },
  { label: 'Audit log', path: '/settings/audit', hint: 'Who changed what', takes: 'admin' },
  {
    ...{ label: 'Export and import', path: '/settings/exchange', hint: 'All of it as a file' },
    ...{ words: 'backup yaml git', takes: 'admin' },
  },
  {
    label: 'Profile',
    path: '/profile',
    hint: 'Name, password, zone',
    words: 'account sessions language shortcuts',
  },
]

/** Offered once something was typed: before that, they would bury the pages. */
const PARTS: readonly OtherPage[] = [
  ...[...SECTIONS.workspace, ...SECTIONS.installation]
    .filter((it) => !it.leads)
    .map(({ id, ...it }) => ({ ...it, hint: `Settings: ${it.hint}`, path: `/settings#${id}` })),
  { label: 'Password', path: '/profile#password', hint: 'Profile: change it' },
  {
    ...{ label: 'Where you are signed in', path: '/profile#sessions' },
    ...{ hint: 'Profile: your sessions', words: 'devices browsers' },
  },
  {
    ...{ label: 'Dates, times and numbers', path: '/profile#reading' },
    ...{ hint: 'Profile: how you read them', words: 'time zone language clock format' },
  },
]

const DEEDS: readonly (Pick<OtherPage, 'label' | 'hint' | 'words'> & { does: Deed })[] = [
  { label: 'Dark', hint: 'Appearance', words: 'theme mode', does: 'dark' },
  { label: 'Light', hint: 'Appearance', words: 'theme mode', does: 'light' },
  { label: 'As the system', hint: 'Appearance', words: 'theme mode dark light', does: 'system' },
  { label: 'Keyboard shortcuts', hint: 'All keys', words: 'keys help', does: 'keys' },
  { label: 'Sign out', hint: 'On this browser', words: 'log out logout leave', does: 'leave' },
]

const KINDS: Record<Hit['kind'], { word: string; path(id: number): string }> = {
  trigger: { word: 'Schedule', path: (id) => `/schedules/${id}` },
  execution: { word: 'Run', path: (id) => `/executions/${id}` },
  document: { word: 'Document', path: (id) => `/documents/${id}` },
  message: { word: 'Message', path: (id) => `?m=${id}` },
}
const ORDER: readonly Hit['kind'][] = ['trigger', 'document', 'execution', 'message']
const MOST_OF_A_KIND = 4
/** What is to happen, and when, takes as many. */
const WORDS_OF_A_PLAN = 3

const wordsOf = (text: string) => text.toLowerCase().split(/\s+/).filter(Boolean)
const hasAll = (text: string, words: readonly string[]) =>
  words.every((it) => text.toLowerCase().includes(it))

export interface Known {
  /** The others that the reader is a member of. */
  workspaces: readonly { slug: string; name: string }[]
  places: readonly { label: string; path: string }[]
  agents: readonly Agent[]
  hits: readonly Hit[]
  /** Whether whoever asks is that, or more. */
  is(who: NonNullable<OtherPage['takes']>): boolean
}

/** Pages, agents, then what was found, schedules first; what was typed in full can always be searched for. */
export function destinations(text: string, known: Known): Destination[] {
  const { places, agents, hits, is } = known
  const words = wordsOf(text)
  const fits = (it: Pick<OtherPage, 'label' | 'hint' | 'words'>) =>
    hasAll(`${it.label} ${it.hint} ${it.words ?? ''}`, words)
  const open = (all: readonly OtherPage[]) =>
    all
      .filter((it) => it.takes === undefined || is(it.takes))
      .filter(fits)
      .map(({ label, hint, path }) => ({ id: `page ${path}`, label, hint, path }))
  const pages = open([...places.map(({ label, path }) => ({ label, path, hint: 'Page' })), ...OTHER_PAGES])
  if (words.length === 0) return pages
  const deeds = DEEDS.filter(fits).map(({ label, hint, does }) => ({
    ...{ id: `does ${does}`, label, hint, does, path: '' },
  }))
  const elsewhere = known.workspaces
    .map(({ slug, name }) => ({
      ...{ id: `workspace ${slug}`, label: name, hint: 'Workspace', path: '', workspace: slug },
    }))
    .filter(fits)
  const written = agents
    .filter((it) => hasAll(`${it.name} ${it.id}`, words))
    .slice(0, MOST_OF_A_KIND)
    .map((it) => ({ id: `agent ${it.id}`, label: it.name, hint: 'Agent', path: `/agents/${it.id}` }))
  const found = ORDER.flatMap((kind) =>
    hits
      .filter((it) => it.kind === kind)
      .slice(0, MOST_OF_A_KIND)
      .map(({ id, title }) => ({
        id: `${kind} ${id}`,
        label: title,
        hint: KINDS[kind].word + (kind === 'execution' ? ` #${id}` : ''),
        path: KINDS[kind].path(id),
      })),
  )
  const planned = {
    id: 'plan',
    label: `Plan “${text.trim()}”`,
    hint: 'You confirm it first',
    path: '',
    command: `/plan ${text.trim()}`,
  }
  const everything = {
    id: 'search',
    label: `Search everything for “${text.trim()}”`,
    hint: 'Search',
    path: `/search?q=${encodeURIComponent(text.trim())}`,
  }
  return [
    ...[...pages, ...open(PARTS), ...deeds, ...elsewhere, ...written, ...found],
    ...(is('editor') && words.length >= WORDS_OF_A_PLAN ? [planned] : []),
    ...(text.trim().length >= 2 ? [everything] : []),
  ]
}
