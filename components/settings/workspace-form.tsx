'use client'
import { type FormEvent, useState } from 'react'
import { ZonePicker } from '#components/schedule/zone-picker.tsx'
import { Button } from '#components/ui/button.tsx'
import { Card, CardBody, CardFooter, CardHeader, CardTitle } from '#components/ui/card.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { Problem, ProblemNote } from '#components/ui/problem.tsx'
import { Skeleton, Waiting } from '#components/ui/skeleton.tsx'
import { toast } from '#components/ui/toast.tsx'
import { fieldErrors } from '#lib/client/problem.ts'
import { useChangeWorkspace, useWorkspace } from '#lib/client/workspaces.ts'
import type { Workspace } from '#lib/contract/workspace.ts'

export function WorkspaceForm({ slug, known, may }: { slug: string; known: Workspace; may: boolean }) {
  const workspace = useWorkspace(slug, known)
  return (
    <Card aria-labelledby="workspace-settings">
      <CardHeader>
        <CardTitle id="workspace-settings">Workspace</CardTitle>
      </CardHeader>
      {workspace.isPending ? (
        <CardBody>
          <Waiting className="flex flex-col gap-4">
            <Skeleton className="h-9" />
            <Skeleton className="h-9" />
          </Waiting>
        </CardBody>
      ) : workspace.error ? (
        <Problem error={workspace.error} retry={workspace.refetch} />
      ) : (
        <Form slug={slug} workspace={workspace.data} may={may} />
      )}
    </Card>
  )
}

/** Empty means: no limit of its own. What is no number is left to the server to judge, in words. */
const limit = (text: string) => (text.trim() === '' ? null : Number(text))

function Form({ slug, workspace, may }: { slug: string; workspace: Workspace; may: boolean }) {
  const changing = useChangeWorkspace(slug)
  const wrong = fieldErrors(changing.error)
  const [timezone, setTimezone] = useState(workspace.timezone)
  function choose(zone: string) {
    setTimezone(zone)
    if (changing.error) changing.reset()
  }

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const given = new FormData(event.currentTarget)
    const text = (name: string) => String(given.get(name) ?? '')
    changing.mutate(
      {
        name: text('name'),
        retentionDays: limit(text('retentionDays')),
        maxConcurrent: limit(text('maxConcurrent')),
        timezone,
      },
      { onSuccess: () => toast.success('Saved') },
    )
  }

  return (
    <form onSubmit={submit} onChange={() => changing.error && changing.reset()} noValidate>
      <CardBody className="grid gap-5 sm:grid-cols-2">
        <Field label="Name" error={wrong.name} className="sm:col-span-2">
          <Input name="name" defaultValue={workspace.name} disabled={!may} autoComplete="off" />
        </Field>
        <Field label="Keep runs for" hint="In days. Empty means for ever." error={wrong.retentionDays}>
          <Input
            name="retentionDays"
            type="number"
            inputMode="numeric"
            min={1}
            max={3650}
            defaultValue={workspace.retentionDays ?? ''}
            placeholder="for ever"
            disabled={!may}
          />
        </Field>
        <Field
          label="Runs at the same time"
          hint="Empty means as many as the installation allows."
          error={wrong.maxConcurrent}
        >
          <Input
            name="maxConcurrent"
            type="number"
            inputMode="numeric"
            min={1}
            max={10_000}
            defaultValue={workspace.maxConcurrent ?? ''}
            placeholder="no own limit"
            disabled={!may}
          />
        </Field>
        <ZonePicker
          value={timezone}
          onChange={choose}
          hint="Budgets count its days and months."
          error={wrong.timezone}
          disabled={!may}
        />
        {changing.error && Object.keys(wrong).length === 0 && (
          <ProblemNote error={changing.error} className="sm:col-span-2" />
        )}
      </CardBody>
      {may && (
        <CardFooter>
          <Button type="submit" variant="primary" pending={changing.isPending}>
            Save
          </Button>
        </CardFooter>
      )}
    </form>
  )
}
