'use client'
/** What is needed to look at a source of events; a password that is left empty stays. */
import { type FormEvent, useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { DialogFooter } from '#components/ui/dialog.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'
import { Segmented } from '#components/ui/segmented.tsx'
import { Switch } from '#components/ui/switch.tsx'
import { fieldErrors } from '#lib/client/problem.ts'
import { useSaveSource } from '#lib/client/sources.ts'
import type { Source, SourceKind } from '#lib/contract/source.ts'
import { bodyOf, type KnownConfig } from './source-body.ts'

const KINDS = [
  { value: 'imap', label: 'A mailbox' },
  { value: 'feed', label: 'A feed' },
  { value: 'folder', label: 'A folder' },
] as const

/** `source` null: a new one. */
export default function SourceForm({
  slug,
  source,
  onDone,
}: {
  slug: string
  source: Source | null
  onDone(): void
}) {
  const saving = useSaveSource(slug, source?.id ?? null)
  const known = (source?.config ?? {}) as KnownConfig
  const [kind, setKind] = useState<SourceKind>(source?.kind ?? 'imap')
  const [secure, setSecure] = useState(known.secure ?? true)
  const wrong = byField(fieldErrors(saving.error))

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const given = new FormData(event.currentTarget)
    const text = (name: string) => String(given.get(name) ?? '').trim()
    saving.mutate(bodyOf(kind, text, { secure, known }), { onSuccess: onDone })
  }
  return (
    <form
      onSubmit={submit}
      onChange={() => saving.error && saving.reset()}
      className="flex flex-col gap-4"
      noValidate
    >
      <Field label="Name" error={wrong.name}>
        <Input name="name" defaultValue={source?.name} placeholder="e.g. Invoices" autoComplete="off" />
      </Field>
      {source === null && (
        <Segmented
          aria-label="What is looked at"
          value={kind}
          onValueChange={(next) => setKind(next)}
          options={KINDS}
        />
      )}
      {kind === 'imap' && <Mailbox known={known} wrong={wrong} secure={secure} setSecure={setSecure} />}
      {kind === 'feed' && (
        <Field label="Address" hint="RSS, Atom, RDF or JSON." error={wrong.url}>
          <Input
            name="url"
            inputMode="url"
            defaultValue={known.url}
            placeholder="https://example.com/feed.xml"
            autoComplete="off"
            spellCheck={false}
          />
        </Field>
      )}
      {kind === 'folder' && (
        <Field
          label="Folder"
          hint="Its full path on the server, below one that DOCUMENT_FOLDERS opens."
          error={wrong.path}
        >
          <Input
            name="path"
            defaultValue={known.path}
            placeholder="/srv/documents"
            autoComplete="off"
            spellCheck={false}
          />
        </Field>
      )}
      <Field
        label="Check every … seconds"
        hint={
          kind === 'feed'
            ? 'At least 60.'
            : 'At least 60. Sources that report news themselves are checked sooner.'
        }
        error={wrong.everySeconds}
      >
        <Input
          name="everySeconds"
          type="number"
          inputMode="numeric"
          min={60}
          defaultValue={source?.everySeconds ?? 300}
        />
      </Field>
      {saving.error && Object.keys(wrong).length === 0 && <ProblemNote error={saving.error} />}
      <DialogFooter>
        <Button type="submit" variant="primary" pending={saving.isPending}>
          {source ? 'Save' : 'Add it'}
        </Button>
      </DialogFooter>
    </form>
  )
}

/** A field of the configuration stands by its own name. */
const byField = (errors: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(errors).map(([path, words]) => [path.replace(/^config\./, '').split('.')[0], words]),
  )

function Mailbox({
  known,
  wrong,
  secure,
  setSecure,
}: {
  known: KnownConfig
  wrong: Record<string, string>
  secure: boolean
  setSecure(secure: boolean): void
}) {
  const line = { autoComplete: 'off', spellCheck: false } as const
  return (
    <>
      <Field label="Server" error={wrong.host}>
        <Input name="host" defaultValue={known.host} placeholder="imap.example.com" {...line} />
      </Field>
      <Field label="Port" hint={`${secure ? 993 : 143} if left empty.`} error={wrong.port} optional>
        <Input name="port" type="number" inputMode="numeric" min={1} max={65_535} defaultValue={known.port} />
      </Field>
      <Field inline label="TLS from the start" hint="When it is off, STARTTLS is used." error={wrong.secure}>
        <Switch checked={secure} onCheckedChange={setSecure} />
      </Field>
      <Field label="User" error={wrong.user}>
        <Input name="user" defaultValue={known.user} placeholder="ada@example.com" {...line} />
      </Field>
      <Field
        label="Password"
        hint={`${known.password ? 'Leave it empty to keep the current one.' : 'Stored encrypted, and never shown again.'} secret:NAME stands for a secret of this workspace.`}
        error={wrong.password}
      >
        <Input name="password" type="password" autoComplete="new-password" />
      </Field>
      <Field
        label="Folders"
        hint="Separated by commas. New mail in the first one is noticed at once, if the server supports it."
        error={wrong.folders}
      >
        <Input name="folders" defaultValue={known.folders?.join(', ') ?? 'INBOX'} {...line} />
      </Field>
      <Field
        label="Trusted mail server"
        hint="The name that comes first in the Authentication-Results header of your mail. Without it, no sender counts as verified."
        error={wrong.authServer}
        optional
      >
        <Input name="authServer" defaultValue={known.authServer} placeholder="mx.example.com" {...line} />
      </Field>
    </>
  )
}
