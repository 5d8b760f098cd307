/** What a line may become, and which keys take what is chosen. Pure. */
import type { Completion } from '#lib/contract/command.ts'

/** `of`: the text that they were asked for. */
export interface Completions {
  of: string
  completions: Completion[]
}

export const isSameLine = (one: string, other: string) =>
  one.trim().toLowerCase() === other.trim().toLowerCase()

export const begins = (whole: string, text: string) =>
  whole.toLowerCase().startsWith(text.trimEnd().toLowerCase())

/** `isChosen`: by the arrows, in this line. */
export function offered(text: string, { of, completions }: Completions, isChosen: boolean) {
  // Until the next come, those of what stood there a moment ago, as far as they are some of what stands there now.
  const fitting = of === text ? completions : completions.filter((it) => begins(it.text, text))
  // A line that is what it would become needs no help.
  const shown = fitting.filter((it) => !isSameLine(it.text, text))
  const isWhole = shown.length < fitting.length
  // A command that is whole is sent, and not made longer unasked.
  return { shown, takenByEnter: isChosen || !isWhole }
}
