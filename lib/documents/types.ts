/**
 * What a file is, by what stands in it. A name decides only between kinds of text that look alike.
 */

/** How a text is made of it; `text`: it is one already; null: nobody here can read it. */
export type Reading = 'text' | 'html' | 'pdf' | 'docx' | 'csv' | 'eml' | 'ics' | null
export interface Kind {
  mediaType: string
  reading: Reading
}

export const READABLE =
  'Text is read from plain text, Markdown, HTML, PDF, DOCX, CSV, JSON, mail (EML) and calendars (ICS).'

/** A sentence for whoever sent the file. */
export class Unreadable extends Error {}

const HEAD = 4096
const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'

export function kindOf(bytes: Buffer, name: string): Kind {
  if (bytes.subarray(0, 1024).includes('%PDF-')) return { mediaType: 'application/pdf', reading: 'pdf' }
  if (bytes.subarray(0, 4).equals(Buffer.from('PK\x03\x04')))
    return bytes.includes('word/document.xml')
      ? { mediaType: DOCX, reading: 'docx' }
      : { mediaType: 'application/zip', reading: null }
  const text = decoded(bytes)
  return text === null ? { mediaType: 'application/octet-stream', reading: null } : kindOfText(text, name)
}

/** The text of a file that is one: UTF-8, UTF-16 with its mark, else the encoding of old Windows files. */
export function decoded(bytes: Buffer): string | null {
  const [first, second] = bytes
  const marked =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : null
  if (marked) return new TextDecoder(marked).decode(bytes)
  if (bytes.some((it) => it < 32 && it !== 9 && it !== 10 && it !== 12 && it !== 13 && it !== 27)) return null
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

function kindOfText(text: string, name: string): Kind {
  const head = text.slice(0, HEAD)
  if (/^\s*BEGIN:VCALENDAR/i.test(head)) return { mediaType: 'text/calendar', reading: 'ics' }
  if (/^\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html[\s>])/i.test(head.replace(/<!--[\s\S]*?-->/g, '')))
    return { mediaType: 'text/html', reading: 'html' }
  if (isMail(head)) return { mediaType: 'message/rfc822', reading: 'eml' }
  if (/^\s*[[{]/.test(head) && isJson(text)) return { mediaType: 'application/json', reading: 'text' }
  if (isTable(head, name)) return { mediaType: 'text/csv', reading: 'csv' }
  if (/\.(md|markdown)$/i.test(name) || /^#{1,6} \S/m.test(head))
    return { mediaType: 'text/markdown', reading: 'text' }
  return { mediaType: 'text/plain', reading: 'text' }
}

/** Longer ones are judged by their ends: to read them through would hold up the server. */
const MOST_PARSED = 1_000_000
function isJson(text: string): boolean {
  if (text.length > MOST_PARSED) return /[\]}]\s*$/.test(text.slice(-100))
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

const OF_MAIL =
  /^(received|return-path|mime-version|message-id|from|to|date|subject|delivered-to|content-type):/i
/** It begins with headers, at least three of which a mail has. */
function isMail(head: string): boolean {
  const [headers = ''] = head.split(/\r?\n\r?\n/)
  const lines = headers.split(/\r?\n/)
  const known = new Set(lines.flatMap((it) => OF_MAIL.exec(it)?.[1]?.toLowerCase() ?? []))
  return known.size >= 3 && /^[!-9;-~]+:/.test(lines[0] ?? '') && (known.has('from') || known.has('received'))
}

/** Its first lines have the same number of commas, semicolons or tabs. */
function isTable(head: string, name: string): boolean {
  const lines = head.split(/\r?\n/).filter((it) => it.trim() !== '')
  const whole = head.length < HEAD ? lines : lines.slice(0, -1)
  const named = /\.(csv|tsv)$/i.test(name)
  if (whole.length < (named ? 1 : 3)) return false
  return [';', '\t', ','].some((sign) => {
    const counts = whole.slice(0, 10).map((it) => it.replace(/"[^"]*"/g, '').split(sign).length)
    return (counts[0] ?? 0) > 1 && (named || counts.every((it) => it === counts[0]))
  })
}
