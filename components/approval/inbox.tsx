'use client'
/** What waits for a decision in all of one's workspaces, and what was decided. */
import { Inbox as InboxIcon } from 'lucide-react'
import { useState } from 'react'
import { Empty } from '#components/ui/empty.tsx'
import { Page } from '#components/ui/page.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { Segmented } from '#components/ui/segmented.tsx'
import { WaitingRows } from '#components/ui/skeleton.tsx'
import { useInbox } from '#lib/client/approvals.ts'
import { ApprovalCard, Origin } from './approval.tsx'

const WHICH = [
  { value: 'pending', label: 'Waiting' },
  { value: 'decided', label: 'Decided' },
] as const
type Which = (typeof WHICH)[number]['value']

export function Inbox() {
  const [which, setWhich] = useState<Which>('pending')
  const inbox = useInbox(which)
  return (
    <Page
      title="Approvals"
      width="narrow"
      description="What runs ask people for, in all of your workspaces. A run waits until it is decided, or for as long as its schedule says."
    >
      <Segmented<Which> aria-label="Which" value={which} onValueChange={setWhich} options={WHICH} />
      {inbox.isPending ? (
        <WaitingRows rows={3} height="h-32" />
      ) : inbox.error && !inbox.data ? (
        <Problem error={inbox.error} retry={inbox.refetch} />
      ) : inbox.data.approvals.length === 0 ? (
        <Empty
          icon={<InboxIcon />}
          title={which === 'pending' ? 'Nothing waits for you' : 'Nothing was decided yet'}
        >
          Agents ask here before they send something out or change something, unless they are allowed to.
        </Empty>
      ) : (
        <ul className="flex flex-col gap-4" aria-label="Approvals">
          {inbox.data.approvals.map(({ workspace, ...it }) => (
            <li key={it.id}>
              <ApprovalCard
                slug={workspace.slug}
                approval={it}
                origin={<Origin workspace={workspace} approval={it} />}
              />
            </li>
          ))}
        </ul>
      )}
    </Page>
  )
}
