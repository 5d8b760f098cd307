'use client'
import type { FormEvent } from 'react'
import { Button } from '#components/ui/button.tsx'
import { Card, CardBody, CardFooter, CardHeader, CardTitle } from '#components/ui/card.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'
import { toast } from '#components/ui/toast.tsx'
import { fieldErrors } from '#lib/client/problem.ts'
import { useChangeMe } from '#lib/client/profile.ts'
import type { Me } from '#lib/contract/workspace.ts'

export function NameForm({ me }: { me: Me }) {
  const changing = useChangeMe()
  const wrong = fieldErrors(changing.error)
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const name = String(new FormData(event.currentTarget).get('name') ?? '')
    changing.mutate({ name }, { onSuccess: () => toast.success('Saved') })
  }
  return (
    <Card aria-labelledby="who">
      <CardHeader>
        <CardTitle id="who">You</CardTitle>
      </CardHeader>
      <form onSubmit={submit} onChange={() => changing.error && changing.reset()} noValidate>
        <CardBody className="grid gap-5 sm:grid-cols-2">
          <Field label="Name" hint="Others see it beside what you write." error={wrong.name}>
            <Input name="name" defaultValue={me.name} autoComplete="name" />
          </Field>
          <Field label="E-mail" hint="You sign in with it. An administrator can give you another account.">
            <Input value={me.email ?? ''} readOnly disabled />
          </Field>
          {changing.error && !wrong.name && <ProblemNote error={changing.error} className="sm:col-span-2" />}
        </CardBody>
        <CardFooter>
          <Button type="submit" variant="primary" pending={changing.isPending}>
            Save
          </Button>
        </CardFooter>
      </form>
    </Card>
  )
}
