/** What files say, made where it can harm nothing: handed in, so that agents know no parser. */
import type { Span, Spanned } from '../../documents/calendar.ts'

export interface FileToRead {
  name: string
  bytes: Buffer
  /** It was sent as a page of the web. */
  isPage?: boolean
}
export interface FileText {
  text: string
  mediaType: string
  /** What of it was not read. */
  left: string | null
}

/** What cannot be read is a sentence. */
export interface Files {
  textOf(file: FileToRead, signal: AbortSignal): Promise<FileText | { problem: string }>
  entriesOf(
    calendar: { bytes: Buffer; span: Span },
    signal: AbortSignal,
  ): Promise<Spanned | { problem: string }>
}
