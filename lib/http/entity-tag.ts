/** The state of a resource as caches and editors name it: its revision as a strong entity tag (RFC 9110, 8.8.3). */

export const etagOf = ({ revision }: { revision: number }) => ({ etag: `"${revision}"` })

/**
 * The revisions that an edit may start from, by `If-Match`; undefined where any will do. A tag that this server
 * never gave matches no state, as does a weak one.
 */
export function ifMatch(headers: Headers): number[] | undefined {
  const given = headers.get('if-match')?.trim()
  if (given === undefined || given === '*') return undefined
  return given
    .split(',')
    .flatMap((tag) => /^"([1-9]\d{0,15})"$/.exec(tag.trim())?.[1] ?? [])
    .map(Number)
}
