'use client'
/** What is needed to reach a server of tools; what is confidential stays masked, and a mask that is left stays. */
import { type FormEvent, useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { DialogFooter } from '#components/ui/dialog.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'
import { Segmented } from '#components/ui/segmented.tsx'
import { Switch } from '#components/ui/switch.tsx'
import { Textarea } from '#components/ui/textarea.tsx'
import { useSaveMcpServer } from '#lib/client/mcp.ts'
import { fieldErrors } from '#lib/client/problem.ts'
import type { McpServer } from '#lib/contract/mcp.ts'
import { commandLine } from './command-line.ts'
import { bodyOf, draftOf, linesOf, type McpDraft } from './mcp-draft.ts'

const TRANSPORTS = [
  { value: 'http', label: 'An address' },
  { value: 'stdio', label: 'A command' },
] as const

/** `server` null: a new one. */
export default function McpForm({
  slug,
  server,
  onDone,
}: {
  slug: string
  server: McpServer | null
  onDone(): void
}) {
  const saving = useSaveMcpServer(slug, server?.id ?? null)
  const [draft, setDraft] = useState(() => draftOf(server))
  const [local, setLocal] = useState<Record<string, string>>({})
  const wrong = { ...byField(fieldErrors(saving.error)), ...local }
  const change = (part: Partial<McpDraft>) => {
    setDraft((before) => ({ ...before, ...part }))
    setLocal({})
    if (saving.error) saving.reset()
  }

  function submit(event: FormEvent) {
    event.preventDefault()
    const { body, errors } = bodyOf(draft, server)
    setLocal(errors)
    if (Object.keys(errors).length === 0) saving.mutate(body, { onSuccess: onDone })
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4" noValidate>
      <Field
        label="Name"
        hint={server ? `Its tools are named ${server.slug}.…` : 'The names of its tools begin with it.'}
        error={wrong.name}
      >
        <Input
          value={draft.name}
          onValueChange={(name) => change({ name })}
          placeholder="e.g. Issues"
          autoComplete="off"
        />
      </Field>
      {server === null && (
        <Segmented
          aria-label="How it is reached"
          value={draft.transport}
          onValueChange={(transport) => change({ transport })}
          options={TRANSPORTS}
        />
      )}
      {draft.transport === 'http' ? (
        <OverHttp draft={draft} change={change} wrong={wrong} isNew={server === null} />
      ) : (
        <AsCommand draft={draft} change={change} wrong={wrong} />
      )}
      {server && (
        <Field inline label="On" hint="When it is off, no agent gets its tools." error={wrong.enabled}>
          <Switch checked={draft.enabled} onCheckedChange={(enabled) => change({ enabled })} />
        </Field>
      )}
      {saving.error && Object.keys(wrong).length === 0 && <ProblemNote error={saving.error} />}
      <DialogFooter>
        <Button type="submit" variant="primary" pending={saving.isPending}>
          {server ? 'Save' : 'Add it'}
        </Button>
      </DialogFooter>
    </form>
  )
}

/** What is wrong with one header stands at the headers. */
const byField = (errors: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(errors).map(([path, words]) => {
      const [field = path, ...inner] = path.split('.')
      return [field, inner.length > 0 ? `${inner.join('.')} ${words}` : words]
    }),
  )

interface Part {
  draft: McpDraft
  change(part: Partial<McpDraft>): void
  wrong: Record<string, string>
}
const NAMED = 'secret:NAME stands for a secret of this workspace.'

function OverHttp({ draft, change, wrong, isNew }: Part & { isNew: boolean }) {
  return (
    <>
      <Field label="Address" error={wrong.url} hint="Of its Streamable HTTP endpoint.">
        <Input
          value={draft.url}
          onValueChange={(url) => change({ url })}
          inputMode="url"
          placeholder="https://mcp.example.com/mcp"
          autoComplete="off"
          spellCheck={false}
        />
      </Field>
      {isNew && (
        <Field
          label="Token"
          hint="Sent as “Authorization: Bearer …”. Stored encrypted, and never shown again."
          optional
        >
          <Input
            value={draft.token}
            onValueChange={(token) => change({ token })}
            type="password"
            autoComplete="new-password"
          />
        </Field>
      )}
      <Field
        label="Headers"
        hint={`One on each line, such as X-Key: abc. ${NAMED}`}
        error={wrong.headers}
        optional
      >
        <Textarea
          value={draft.headers}
          onChange={(event) => change({ headers: event.currentTarget.value })}
          spellCheck={false}
          className="min-h-16 font-mono"
        />
      </Field>
    </>
  )
}

function AsCommand({ draft, change, wrong }: Part) {
  return (
    <>
      <Field
        label="Command"
        hint="Started on the server for each run of an agent, and ended with it. Only if ALLOW_MCP_STDIO is set there."
        error={wrong.command}
      >
        <Input
          value={draft.command}
          onValueChange={(command) => change({ command })}
          placeholder="e.g. /usr/bin/node"
          autoComplete="off"
          spellCheck={false}
        />
      </Field>
      <Field label="Arguments" hint="One on each line." error={wrong.args} optional>
        <Textarea
          value={draft.args}
          onChange={(event) => change({ args: event.currentTarget.value })}
          spellCheck={false}
          className="min-h-16 font-mono"
        />
      </Field>
      <Field
        label="Environment"
        hint={`One NAME=value on each line; nothing else is in it, not even PATH. ${NAMED}`}
        error={wrong.env}
        optional
      >
        <Textarea
          value={draft.env}
          onChange={(event) => change({ env: event.currentTarget.value })}
          spellCheck={false}
          className="min-h-16 font-mono"
        />
      </Field>
      {draft.command.trim() !== '' && (
        <p className="text-sm text-soft">
          This is run:{' '}
          <code className="font-mono wrap-anywhere">
            {commandLine(draft.command.trim(), linesOf(draft.args))}
          </code>
        </p>
      )}
    </>
  )
}
