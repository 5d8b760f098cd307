/** What a change changed, in words of people. Pure. */
import { saysWhoOnly } from '#components/schedule/pause-reason.ts'
import { choiceLabel } from '#components/schedule/editor/choices.ts'
import { titleOf } from '#components/schedule/context/schema.ts'
import { formatDuration, formatInstant } from '#components/ui/instants.ts'
import { formatNumber } from '#components/ui/number.ts'
import type { ChangeActor, FieldChange } from '#lib/contract/revision.ts'

const LABELS: Readonly<Record<string, string>> = {
  kind: 'Kind',
  name: 'Name',
  description: 'Description',
  tags: 'Tags',
  calendars: 'Skip days',
  dates: 'Days',
  host: 'Address',
  agentId: 'Agent',
  agentType: 'Kind of agent',
  cronExpression: 'Pattern',
  timezone: 'Time zone',
  everySeconds: 'Runs every',
  at: 'Runs at',
  enabled: 'On',
  pausedReason: 'Reason of the pause',
  pausedUntil: 'Paused until',
  misfire: 'Missed runs',
  maxCatchup: 'Most runs to catch up',
  catchupWindow: 'Catch-up window',
  overlap: 'If the last run still goes on',
  bufferLimit: 'Most runs that may wait',
  timeoutSeconds: 'A run may take',
  retries: 'Retries',
  jitterSeconds: 'Jitter',
  startsAt: 'Starts',
  endsAt: 'Ends',
  maxExecutions: 'Most runs in all',
  priority: 'Priority',
  post: 'In the chat',
  disableAfterFailures: 'Failures in a row until it is switched off',
  disableBelowSuccessRate: 'Switched off below this success rate (%)',
  onlyIf: 'Runs only if',
  cancelOn: 'Called off by',
  overlapKey: 'Overlap is judged by',
  expect: 'Expected by',
  instructions: 'Instructions',
  model: 'Model',
  'model.model': 'Model',
  'model.providerId': 'Provider of the model',
  temperature: 'Temperature',
  maxSteps: 'Turns at most',
  maxOutputTokens: 'Tokens of one turn at most',
  maxTokens: 'Tokens at most',
  maxCost: 'Dollars at most',
  tools: 'Tools',
  mcpServerIds: 'MCP servers',
  skillIds: 'Skills',
  memory: 'Memory',
  input: 'Context (schema)',
  output: 'Outcome (schema)',
}
const GROUPS: Readonly<Record<string, string>> = {
  context: 'Context',
  approvals: 'Approvals',
  breaker: 'Limits of the model',
  collect: 'Gathering',
  throttle: 'Throttle',
  event: 'Waits for',
  webhook: 'Webhook',
  condition: 'Condition',
  config: 'Kind',
  input: 'Context (schema)',
  output: 'Outcome (schema)',
}

/** "maxUses" → "max uses". */
const spaced = (name: string) => name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase()

/** `input`: the schema of the context, whose fields may have titles of their own. */
export function labelOf(path: string, input?: Record<string, unknown>): string {
  const known = LABELS[path]
  if (known) return known
  const [group = '', ...rest] = path.split('.')
  if (group === 'context' && rest.length > 0) return `Context › ${titleOf(rest.join('.'), input)}`
  const name = GROUPS[group] ?? LABELS[group] ?? spaced(group)
  return rest.length > 0 ? `${name}, ${rest.map(spaced).join(', ')}` : capital(name)
}
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** Without what goes without saying: that what is on again has no reason to be off, nor an end of that. */
export function worthSaying(changes: readonly FieldChange[]): FieldChange[] {
  const isOn = changes.some(({ path, to }) => path === 'enabled' && to === true)
  return changes.filter(({ path, to }) =>
    path === 'pausedReason'
      ? !isOn && typeof to === 'string' && !saysWhoOnly(to)
      : path !== 'pausedUntil' || !isOn,
  )
}

/** A change that has a sentence of its own; null of the others, which are told as from and to. */
export function sentenceOf({ path, to }: FieldChange): string | null {
  return path === 'enabled' ? (to ? 'Switched on' : 'Switched off') : null
}

export const isInstant = (it: unknown): it is string =>
  typeof it === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(it)

const IN_FULL = { maximumFractionDigits: 20 }

export function saidOf(path: string, value: unknown): string {
  if (value === null || value === undefined || value === '') return 'nothing'
  if (path === 'overlap' || path === 'misfire' || path === 'post') return choiceLabel(path, String(value))
  if (typeof value === 'number' && /seconds$|window$/i.test(path)) return formatDuration(value * 1000)
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'string') return isInstant(value) ? formatInstant(value) : value
  return typeof value === 'number' ? formatNumber(value, IN_FULL) : JSON.stringify(value)
}

/** What joined a list and what left it; null where it is no list of things with names. */
export function listChange({ from, to }: FieldChange): { added: string[]; removed: string[] } | null {
  const [before, after] = [namesIn(from), namesIn(to)]
  if (!before || !after || (before.length === 0 && after.length === 0)) return null
  return {
    added: after.filter((it) => !before.includes(it)),
    removed: before.filter((it) => !after.includes(it)),
  }
}
function namesIn(value: unknown): string[] | null {
  if (value === null) return []
  if (!Array.isArray(value)) return null
  return value.map((it: unknown) => {
    if (typeof it !== 'object' || it === null) return String(it)
    const { name, ...more } = it as Record<string, unknown>
    const details = Object.entries(more).map(([key, one]) => `${spaced(key)}: ${String(one)}`)
    if (typeof name !== 'string') return JSON.stringify(it)
    return details.length > 0 ? `${name} (${details.join(', ')})` : name
  })
}

/** Texts of several words are compared word by word. */
export const isProse = ({ from, to }: FieldChange): boolean =>
  typeof from === 'string' && typeof to === 'string' && Math.max(from.length, to.length) > 40

export function whoIs({ kind, name }: ChangeActor): string {
  if (kind === 'sql') return 'Plain SQL'
  if (kind === 'agent') return `The agent ${name}`
  return kind === 'key' ? `${name} (API key)` : name
}
