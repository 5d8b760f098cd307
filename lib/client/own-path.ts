/** Where to go after signing in: only ever a page of this server, whatever a link says. */
const HERE = 'http://here.invalid'

export function ownPath(next: string | string[] | null | undefined): string {
  if (typeof next !== 'string' || !next.startsWith('/') || !URL.canParse(next, HERE)) return '/'
  const { origin, pathname, search, hash } = new URL(next, HERE)
  // Once more after the path was resolved: "/.//evil" only now begins with two slashes.
  if (origin !== HERE || pathname.startsWith('//')) return '/'
  return `${pathname}${search}${hash}`
}
