/** Text as it is kept: at most 64 KiB, well-formed, and without the one character that PostgreSQL refuses. */
const MOST_TEXT = 64 * 1024

export const keepable = (text: string) =>
  (text.length <= MOST_TEXT
    ? text
    : `${text.slice(0, MOST_TEXT)}\n\n… shortened: it was ${text.length} characters long.`
  )
    .toWellFormed()
    .replaceAll('\u0000', '')
