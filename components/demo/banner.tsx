'use client'
/** Says on every page of the demo what it is, and takes it away. */
import { Sparkles } from 'lucide-react'
import { Button } from '#components/ui/button.tsx'
import { Confirm } from '#components/ui/confirm.tsx'
import { useRemoveDemo } from '#lib/client/demo.ts'
import { useMe } from '#lib/client/people.ts'

export default function DemoBanner() {
  const removing = useRemoveDemo()
  const admin = useMe().data?.installationAdmin ?? false
  return (
    <section
      aria-label="This is a demo"
      className="flex flex-wrap items-center justify-center gap-x-3 gap-y-1 border-b border-line bg-accent-soft px-4 py-1.5 text-sm text-accent-text"
    >
      <Sparkles aria-hidden className="size-4 shrink-0 max-sm:hidden" />
      <span className="min-w-0">
        <strong className="font-semibold">This is a demo.</strong> What would cost money is paused.
      </span>
      {admin && (
        <Confirm
          danger
          trigger={
            <Button size="sm" pending={removing.isPending}>
              Remove it
            </Button>
          }
          title="Remove the demo?"
          confirmLabel="Remove"
          onConfirm={async () => {
            await removing.mutateAsync()
            location.assign('/')
          }}
        >
          The workspace goes with its schedules, runs and messages, also what you have added to it. No other
          workspace is touched.
        </Confirm>
      )}
    </section>
  )
}
