/** What files say, made where it can harm nothing: handed in, so that agents know no parser. */

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

/** An event or a task of a calendar, as often as it takes place. */
export interface CalendarEntry {
  /** The same however often it is moved. */
  key: string
  kind: 'event' | 'task'
  title: string
  startMs: number
  endMs: number
  allDay: boolean
  cancelled: boolean
  where: string
  description: string
  link: string | null
  organizer: string
  people: string[]
}
export interface CalendarSpan {
  fromMs: number
  toMs: number
  /** Of times that name no zone. */
  zone: string
}
export interface CalendarEntries {
  name: string | null
  zone: string
  entries: CalendarEntry[]
  /** Up to here nothing is left out. */
  untilMs: number
  left: string | null
}

/** What cannot be read is a sentence. */
export interface Files {
  textOf(file: FileToRead, signal: AbortSignal): Promise<FileText | { problem: string }>
  entriesOf(
    calendar: { bytes: Buffer; span: CalendarSpan },
    signal: AbortSignal,
  ): Promise<CalendarEntries | { problem: string }>
}
