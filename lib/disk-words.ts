/** What a disk refuses while the program starts, as a sentence with the place and the remedy; else null. */
export function diskWords(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null
  const words = WORDS[String(error.code)]
  return words ? words('path' in error ? String(error.path) : 'The database') : null
}

const notOurs = (place: string) =>
  `${place} cannot be written by this user. Give it the right to write there, or set DATA_DIR to a folder of its own, and start again.`
const WORDS: Record<string, (place: string) => string> = {
  EACCES: notOurs,
  EPERM: notOurs,
  SQLITE_CANTOPEN: notOurs,
  SQLITE_READONLY: notOurs,
  EROFS: (place) =>
    `${place} is on a disk that can only be read. Set DATA_DIR to a folder that can be written, and start again.`,
  ENOSPC: (place) => `The disk is full: ${place} cannot be written. Make room, and start again.`,
  SQLITE_FULL: () =>
    'The disk is full: the database cannot be brought up to date. Make room, and start again.',
  ENOTDIR: (place) =>
    `${place} cannot be a folder: there is a file. Set DATA_DIR to a folder, and start again.`,
  EEXIST: (place) => `${place} is a file, not a folder. Set DATA_DIR to a folder, and start again.`,
}
