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

/**
 * A known zone as it is written everywhere: `america/new_york` becomes `America/New_York`. Others stay as given, and in
 * a browser without Temporal all do: the server looks again.
 */
export const canonicalZone = (name: string): string =>
  isZone(name) && 'Temporal' in globalThis
    ? Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name).timeZoneId
    : name

/** A row that plain SQL wrote may name any zone. */
export const zoneOf = (zone: string): string => (isZone(zone) ? zone : 'UTC')
