/** What a person typed, as `like … escape '\'` looks for it in lower case; null where nothing was typed. */
export function containing(typed: string | undefined): string | null {
  const words = typed?.trim().toLowerCase()
  return words ? `%${words.replace(/[\\%_]/g, '\\$&')}%` : null
}
