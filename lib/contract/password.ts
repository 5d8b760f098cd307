/** What no password may be, however long it is. Runs in the browser, too. */

const LEAST_DISTINCT = 5

/** Why it would be guessed at once, or null. `email`: whose it is. */
export function weaknessOf(password: string, email: string): string | null {
  const plain = password.toLowerCase()
  if (new Set(plain).size < LEAST_DISTINCT)
    return `repeats itself: use at least ${LEAST_DISTINCT} different characters`
  const [name = ''] = email.toLowerCase().split('@')
  const isOwn = plain === email.toLowerCase() || (name.length > 3 && plain === name)
  return isOwn ? 'is the e-mail address: choose something that nobody knows of you' : null
}
