/** Whoever asks: a person with a session, or a program with a key. Both doors lead to the same rights. */
import type { Role } from '#lib/contract/fields.ts'

export type Actor =
  | { kind: 'person'; id: string; name: string; email: string; installationAdmin: boolean; sessionId: string }
  | {
      kind: 'key'
      id: string
      name: string
      keyId: number
      workspaceId: number | null
      role: Role
      /** It may decide what runs ask for. */
      mayApprove: boolean
      expiresAt: string | null
    }
