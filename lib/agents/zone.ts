/** Zones that times are shown in. */
export function isZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }))
  } catch {
    return false
  }
}

/** A row that plain SQL wrote may name any zone. */
export const zoneOf = (zone: string): string => (isZone(zone) ? zone : 'UTC')
