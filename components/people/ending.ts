/** How a membership can end from the list of members. Pure. */
import type { Member } from '#lib/contract/workspace.ts'

type Listed = Pick<Member, 'userId' | 'role'>

/** `me`: the reader. Null: it cannot, since a workspace keeps its last admin. */
export function endingOf(
  member: Listed,
  members: readonly Listed[],
  me: string | undefined,
): 'leave' | 'remove' | null {
  const hasOther = members.some((it) => it.role === 'admin' && it.userId !== member.userId)
  if (member.role === 'admin' && !hasOther) return null
  return member.userId === me ? 'leave' : 'remove'
}
