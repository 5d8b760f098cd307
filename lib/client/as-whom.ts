/**
 * For whom this page was made: once its frame is awake, what it asks for says so. In another tab somebody else may have
 * signed in since, and the cookie is theirs by now.
 */
import { PERSON_HEADER } from '#lib/contract/person-header.ts'

let person: string | null = null

export function madeFor(id: string): void {
  person = id
}
export const asWhom = (): Record<string, string> => (person === null ? {} : { [PERSON_HEADER]: person })
