'use client'
/** What is needed to have a server send mail; a password that is left empty stays. */
import { type FormEvent, useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { DialogFooter } from '#components/ui/dialog.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'
import { Switch } from '#components/ui/switch.tsx'
import { useSaveMail } from '#lib/client/mail.ts'
import { fieldErrors } from '#lib/client/problem.ts'
import type { MailSettings } from '#lib/contract/mail.ts'

export default function MailForm({
  slug,
  settings,
  onDone,
}: {
  slug: string | null
  settings: MailSettings | null
  onDone(): void
}) {
  const saving = useSaveMail(slug)
  const [secure, setSecure] = useState(settings?.secure ?? false)
  const wrong = fieldErrors(saving.error)

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const given = new FormData(event.currentTarget)
    const text = (name: string) => String(given.get(name) ?? '').trim()
    const password = String(given.get('password') ?? '')
    saving.mutate(
      {
        host: text('host'),
        ...(text('port') !== '' && { port: Number(text('port')) }),
        secure,
        user: text('user') || null,
        from: text('from'),
        ...(password !== '' && { password }),
      },
      { onSuccess: onDone },
    )
  }
  return (
    <form
      onSubmit={submit}
      onChange={() => saving.error && saving.reset()}
      className="flex flex-col gap-4"
      noValidate
    >
      <Field label="Server" error={wrong.host}>
        <Input
          name="host"
          defaultValue={settings?.host}
          placeholder="e.g. mail.example.com"
          autoComplete="off"
          spellCheck={false}
        />
      </Field>
      <Field label="Port" hint={`${secure ? 465 : 587} if left empty.`} error={wrong.port} optional>
        <Input
          name="port"
          type="number"
          inputMode="numeric"
          min={1}
          max={65535}
          defaultValue={settings?.port}
        />
      </Field>
      <Field
        inline
        label="TLS from the start"
        hint="When it is off, STARTTLS is used, as most servers expect on port 587."
        error={wrong.secure}
      >
        <Switch checked={secure} onCheckedChange={setSecure} />
      </Field>
      <Field label="From" hint="The sender that people see." error={wrong.from}>
        <Input
          name="from"
          defaultValue={settings?.from}
          placeholder="Carillon <carillon@example.com>"
          autoComplete="off"
          spellCheck={false}
        />
      </Field>
      <Field label="User" hint="Leave it empty if the server needs none." error={wrong.user} optional>
        <Input name="user" defaultValue={settings?.user ?? ''} autoComplete="off" spellCheck={false} />
      </Field>
      <Field
        label="Password"
        hint={
          settings?.hasPassword
            ? 'Leave it empty to keep the current one.'
            : 'Stored encrypted, and never shown again.'
        }
        error={wrong.password}
        optional
      >
        <Input name="password" type="password" autoComplete="new-password" />
      </Field>
      {saving.error && Object.keys(wrong).length === 0 && <ProblemNote error={saving.error} />}
      <DialogFooter>
        <Button type="submit" variant="primary" pending={saving.isPending}>
          Save
        </Button>
      </DialogFooter>
    </form>
  )
}
