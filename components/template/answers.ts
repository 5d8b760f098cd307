/** What is filled in, before anything is. */
import type { Context } from '#components/schedule/context/draft.ts'
import type { ContextField } from '#components/schedule/context/schema.ts'

/** What is usual, and the reader's own time zone. */
export function usualAnswers(fields: readonly ContextField[], zone: string): Context {
  return Object.fromEntries(
    fields.flatMap(({ path, control, fallback }) => {
      const answer =
        control.kind === 'group'
          ? usualAnswers(control.fields, zone)
          : control.kind === 'zone'
            ? zone
            : fallback
      return answer === undefined ? [] : [[path.at(-1) as string, answer] as const]
    }),
  )
}

/** The server speaks of the input, the fields of a context. */
export const asOfContext = (errors: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(errors).map(([path, message]) => [path.replace(/^input\b/, 'context'), message]),
  )
