/**
 * What of a link in an agent's words may be followed: whoever wrote
 * the page that the agent read may have written the link too.
 */
export interface SafeLink {
  href: string
  host: string
}

/** Opens a mail by its id in the program that has it. */
const MAIL = /^message:%3c[\w%.+=~-]{1,800}%3e$/i

/** A document of a workspace here, and nothing else of the own site. */
const DOCUMENT = /^\/w\/[a-z0-9-]{1,64}\/documents\/[1-9]\d{0,15}$/

/** Null: not a link that leads to another site, by its own words. */
export function safeLink(href: string | undefined): SafeLink | null {
  if (href && DOCUMENT.test(href)) return { href, host: 'document' }
  if (!href || !URL.canParse(href)) return null
  const url = new URL(href)
  if (url.protocol === 'mailto:') return { href: url.href, host: url.pathname }
  if (MAIL.test(href)) return { href, host: 'in your mail' }
  // A name before the host ("https://bank.example@evil.example") only serves to mislead.
  if (!['https:', 'http:'].includes(url.protocol) || url.username || url.password) return null
  return { href: url.href, host: url.host }
}
