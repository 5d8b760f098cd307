/** What somebody did, in words. Pure. */
import type { AuditEntry } from '#lib/contract/audit.ts'

const KINDS: Readonly<Record<string, string>> = {
  trigger: 'the schedule',
  me: 'their own account',
  rule: 'the rule',
  import: 'an import',
  mcpServer: 'the MCP server',
  provider: 'the model provider',
  prices: 'the prices of models',
  mailSettings: 'the mail settings',
  apiKey: 'the API key',
  execution: 'the run',
  missed: 'what was missed',
}
const VERBS: Readonly<Record<string, string>> = {
  apply: 'applied',
  create: 'created',
  update: 'changed',
  delete: 'deleted',
  toggle: 'switched',
  write: 'wrote',
  disable: 'switched off',
  pause: 'paused',
  resume: 'resumed',
  run: 'ran',
  restore: 'restored',
  retry: 'ran again',
  cancel: 'cancelled',
  approve: 'approved',
  reject: 'rejected',
  backfill: 'backfilled',
  'revisions.restore': 'restored an earlier revision of',
  'notes.update': 'wrote the notes of',
  'notes.delete': 'deleted the notes of',
  'sessions.delete': 'ended sessions of',
  password: 'changed the password of',
  'webhook.rotate': 'changed the secret of',
  accept: 'accepted',
  check: 'checked',
  test: 'tested',
  use: 'used',
  resend: 'sent again',
  try: 'tried',
  acknowledge: 'acknowledged',
  confirm: 'confirmed',
  preview: 'previewed',
  simulate: 'simulated',
  rewind: 'rewound',
  authorize: 'began to sign in to',
  authorized: 'signed in to',
  'password-link': 'made a link to a new password for',
  'template-update': 'followed the template of',
  'webhook.deliveries.replay': 'ran a call again of',
  'seen-to': 'saw to',
  'calendar-feeds': 'made a calendar address of',
  'calendar-feeds.delete': 'ended a calendar address of',
  channels: 'added a channel to',
  'channels.update': 'changed a channel of',
  'channels.delete': 'deleted a channel of',
  'channels.test': 'tested a channel of',
  push: 'added a browser to',
  'push.delete': 'took a browser from',
  'import.create': 'planned',
}

/** Between what it is and its name, where that is the name of something else. */
const FOR: Readonly<Record<string, string>> = { rule: 'for ' }

const spaced = (name: string) => name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()

/** "changed the schedule Digest". */
export function doneTo({
  action,
  object: { kind, id, name },
}: Pick<AuditEntry, 'action' | 'object'>): string {
  const verb = action.slice(action.indexOf('.') + 1)
  const what = KINDS[kind] ?? `the ${spaced(kind)}`
  const which =
    name === null ? (id === null || kind === 'import' ? '' : `#${id}`) : `${FOR[kind] ?? ''}${name}`
  return `${VERBS[action] ?? VERBS[verb] ?? verb.replaceAll('.', ' ')} ${what} ${which}`.trim()
}

const PAGES: Readonly<Record<string, string>> = {
  trigger: 'schedules',
  agent: 'agents',
  execution: 'executions',
  document: 'documents',
}
/** Where it can be looked at; null where it has no page. */
export const pageOf = (slug: string, { kind, id }: AuditEntry['object']): string | null =>
  PAGES[kind] && id !== null ? `/w/${slug}/${PAGES[kind]}/${id}` : null

/** The kinds that people look for. */
export const LOOKED_FOR: readonly { value: string; label: string }[] = [
  { value: 'trigger', label: 'Schedules' },
  { value: 'agent', label: 'Agents' },
  { value: 'execution', label: 'Runs' },
  { value: 'approval', label: 'Approvals' },
  { value: 'member', label: 'People' },
  { value: 'apiKey', label: 'API keys' },
  { value: 'secret', label: 'Secrets' },
  { value: 'channel', label: 'Channels' },
  { value: 'rule', label: 'Rules' },
  { value: 'source', label: 'Sources' },
  { value: 'mcpServer', label: 'MCP servers' },
  { value: 'skill', label: 'Skills' },
  { value: 'provider', label: 'Model providers' },
  { value: 'budget', label: 'Budgets' },
  { value: 'document', label: 'Documents' },
  { value: 'workspace', label: 'The workspace' },
  { value: 'import', label: 'Imports' },
]
