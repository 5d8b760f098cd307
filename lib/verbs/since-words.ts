/** "It worked until Tuesday 10:12; then Ada changed the prompt." Pure. */
import type { FieldChange } from '../contract/revision.ts'
import type { SinceDifference, SinceSuccess } from '../contract/since-success.ts'
import { shown } from '../recurrence/index.ts'

const MOST_TOLD = 3
const MOST_FIELDS = 3

/** "a, b and c", and how many more. */
function listed(parts: string[], most: number): string {
  const left = parts.length - most
  const all = left > 1 ? [...parts.slice(0, most), `${left} more`] : parts
  return all.length < 2 ? (all[0] ?? '') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`
}

/** "cronExpression" → "cron expression"; what a context names is its owner's words. */
function field({ path }: FieldChange): string {
  if (path.startsWith('context.')) return `“${path.slice('context.'.length)}” in the context`
  const [first = '', ...rest] = path.split('.')
  const spaced = (it: string) => it.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase()
  return [`the ${spaced(first)}`, ...rest.map(spaced)].join(', ')
}

function told({ kind, name, actor, changes }: SinceDifference): string {
  const who = actor?.name ?? 'somebody'
  const fields = listed(changes.map(field), MOST_FIELDS)
  switch (kind) {
    case 'trigger':
      return `${who} changed ${fields}`
    case 'agent':
      return `${who} changed ${fields} of the agent ${name}`
    case 'model':
      return changes[0]
        ? `the model was ${changes[0].to} instead of ${changes[0].from}`
        : `${name}, which answers for models, was set up anew`
    case 'tool':
      return `${name}, which brings tools, was set up anew`
    case 'secret':
      return `${who} changed the secret ${name}`
    case 'version':
      return `Carillon ${name} took over`
  }
}

export function answerOf(it: Omit<SinceSuccess, 'answer'>, zone: string): string {
  const { lastSuccess, firstFailure, differences } = it
  if (!lastSuccess) return firstFailure ? 'It has not succeeded yet.' : 'It has not run to an end yet.'
  const at = (instant: string) => shown(new Date(instant), zone, 'moment')
  if (!firstFailure) return `It worked on ${at(lastSuccess.at)}, and no run has failed since.`
  const then = listed(differences.map(told), MOST_TOLD)
  if (then !== '') return `It worked until ${at(lastSuccess.at)}; then ${then}.`
  return `It worked until ${at(lastSuccess.at)}, and nothing was changed here since: what it relies on elsewhere may have been.`
}
