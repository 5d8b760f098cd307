/** What a filter says, in words. Apart from its schema, which pages do without. */
import type { Comparison, Filter } from './filter.ts'

const VERBS: Record<Exclude<Comparison['op'], 'exists'>, string> = {
  equals: 'is',
  not_equals: 'is there but is not',
  in: 'is one of',
  contains: 'contains',
  starts_with: 'begins with',
  ends_with: 'ends with',
  matches: 'matches',
  gt: 'is more than',
  gte: 'is at least',
  lt: 'is less than',
  lte: 'is at most',
}

/** Both ends of a long value, so that what differs at the end is seen. */
const LONGEST_SHOWN = 120
export function valueInWords(it: unknown): string {
  const text = JSON.stringify(it) ?? 'nothing'
  if (text.length <= LONGEST_SHOWN) return text
  const half = LONGEST_SHOWN / 2
  return `${text.slice(0, half)} … ${text.slice(-half)}`
}

const MOST_LISTED = 5
function listInWords(list: unknown[]): string {
  const more = list.length - MOST_LISTED
  const shown = list.slice(0, MOST_LISTED).map(valueInWords).join(', ')
  return more > 0 ? `${shown} and ${more} more` : shown
}

/** `url is "https://example.com/" and method is "POST"`. `nameOf`: what a path is called. */
export function filterInWords(it: Filter, nameOf: (path: string) => string = (path) => path): string {
  const said = (part: Filter) => {
    const words = filterInWords(part, nameOf)
    return 'op' in part || 'not' in part ? words : `(${words})`
  }
  if ('all' in it) return it.all.map(said).join(' and ')
  if ('any' in it) return it.any.map(said).join(' or ')
  if ('not' in it) return `not (${filterInWords(it.not, nameOf)})`
  const name = nameOf(it.path)
  if (it.op === 'exists') return `${name} is ${it.value ? '' : 'not '}there`
  return `${name} ${VERBS[it.op]} ${it.op === 'in' ? listInWords(it.value) : valueInWords(it.value)}`
}
