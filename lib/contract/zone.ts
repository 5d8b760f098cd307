/** Time zones by their names. Pure, and without a schema, so that a page carries nothing else along. */

/** A zone that times can be shown in, abbreviations among them. */
export function isZone(name: string | undefined): name is string {
  if (!name) return false
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }))
  } catch {
    return false
  }
}

/** A row that plain SQL wrote may name any zone. */
export const zoneOf = (zone: string): string => (isZone(zone) ? zone : 'UTC')
