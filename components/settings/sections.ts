/** What the page of settings has, in its order: its own list shows it, and the palette finds it. */
import type { Role } from '#lib/contract/fields.ts'

export interface Section {
  /** Its heading's: `/settings#secrets`. */
  id: string
  label: string
  hint: string
  /** What else it is looked for by. */
  words?: string
  /** Whom it answers, where that is not everybody. */
  takes?: Exclude<Role, 'viewer'> | 'installation'
  /** It only leads to a page of its own. */
  leads?: true
}

const OF_WORKSPACE: readonly Section[] = [
  {
    id: 'workspace-settings',
    label: 'Workspace',
    hint: 'Its name, zone and limits',
    words: 'quota timezone',
  },
  { id: 'telling', label: 'Notifications', hint: 'Channels and rules', leads: true },
  {
    ...{ id: 'models', label: 'Models', hint: 'Providers and their keys' },
    ...{ words: 'llm openai anthropic ollama', takes: 'admin' },
  },
  { id: 'mail', label: 'Mail', hint: 'The server that sends it', words: 'smtp email e-mail', takes: 'admin' },
  {
    ...{ id: 'sources', label: 'Sources', hint: 'Mailboxes, feeds and folders' },
    ...{ words: 'imap rss events', takes: 'editor' },
  },
  { id: 'calendars', label: 'Calendars', hint: 'Days off', takes: 'editor', leads: true },
  { id: 'mcp-servers', label: 'MCP servers', hint: 'Tools for agents', takes: 'admin' },
  { id: 'skills', label: 'Skills', hint: 'What agents can learn', takes: 'admin' },
  { id: 'secrets', label: 'Secrets', hint: 'Passwords and tokens', words: 'credentials', takes: 'admin' },
  { id: 'grants', label: 'Remembered approvals', hint: 'What is no longer asked', takes: 'admin' },
  {
    id: 'api-keys',
    label: 'API keys',
    hint: 'For scripts and programs',
    words: 'token rest',
    takes: 'admin',
  },
  { id: 'audit', label: 'Audit log', hint: 'Who changed what', takes: 'admin', leads: true },
  { id: 'exchange', label: 'Export and import', hint: 'All of it as a file', takes: 'admin', leads: true },
]
const OF_INSTALLATION: readonly Section[] = [
  { id: 'shared-models', label: 'Models for all workspaces', hint: 'Providers', words: 'llm' },
  { id: 'shared-mail', label: 'Mail for all workspaces', hint: 'The server that sends it', words: 'smtp' },
  { id: 'prices', label: 'Prices of models', hint: 'What tokens cost', words: 'money' },
  { id: 'accounts', label: 'Accounts', hint: 'Who can sign in', words: 'users people password' },
  { id: 'health', label: 'Health', hint: 'What is wrong, what to do', leads: true },
  {
    id: 'pause-everything',
    label: 'Whole installation',
    hint: 'Pause everything',
    words: 'stop maintenance',
  },
].map((it) => ({ ...it, takes: 'installation' as const }) as Section)

/** The settings of a workspace, and those that hold for all of them. */
export const SECTIONS = { workspace: OF_WORKSPACE, installation: OF_INSTALLATION }
