'use client'
/** Who belongs to the workspace, what they may do, and who is invited. */
import { LogOut, UserMinus } from 'lucide-react'
import { Badge } from '#components/ui/badge.tsx'
import { RemoveButton } from '#components/ui/remove-button.tsx'
import { Page } from '#components/ui/page.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { Select } from '#components/ui/select.tsx'
import { WaitingRows } from '#components/ui/skeleton.tsx'
import { HeadRow, Table, TableBody, TableHead, Td, Th, Tr } from '#components/ui/table.tsx'
import { Time } from '#components/ui/time.tsx'
import { toast } from '#components/ui/toast.tsx'
import {
  useChangeMember,
  useMay,
  useMe,
  useMembers,
  useRemoveMember,
  useWithdrawInvitation,
} from '#lib/client/people.ts'
import type { Invitation, Member } from '#lib/contract/workspace.ts'
import { Invite } from './invite.tsx'
import { endingOf } from './ending.ts'
import { ROLES, roleLabel } from './roles.ts'

export function Members({ slug }: { slug: string }) {
  const members = useMembers(slug)
  const may = useMay(slug, 'admin')
  return (
    <Page
      title="Members"
      description="The people of this workspace see the same chat, schedules and runs."
      actions={may && <Invite slug={slug} />}
    >
      {members.isPending ? (
        <WaitingRows rows={3} height="h-14" />
      ) : members.error ? (
        <Problem error={members.error} retry={members.refetch} title="The members could not be loaded" />
      ) : (
        <>
          <People slug={slug} members={members.data.members} may={may} />
          {members.data.invitations.length > 0 && (
            <Invited slug={slug} invitations={members.data.invitations} may={may} />
          )}
        </>
      )}
    </Page>
  )
}

function People({ slug, members, may }: { slug: string; members: Member[]; may: boolean }) {
  const me = useMe().data
  return (
    <Table label="Members">
      <TableHead>
        <HeadRow>
          <Th>Name</Th>
          <Th>Role</Th>
          <Th>Since</Th>
          <Th>
            <span className="sr-only">Actions</span>
          </Th>
        </HeadRow>
      </TableHead>
      <TableBody>
        {members.map((it) => (
          <Tr key={it.userId}>
            <Td>
              <div className="min-w-0">
                <p className="flex flex-wrap items-center gap-2 font-medium">
                  {it.name}
                  {it.userId === me?.id && <Badge>You</Badge>}
                </p>
                <p className="text-faint">{it.email}</p>
              </div>
            </Td>
            <Td label="Role">{may ? <RoleChoice slug={slug} member={it} /> : roleLabel(it.role)}</Td>
            <Td label="Since">
              <Time at={it.since} format="instant" className="text-soft" />
            </Td>
            <Td className="justify-end sm:text-right">
              {may && <Ending slug={slug} member={it} ending={endingOf(it, members, me?.id)} />}
            </Td>
          </Tr>
        ))}
      </TableBody>
    </Table>
  )
}

interface MemberProps {
  slug: string
  member: Member
}

function RoleChoice({ slug, member: { userId, name, role } }: MemberProps) {
  const change = useChangeMember(slug)
  return (
    <Select
      aria-label={`Role of ${name}`}
      className="w-32"
      value={role}
      options={ROLES}
      onValueChange={(next) =>
        change.mutate(
          { userId, role: next },
          { onError: (error) => toast.error('The role stays as it was', { description: error.message }) },
        )
      }
    />
  )
}

function Ending({ slug, member, ending }: MemberProps & { ending: ReturnType<typeof endingOf> }) {
  switch (ending) {
    case 'leave':
      return <Leaving slug={slug} member={member} />
    case 'remove':
      return <Removal slug={slug} member={member} />
    case null:
      return null
  }
}

function Leaving({ slug, member: { userId, name } }: MemberProps) {
  const remove = useRemoveMember(slug)
  const staysIn = useMe().data?.installationAdmin ?? false
  return (
    <RemoveButton
      of={name}
      icon={<LogOut aria-hidden />}
      label="Leave"
      title="Leave this workspace?"
      confirmLabel="Leave the workspace"
      onConfirm={async () => {
        await remove.mutateAsync(userId)
        // Anew: what is open of this workspace is not theirs any more.
        window.location.assign('/')
      }}
    >
      {staysIn
        ? 'You are no longer one of its members. You can still open it, since you administer this installation.'
        : 'You can no longer open it, starting now, until an admin invites you again.'}{' '}
      What you wrote and planned stays.
    </RemoveButton>
  )
}

function Removal({ slug, member: { userId, name } }: MemberProps) {
  const remove = useRemoveMember(slug)
  return (
    <RemoveButton
      of={name}
      icon={<UserMinus aria-hidden />}
      title={`Remove ${name}?`}
      onConfirm={() => remove.mutateAsync(userId)}
    >
      {name} can no longer open this workspace, starting now. What they wrote and planned stays.
    </RemoveButton>
  )
}

function Invited({ slug, invitations, may }: { slug: string; invitations: Invitation[]; may: boolean }) {
  const withdraw = useWithdrawInvitation(slug)
  return (
    <section className="flex flex-col gap-3">
      <h2 className="text-lg font-semibold">Invited</h2>
      <Table label="Open invitations">
        <TableHead>
          <HeadRow>
            <Th>E-mail</Th>
            <Th>Role</Th>
            <Th>Open until</Th>
            <Th>
              <span className="sr-only">Actions</span>
            </Th>
          </HeadRow>
        </TableHead>
        <TableBody>
          {invitations.map(({ id, email, role, expiresAt }) => (
            <Tr key={id}>
              <Td className="font-medium">{email}</Td>
              <Td label="Role">{roleLabel(role)}</Td>
              <Td label="Open until">
                <Time at={expiresAt} className="text-soft" />
              </Td>
              <Td className="justify-end sm:text-right">
                {may && (
                  <RemoveButton
                    of={email}
                    label="Withdraw"
                    title="Withdraw this invitation?"
                    onConfirm={() => withdraw.mutateAsync(id)}
                  >
                    The link that {email} has stops working.
                  </RemoveButton>
                )}
              </Td>
            </Tr>
          ))}
        </TableBody>
      </Table>
    </section>
  )
}
