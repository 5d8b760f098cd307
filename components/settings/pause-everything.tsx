'use client'
/**
 * The switch for the whole installation: nothing new begins
 * while it is thrown, and each schedule keeps its own state.
 */
import { CirclePause, CirclePlay } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { Card, CardBody, CardHeader, CardTitle } from '#components/ui/card.tsx'
import { Dialog, DialogContent, DialogFooter, DialogTrigger } from '#components/ui/dialog.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { Problem, ProblemNote } from '#components/ui/problem.tsx'
import { Skeleton, Waiting } from '#components/ui/skeleton.tsx'
import { Time } from '#components/ui/time.tsx'
import { toast } from '#components/ui/toast.tsx'
import { fieldErrors } from '#lib/client/problem.ts'
import { useChangeScheduler, useScheduler } from '#lib/client/workspaces.ts'
import type { SchedulerState } from '#lib/contract/workspace.ts'

export function PauseEverything() {
  const scheduler = useScheduler()
  return (
    <Card aria-labelledby="pause-everything">
      <CardHeader>
        <CardTitle id="pause-everything">Whole installation</CardTitle>
      </CardHeader>
      <CardBody className="flex flex-wrap items-center justify-between gap-4">
        {scheduler.isPending ? (
          <Waiting className="flex-1">
            <Skeleton className="w-2/3" />
          </Waiting>
        ) : scheduler.error ? (
          <Problem error={scheduler.error} retry={scheduler.refetch} className="w-full py-4" />
        ) : scheduler.data.paused ? (
          <Paused scheduler={scheduler.data} />
        ) : (
          <Running />
        )}
      </CardBody>
    </Card>
  )
}

function Paused({ scheduler }: { scheduler: SchedulerState }) {
  const changing = useChangeScheduler()
  return (
    <>
      <p className="min-w-0 flex-1 basis-64 text-sm text-soft wrap-anywhere">
        Everything is paused
        {scheduler.since && (
          <>
            {' '}
            since <Time at={scheduler.since} />
          </>
        )}
        . {scheduler.reason}
      </p>
      <Button
        variant="primary"
        pending={changing.isPending}
        onClick={() =>
          changing.mutate(
            { paused: false },
            { onError: (error) => toast.error('Still paused', { description: error.message }) },
          )
        }
      >
        <CirclePlay aria-hidden />
        Resume everything
      </Button>
    </>
  )
}

function Running() {
  const [open, setOpen] = useState(false)
  return (
    <>
      <p className="min-w-0 flex-1 basis-64 text-sm text-soft">
        Pausing stops every schedule of every workspace from starting runs. Runs in progress continue, and
        each schedule keeps its own state.
      </p>
      <Dialog open={open} onOpenChange={setOpen}>
        <DialogTrigger
          render={
            <Button>
              <CirclePause aria-hidden />
              Pause everything
            </Button>
          }
        />
        <DialogContent title="Pause everything?" description="Everybody sees the reason until it is resumed.">
          <PauseForm onDone={() => setOpen(false)} />
        </DialogContent>
      </Dialog>
    </>
  )
}

function PauseForm({ onDone }: { onDone(): void }) {
  const changing = useChangeScheduler()
  const wrong = fieldErrors(changing.error)
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const reason = String(new FormData(event.currentTarget).get('reason') ?? '').trim()
    changing.mutate({ paused: true, ...(reason && { reason }) }, { onSuccess: onDone })
  }
  return (
    <form
      onSubmit={submit}
      onChange={() => changing.error && changing.reset()}
      className="flex flex-col gap-4"
      noValidate
    >
      <Field label="Reason" optional error={wrong.reason}>
        <Input name="reason" placeholder="e.g. Maintenance until noon" autoComplete="off" />
      </Field>
      {changing.error && !wrong.reason && <ProblemNote error={changing.error} />}
      <DialogFooter>
        <Button type="submit" variant="danger" pending={changing.isPending}>
          Pause everything
        </Button>
      </DialogFooter>
    </form>
  )
}
