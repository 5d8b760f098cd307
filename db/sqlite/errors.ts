/** What SQLite refuses, in words. Errors come from this thread or from another: their code is all that is sure. */
import { StoreUnavailable } from '../store.ts'

export const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''

/** Another process or connection holds the file. */
export const isBusy = (error: unknown): boolean => /^SQLITE_(BUSY|LOCKED)/.test(codeOf(error))

export function readable(error: unknown): unknown {
  const code = codeOf(error)
  if (code === 'SQLITE_FULL')
    return new StoreUnavailable('The disk is full: nothing can be recorded until there is space.', error)
  if (code.startsWith('SQLITE_READONLY'))
    return new StoreUnavailable('The database has become read-only.', error)
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB')
    return new StoreUnavailable(
      'The database is damaged. Stop the server, put your newest backup in its place, and start again.',
      error,
    )
  if (code.startsWith('SQLITE_IOERR')) return new StoreUnavailable('The disk does not answer.', error)
  return error
}
