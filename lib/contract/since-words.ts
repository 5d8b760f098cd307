/** "It worked until Tuesday 10:12; then Ada changed the prompt." Pure. */
import type { FieldChange } from './revision.ts'
import type { SinceDifference, SinceSuccess } from './since-success.ts'

const MOST_TOLD = 3
const MOST_FIELDS = 3

/** "a, b and c", and how many more. */
function listed(parts: string[], most: number): string {
  const left = parts.length - most
  const all = left > 1 ? [...parts.slice(0, most), `${left} more`] : parts
  return all.length < 2 ? (all[0] ?? '') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`
}

/** What a field of a context is called; without it, as its owner wrote it. */
type Called = (field: string) => string

/** "cronExpression" → "cron expression"; what a context names is its owner's words. */
function field({ path }: FieldChange, called: Called): string {
  if (path.startsWith('context.')) return `“${called(path.slice('context.'.length))}” in the context`
  const [first = '', ...rest] = path.split('.')
  const spaced = (it: string) => it.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase()
  return [`the ${spaced(first)}`, ...rest.map(spaced)].join(', ')
}

function told({ kind, name, actor, changes }: SinceDifference, called: Called): string {
  const who = actor?.name ?? 'somebody'
  const fields = listed(
    changes.map((it) => field(it, called)),
    MOST_FIELDS,
  )
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

/** An instant is written by whoever says the sentence: in the zone and the hours of whom it is for. */
type Part = string | { at: string }

export function sentenceOf(it: Omit<SinceSuccess, 'answer'>, called: Called = (name) => name): Part[] {
  const { lastSuccess, firstFailure, differences } = it
  if (!lastSuccess) return [firstFailure ? 'It has not succeeded yet.' : 'It has not run to an end yet.']
  const at = { at: lastSuccess.at }
  if (!firstFailure) return ['It worked on ', at, ', and no run has failed since.']
  const all = differences.map((one) => told(one, called))
  if (all.length > 0) return ['It worked until ', at, `; then ${listed(all, MOST_TOLD)}.`]
  const nothing = 'nothing was changed here since: what it relies on elsewhere may have been'
  return ['It worked until ', at, `, and ${nothing}.`]
}
