/** What a JSON text may mean that is not what everybody reads in it. Runs in the browser, too. */

const DEEPEST = 64

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],]|-?\d[\d.eE+-]*/g

/**
 * What JSON.parse accepts without a word, in words, or null. The text
 * is known to be valid JSON; no recursion, however deep it is.
 */
export function ambiguity(text: string): string | null {
  const open: Open = []
  let before = ''
  for (const [token] of text.matchAll(TOKEN)) {
    const problem = problemOfToken(token, before, open)
    if (problem) return problem
    before = token
  }
  return null
}

/** For each open bracket the keys seen so far; null inside a list. */
type Open = (Set<string> | null)[]

function problemOfToken(token: string, before: string, open: Open): string | null {
  switch (token) {
    case '{':
    case '[':
      open.push(token === '{' ? new Set() : null)
      return open.length > DEEPEST ? `is nested deeper than ${DEEPEST} levels` : null
    case '}':
    case ']':
      open.pop()
      return null
    case ',':
      return null
  }
  if (!token.startsWith('"')) {
    if (keepsItsValue(token)) return null
    return `has the number ${token.slice(0, 40)}, which JSON cannot carry exactly: write it as a string`
  }
  const string = token.includes('\\') ? (JSON.parse(token) as string) : token.slice(1, -1)
  const keys = before === '{' || before === ',' ? open.at(-1) : null
  return problemOfText(string) ?? (keys ? problemOfKey(string, keys) : null)
}

function problemOfText(text: string): string | null {
  if (!text.isWellFormed()) return 'has a broken character (a lone surrogate)'
  return text.includes('\0') ? 'has a NUL character' : null
}

function problemOfKey(key: string, seen: Set<string>): string | null {
  if (key === '__proto__') return 'has the key "__proto__", which is not allowed'
  if (seen.has(key)) return `has the key "${key}" twice in one object`
  seen.add(key)
  return null
}

const keepsItsValue = (token: string) =>
  Number.isFinite(Number(token)) && (!/^-?\d+$/.test(token) || Number.isSafeInteger(Number(token)))
