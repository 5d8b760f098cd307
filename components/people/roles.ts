/** The roles in a workspace as they are offered: with what each may do. */
import type { Option } from '#components/ui/select.tsx'
import type { Role } from '#lib/contract/fields.ts'

export const ROLES: readonly Option<Role>[] = [
  { value: 'viewer', label: 'Viewer', hint: 'Reads the chat, schedules and runs' },
  { value: 'editor', label: 'Editor', hint: 'Also plans and runs agents, and writes' },
  { value: 'admin', label: 'Admin', hint: 'Also invites people, and changes the workspace' },
]
export const roleLabel = (role: Role) => ROLES.find((it) => it.value === role)?.label ?? role
