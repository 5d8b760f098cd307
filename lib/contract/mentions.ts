/** Whom a message names with an `@`: by the whole name, or by its first word. Pure. */

interface Person {
  userId: string
  name: string
}

const LETTER = /[\p{L}\p{N}_]/u

/** Whether one is named there, in whichever case. */
export const isNamed = (behind: readonly string[], name: string) => names(behind, name.toLowerCase())

/** Whether the name stands behind one of the `@`, and ends there. */
const names = (behind: readonly string[], name: string) =>
  name !== '' && behind.some((it) => it.startsWith(name) && !LETTER.test([...it.slice(name.length)][0] ?? ''))

/** What stands behind each `@` that does not belong to an address or a word before it. */
export const behindAts = (text: string): string[] =>
  [...text.matchAll(/@/g)].flatMap(({ index }) =>
    LETTER.test(text.slice(0, index).at(-1) ?? '') ? [] : [text.slice(index + 1)],
  )

export function mentioned(text: string, people: readonly Person[], but: string): string[] {
  const behind = behindAts(text.toLowerCase())
  if (behind.length === 0) return []
  return people
    .filter(({ userId, name }) => {
      const whole = name.toLowerCase()
      return userId !== but && (names(behind, whole) || names(behind, whole.split(/\s+/)[0] ?? ''))
    })
    .map((it) => it.userId)
}
