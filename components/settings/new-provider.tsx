'use client'
/** What is needed to ask a model: where, by which key, and which one usually. */
import { type FormEvent, useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { DialogFooter } from '#components/ui/dialog.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'
import { Select } from '#components/ui/select.tsx'
import { Switch } from '#components/ui/switch.tsx'
import { useAddProvider } from '#lib/client/models.ts'
import { fieldErrors } from '#lib/client/problem.ts'
import type { ModelProvider } from '#lib/contract/model.ts'
import { KINDS } from './models.tsx'

type Kind = ModelProvider['kind']
const CHOICES = (Object.keys(KINDS) as Kind[]).map((value) => ({ value, label: KINDS[value] }))
const HINTS: Record<Kind, string> = {
  'openai-compatible': 'With /v1 at its end. Ollama: http://localhost:11434/v1',
  openai: 'Leave it empty for OpenAI itself.',
  anthropic: 'Leave it empty for Anthropic itself.',
}

export default function NewProvider({ slug, onDone }: { slug: string | null; onDone(): void }) {
  const adding = useAddProvider(slug)
  const [kind, setKind] = useState<Kind>('openai-compatible')
  const [allowPrivate, setAllowPrivate] = useState(slug === null)
  const wrong = fieldErrors(adding.error)

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const given = new FormData(event.currentTarget)
    const text = (name: string) => String(given.get(name) ?? '').trim()
    adding.mutate(
      {
        name: text('name'),
        kind,
        baseUrl: text('baseUrl') || null,
        apiKey: text('apiKey') || null,
        defaultModel: text('defaultModel') || null,
        embeddingModel: text('embeddingModel') || null,
        allowPrivate,
      },
      { onSuccess: onDone },
    )
  }
  return (
    <form
      onSubmit={submit}
      onChange={() => adding.error && adding.reset()}
      className="flex flex-col gap-4"
      noValidate
    >
      <Field label="Name" error={wrong.name}>
        <Input name="name" placeholder="e.g. Ollama on the shelf" autoComplete="off" />
      </Field>
      <Field label="Kind" error={wrong.kind}>
        <Select<Kind> value={kind} onValueChange={setKind} options={CHOICES} />
      </Field>
      <Field label="Address" hint={HINTS[kind]} error={wrong.baseUrl} optional={kind !== 'openai-compatible'}>
        <Input name="baseUrl" inputMode="url" autoComplete="off" spellCheck={false} />
      </Field>
      <Field label="Key" hint="Stored encrypted, and never shown again." error={wrong.apiKey} optional>
        <Input name="apiKey" type="password" autoComplete="new-password" />
      </Field>
      <Field label="Usual model" hint="For agents that name none." error={wrong.defaultModel} optional>
        <Input name="defaultModel" placeholder="e.g. llama3.2" autoComplete="off" spellCheck={false} />
      </Field>
      {kind !== 'anthropic' && (
        <Field
          label="Embedding model"
          hint="Lets search find documents by meaning, too. Their text is sent there."
          error={wrong.embeddingModel}
          optional
        >
          <Input
            name="embeddingModel"
            placeholder="e.g. nomic-embed-text"
            autoComplete="off"
            spellCheck={false}
          />
        </Field>
      )}
      {slug === null && (
        <Field
          inline
          label="Allow private addresses"
          hint="On this machine or your own network. Cloud metadata stays blocked."
          error={wrong.allowPrivate}
        >
          <Switch checked={allowPrivate} onCheckedChange={setAllowPrivate} />
        </Field>
      )}
      {adding.error && Object.keys(wrong).length === 0 && <ProblemNote error={adding.error} />}
      <DialogFooter>
        <Button type="submit" variant="primary" pending={adding.isPending}>
          Add it
        </Button>
      </DialogFooter>
    </form>
  )
}
