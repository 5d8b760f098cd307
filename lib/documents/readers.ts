/**
 * The text of each kind of file. Runs in a process of its own (`child.ts`): what others wrote can keep a parser
 * busy for minutes, or fill the memory. Each library is loaded where its kind of file is read.
 */
import type { Entry } from 'yauzl'
import { plain } from './calendar.ts'
import type { Read } from './kept.ts'
import { MOST_ENTRIES, MOST_HTML_CHARACTERS, MOST_PAGES, MOST_ROWS, MOST_UNPACKED_BYTES } from './limits.ts'
import { decoded, type Reading, Unreadable } from './types.ts'

const whole = (text: string): Read => ({ text, left: null })

export function textOf(reading: Exclude<Reading, null>, bytes: Buffer): Promise<Read> | Read {
  switch (reading) {
    case 'text':
      return whole(decoded(bytes) ?? '')
    case 'html':
      return ofHtml(decoded(bytes) ?? '')
    case 'pdf':
      return ofPdf(bytes)
    case 'docx':
      return ofDocx(bytes)
    case 'csv':
      return ofTable(decoded(bytes) ?? '')
    case 'eml':
      return ofMail(bytes)
    case 'ics':
      return ofCalendar(decoded(bytes) ?? '')
  }
}

async function ofHtml(html: string): Promise<Read> {
  const { Defuddle } = await import('defuddle/node')
  const source = html.slice(0, MOST_HTML_CHARACTERS)
  const { title, content } = await Defuddle(source, 'https://document.invalid/', { markdown: true })
  // What is too short to be an article is all there is.
  const text = [title && `# ${title}`, content?.trim() || withoutTags(source)].filter(Boolean).join('\n\n')
  const isCut = html.length > MOST_HTML_CHARACTERS
  return { text, left: isCut ? 'Only its first 2,000,000 characters are read.' : null }
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }
const withoutTags = (html: string): string =>
  html
    .replace(/<!--[\s\S]*?-->|<(script|style|title)\b[\s\S]*?<\/\1\s*>/gi, ' ')
    .replace(/<\/?(p|div|br|li|tr|h[1-6]|table|ul|ol)\b[^>]*>/gi, '\n')
    .replace(/<[^>]*>/g, '')
    .replace(/&(\w+);/g, (all, name: string) => ENTITIES[name] ?? all)
    .replace(/[ \t]+/g, ' ')
    .replace(/\s*\n\s*/g, '\n')
    .trim()

async function ofPdf(bytes: Buffer): Promise<Read> {
  const { extractText, getDocumentProxy } = await import('unpdf')
  const document = await getDocumentProxy(new Uint8Array(bytes)).catch((error: Error) => {
    throw new Unreadable(
      error.name === 'PasswordException'
        ? 'It is locked with a password. Send it without one.'
        : 'It is damaged: what should be a PDF cannot be opened.',
    )
  })
  if (document.numPages > MOST_PAGES)
    throw new Unreadable(`It has ${document.numPages} pages; up to ${MOST_PAGES} are read. Send it in parts.`)
  const { text } = await extractText(document, { mergePages: false })
  const pages = text.join('\n\n')
  if (pages.trim() === '') throw new Unreadable('There is no text in it: it may be pictures of pages.')
  return whole(pages)
}

async function ofDocx(bytes: Buffer): Promise<Read> {
  const size = await unpackedSize(bytes)
  if (size > MOST_UNPACKED_BYTES) throw new Unreadable('It unpacks to more than 64 MB, which is not read.')
  const { default: mammoth } = await import('mammoth')
  const { value } = await mammoth.extractRawText({ buffer: bytes }).catch(() => {
    throw new Unreadable('It is damaged: what should be a DOCX cannot be opened.')
  })
  return whole(value.replace(/\n{3,}/g, '\n\n').trim())
}

/** As its entries say; one that lies is stopped when it is unpacked. */
async function unpackedSize(bytes: Buffer): Promise<number> {
  const { default: yauzl } = await import('yauzl')
  const damaged = new Unreadable('It is damaged: what should be a DOCX cannot be opened.')
  return new Promise((resolve, reject) => {
    yauzl.fromBuffer(bytes, { lazyEntries: true }, (error, zip) => {
      if (error || zip.entryCount > MOST_ENTRIES) return reject(damaged)
      let size = 0
      zip.on('entry', (entry: Entry) => {
        size += entry.uncompressedSize
        zip.readEntry()
      })
      zip.on('end', () => resolve(size))
      zip.on('error', () => reject(damaged))
      return zip.readEntry()
    })
  })
}

/** Each row with the names of its columns, so that one that stands alone still says what it is. */
async function ofTable(text: string): Promise<Read> {
  const { parse } = await import('csv-parse/sync')
  const rows: string[][] = parse(text, {
    bom: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    delimiter: delimiterOf(text),
    to: MOST_ROWS + 1,
  })
  const [names = [], ...rest] = rows
  const lines = rest.map((row) =>
    row
      .map((cell, n) => (cell.trim() === '' ? '' : `${names[n] ?? `column ${n + 1}`}: ${cell.trim()}`))
      .filter(Boolean)
      .join('; '),
  )
  const left =
    rows.length > MOST_ROWS ? `Only its first ${MOST_ROWS.toLocaleString('en')} rows are read.` : null
  return { text: [names.join('; '), ...lines].join('\n'), left }
}

function delimiterOf(text: string): string {
  const line = text.slice(0, text.search(/[\r\n]|$/))
  const count = (sign: string) => line.split(sign).length
  return [';', '\t', ','].toSorted((a, b) => count(b) - count(a))[0] ?? ','
}

async function ofMail(bytes: Buffer): Promise<Read> {
  const { default: PostalMime } = await import('postal-mime')
  const mail = await PostalMime.parse(bytes).catch(() => {
    throw new Unreadable('It is nested too deeply, or is no mail.')
  })
  const people = (list: { name?: string; address?: string }[] | undefined) =>
    (list ?? [])
      .map(({ name, address }) => (name ? `${name} <${address ?? ''}>` : (address ?? '')))
      .join(', ')
  const body = mail.text?.trim() ? mail.text : mail.html ? (await ofHtml(mail.html)).text : ''
  const head = [
    mail.subject && `Subject: ${mail.subject}`,
    mail.from && `From: ${people([mail.from])}`,
    mail.to && `To: ${people(mail.to)}`,
    mail.cc && `Cc: ${people(mail.cc)}`,
    mail.date && `Date: ${mail.date}`,
    mail.attachments.length > 0 &&
      `Attachments: ${mail.attachments.map((it) => it.filename ?? 'unnamed').join(', ')}`,
  ]
  return whole(`${head.filter(Boolean).join('\n')}\n\n${body.trim()}`)
}

interface CalendarEvent {
  type: string
  summary?: unknown
  start?: Date & { tz?: string }
  end?: Date & { tz?: string }
  datetype?: string
  location?: unknown
  description?: unknown
  status?: string
  rrule?: { toString(): string }
}
async function ofCalendar(text: string): Promise<Read> {
  const { default: ical } = await import('node-ical')
  const entries = Object.values(ical.sync.parseICS(text)) as unknown as (CalendarEvent | undefined)[]
  const events = entries.filter((it) => it?.type === 'VEVENT' || it?.type === 'VTODO') as CalendarEvent[]
  if (events.length === 0) throw new Unreadable('There is no event in this calendar.')
  const byStart = events.toSorted((a, b) => (a.start?.getTime() ?? 0) - (b.start?.getTime() ?? 0))
  return whole(byStart.map(eventText).join('\n\n'))
}

function eventText(event: CalendarEvent): string {
  const at = (date: (Date & { tz?: string }) | undefined) => {
    if (!date || Number.isNaN(date.getTime())) return ''
    const iso = date.toISOString()
    // The process is in UTC: a time of no zone was read as if it stood there.
    return event.datetype === 'date'
      ? iso.slice(0, 10)
      : date.tz
        ? `${iso} (${date.tz})`
        : iso.replace('Z', '')
  }
  const repeats = /RRULE:(\S+)/.exec(event.rrule?.toString() ?? '')?.[1]
  const lines = [
    plain(event.summary) || 'Event without a title',
    `When: ${[at(event.start), at(event.end)].filter(Boolean).join(' to ')}`,
    repeats && `Repeats: ${repeats}`,
    plain(event.location) && `Where: ${plain(event.location)}`,
    event.status === 'CANCELLED' && 'Cancelled',
    plain(event.description),
  ]
  return lines.filter(Boolean).join('\n')
}
