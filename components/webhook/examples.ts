/** Where values stand in calls that many make: the paths that a filter is offered. */
export const CALL_EXAMPLES: ReadonlyMap<string, unknown> = new Map([
  ['body.type', 'order.created'],
  ['body.action', 'opened'],
  ['headers.x-github-event', 'push'],
  ['query.source', 'shop'],
])
