/** How much of a file is read. What goes beyond is said on the document. */
import { seconds } from '../clock.ts'

export const MOST_CHARACTERS = 5_000_000
export const MOST_PAGES = 2_000
export const MOST_ROWS = 200_000
/** What a DOCX may unpack to. */
export const MOST_UNPACKED_BYTES = 64 * 1024 ** 2
export const MOST_ENTRIES = 5_000
/** Beyond, the readers of pages take minutes. */
export const MOST_HTML_CHARACTERS = 2_000_000
export const LONGEST_MS = seconds(30)
export const MOST_HEAP_MB = 256
/** Of all its data, in kilobytes: what lies outside of the heap counts, too. */
export const MOST_DATA_KB = 1_000_000
/** Processes that read, of one server. */
export const MOST_AT_ONCE = 4
