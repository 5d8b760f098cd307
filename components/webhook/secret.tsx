'use client'
/** The secret of a webhook: masked where it is, shown once where it is made. */
import { type FormEvent, useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { Choice } from '#components/ui/choice.tsx'
import { Dialog, DialogContent, DialogFooter, DialogTrigger } from '#components/ui/dialog.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'
import { ShownOnce } from '#components/ui/shown-once.tsx'
import { Time } from '#components/ui/time.tsx'
import { useMay } from '#lib/client/people.ts'
import { fieldErrors } from '#lib/client/problem.ts'
import { useRotate } from '#lib/client/webhooks.ts'
import type { Webhook } from '#lib/contract/webhook.ts'
import type { WebhookScheme } from '#lib/contract/webhook-trigger.ts'

interface Of {
  slug: string
  id: number
  scheme: WebhookScheme
}

export function Secret({ webhook: { secret, previousValidUntil }, ...of }: Of & { webhook: Webhook }) {
  const may = useMay(of.slug, 'admin')
  return (
    <div className="flex flex-col gap-1.5">
      <p className="text-sm font-medium">Secret</p>
      <div className="flex flex-wrap items-center gap-2">
        <code className="mr-2 font-mono text-sm">{secret}</code>
        {may && <Change {...of} label="Make another" Form={Making} />}
        {may && <Change {...of} label="Enter a secret" Form={Entering} />}
      </div>
      {previousValidUntil !== null && (
        <p className="text-sm text-faint">
          The one before counts, too, until <Time at={previousValidUntil} />.
        </p>
      )}
    </div>
  )
}

function Change({
  label,
  Form,
  ...of
}: Of & { label: string; Form: (of: Of & { onDone(): void }) => React.ReactNode }) {
  const [open, setOpen] = useState(false)
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger render={<Button size="sm">{label}</Button>} />
      <DialogContent title="Another secret">
        <Form {...of} onDone={() => setOpen(false)} />
      </DialogContent>
    </Dialog>
  )
}

const GRACE_SECONDS = 86_400

function Making({ slug, id }: Of) {
  const rotating = useRotate(slug, id)
  const [grace, setGrace] = useState(true)
  if (rotating.data)
    return (
      <ShownOnce text={rotating.data.secret} label="Secret">
        Copy the secret now: it is not shown again.
      </ShownOnce>
    )
  function submit(event: FormEvent) {
    event.preventDefault()
    rotating.mutate({ graceSeconds: grace ? GRACE_SECONDS : 0 })
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <p className="text-sm">Whoever calls it has to be given the new one.</p>
      <Grace on={grace} onChange={setGrace} />
      {rotating.error && <ProblemNote error={rotating.error} />}
      <DialogFooter>
        <Button type="submit" variant="primary" pending={rotating.isPending}>
          Make another secret
        </Button>
      </DialogFooter>
    </form>
  )
}

/** Of a product that makes the secret itself. */
function Entering({ slug, id, scheme, onDone }: Of & { onDone(): void }) {
  const rotating = useRotate(slug, id)
  const [grace, setGrace] = useState(false)
  const wrong = fieldErrors(rotating.error)
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const secret = String(new FormData(event.currentTarget).get('secret') ?? '').trim()
    rotating.mutate({ secret, graceSeconds: grace ? GRACE_SECONDS : 0 }, { onSuccess: onDone })
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4" noValidate>
      <Field
        label="Secret"
        hint={scheme === 'standard' ? 'whsec_ and base64, as the caller has it.' : 'As the caller has it.'}
        error={wrong.secret}
      >
        <Input name="secret" type="password" autoComplete="off" className="font-mono" />
      </Field>
      <Grace on={grace} onChange={setGrace} />
      {rotating.error && Object.keys(wrong).length === 0 && <ProblemNote error={rotating.error} />}
      <DialogFooter>
        <Button type="submit" variant="primary" pending={rotating.isPending}>
          Save the secret
        </Button>
      </DialogFooter>
    </form>
  )
}

const Grace = ({ on, onChange }: { on: boolean; onChange(on: boolean): void }) => (
  <Choice checked={on} onChange={onChange}>
    The one before counts for another day
  </Choice>
)
