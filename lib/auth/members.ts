/** Who belongs to a workspace, and in which role. */
import * as invitations from '#db/queries/invitations.ts'
import * as members from '#db/queries/members.ts'
import type { Store } from '#db/store.ts'
import type { Clock } from '#lib/clock.ts'
import type { AnswerOf, Api } from '#lib/contract/api.ts'
import type { Role } from '#lib/contract/fields.ts'
import { notFound, ProblemError } from '#lib/contract/problem.ts'
import type { Member } from '#lib/contract/workspace.ts'

export interface Members {
  list(workspaceId: number): Promise<AnswerOf<Api['listMembers']>>
  change(workspaceId: number, userId: string, role: Role): Promise<Member>
  remove(workspaceId: number, userId: string): Promise<void>
}

export function createMembers(store: Store, clock: Clock): Members {
  /** Why a guarded change found no row. */
  const refused = async (workspaceId: number, userId: string) => {
    const member = await members.get(store, workspaceId, userId)
    return member
      ? new ProblemError(
          409,
          `${member.name} is the last admin of this workspace. Make somebody else an admin first.`,
        )
      : notFound('member')
  }
  return {
    async list(workspaceId) {
      return {
        members: await members.list(store, workspaceId),
        invitations: await invitations.list(store, workspaceId, clock.now()),
      }
    },
    async change(workspaceId, userId, role) {
      if (!(await members.change(store, workspaceId, userId, role))) throw await refused(workspaceId, userId)
      const member = await members.get(store, workspaceId, userId)
      if (!member) throw notFound('member')
      return member
    },
    async remove(workspaceId, userId) {
      if (!(await members.remove(store, workspaceId, userId))) throw await refused(workspaceId, userId)
    },
  }
}
