/** Which calendars a trigger names. Pure: what plain SQL has spoilt names none. */
export function calendarsNamedIn({ calendars }: { calendars: string | null }): number[] {
  if (calendars === null) return []
  try {
    const ids: unknown = JSON.parse(calendars)
    return Array.isArray(ids) ? [...new Set(ids.filter((it): it is number => Number.isSafeInteger(it)))] : []
  } catch {
    return []
  }
}
