/** What the palette offers for what was typed. Pure. */
import type { Agent } from '#lib/contract/agent.ts'
import type { Role } from '#lib/contract/fields.ts'
import type { Hit } from '#lib/contract/search.ts'

export interface Destination {
  id: string
  label: string
  /** What kind of thing it is, or what it is for. */
  hint: string
  /** Below the workspace. */
  path: string
  /** It is given in place of going anywhere. */
  command?: string
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
  places: readonly { label: string; path: string }[]
  agents: readonly Agent[]
  hits: readonly Hit[]
  /** Whether whoever asks is that, or more. */
  is(who: NonNullable<OtherPage['takes']>): boolean
}

/** Pages, agents, then what was found, schedules first; what was typed in full can always be searched for. */
export function destinations(text: string, { places, agents, hits, is }: Known): Destination[] {
  const words = wordsOf(text)
  const pages = [...places.map((it) => ({ ...it, hint: 'Page', words: '' })), ...OTHER_PAGES]
    .filter((it) => !('takes' in it) || it.takes === undefined || is(it.takes))
    .filter((it) => hasAll(`${it.label} ${it.hint} ${it.words ?? ''}`, words))
    .map(({ label, hint, path }) => ({ id: `page ${path}`, label, hint, path }))
  if (words.length === 0) return pages
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
    ...[...pages, ...written, ...found],
    ...(is('editor') && words.length >= WORDS_OF_A_PLAN ? [planned] : []),
    ...(text.trim().length >= 2 ? [everything] : []),
  ]
}
