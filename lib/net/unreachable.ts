/** What went wrong on the way, in words; never what was sent. */
export function unreachable(error: unknown): string {
  if (!(error instanceof Error)) return 'It cannot be reached.'
  if (error.name === 'TimeoutError') return 'It did not answer in time.'
  if (error.name === 'OutboundRefused') return error.message
  const cause = error.cause instanceof Error ? error.cause : error
  const code = 'code' in cause ? String(cause.code) : ''
  return WORDS[code] ?? `It cannot be reached (${(code || cause.message).slice(0, 200)}).`
}
const WORDS: Record<string, string> = {
  ECONNREFUSED: 'Nothing answers at this address: is it running, and is the port right?',
  ENOTFOUND: 'No such host is known: is the address right?',
  ECONNRESET: 'It ended the connection.',
  EAI_AGAIN: 'The host could not be looked up: is there a network?',
}
