'use client'
/** How a webhook is called and answered, to be changed; its filter stays as it is. */
import { type FormEvent, useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { DialogFooter } from '#components/ui/dialog.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'
import { fieldErrors } from '#lib/client/problem.ts'
import { useChangeSchedule } from '#lib/client/schedules.ts'
import type { Trigger } from '#lib/contract/trigger.ts'
import type { WebhookConfigInput } from '#lib/contract/webhook-trigger.ts'
import { WebhookFields } from './fields.tsx'

const BELOW = 'webhook.'

export default function WebhookSettings({
  slug,
  trigger,
  onDone,
}: {
  slug: string
  trigger: Trigger
  onDone(): void
}) {
  const changing = useChangeSchedule(slug, trigger.id)
  const [webhook, setWebhook] = useState(trigger.webhook as WebhookConfigInput)
  const errors = Object.fromEntries(
    Object.entries(fieldErrors(changing.error)).flatMap(([path, it]) =>
      path.startsWith(BELOW) ? [[path.slice(BELOW.length), it]] : [],
    ),
  )
  function submit(event: FormEvent) {
    event.preventDefault()
    changing.mutate({ webhook, revision: trigger.revision }, { onSuccess: onDone })
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4" noValidate>
      <WebhookFields
        value={webhook}
        onChange={(next) => {
          setWebhook(next)
          if (changing.error) changing.reset()
        }}
        errors={errors}
      />
      {changing.error && Object.keys(errors).length === 0 && <ProblemNote error={changing.error} />}
      <DialogFooter>
        <Button type="submit" variant="primary" pending={changing.isPending}>
          Save
        </Button>
      </DialogFooter>
    </form>
  )
}
