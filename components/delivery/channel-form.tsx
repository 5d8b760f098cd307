'use client'
/** Where people are told: what a kind asks for, when it rests, and how much it may say in an hour. */
import { type FormEvent, useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { DialogFooter } from '#components/ui/dialog.tsx'
import { Disclosure } from '#components/ui/disclosure.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'
import { Select } from '#components/ui/select.tsx'
import { ShownOnce } from '#components/ui/shown-once.tsx'
import { Switch } from '#components/ui/switch.tsx'
import { Textarea } from '#components/ui/textarea.tsx'
import { useZone } from '#components/ui/time.tsx'
import { useAddChannel, useChangeChannel } from '#lib/client/channels.ts'
import { fieldErrors } from '#lib/client/problem.ts'
import type { Channel, ChannelKindName } from '#lib/contract/delivery.ts'
import {
  aboutKind,
  type ChannelField,
  configOf,
  type Draft,
  draftOf,
  KIND_OPTIONS,
  KINDS,
} from './channel-fields.ts'
import { type Pace, paceInWords, paceOf } from './words.ts'

type Typed = Record<keyof Pace, string>
const typedOf = (it: Channel | null, zone: string | null): Typed => ({
  ...paceOf(it, zone),
  maxPerHour: String(it?.maxPerHour ?? 20),
})
const settingsOf = ({ from, to, timezone, digestAt, maxPerHour }: Typed) => ({
  quietHours: from === '' && to === '' ? null : { from, to, timezone },
  digestAt: digestAt || null,
  maxPerHour: Number(maxPerHour),
})

/** `slug` null: a person's own. `channel` null: a new one. */
export default function ChannelForm({
  slug,
  channel,
  onDone,
}: {
  slug: string | null
  channel: Channel | null
  onDone(): void
}) {
  const adding = useAddChannel(slug)
  const changing = useChangeChannel(slug, channel?.id ?? 0)
  const [kind, setKind] = useState<ChannelKindName>(channel?.kind ?? 'email')
  const [name, setName] = useState(channel?.name ?? '')
  const [enabled, setEnabled] = useState(channel?.enabled ?? true)
  const [draft, setDraft] = useState<Draft>(() => draftOf(channel))
  const zone = useZone()
  const [given, setPace] = useState<Partial<Typed>>({})
  const pace = { ...typedOf(channel, zone), ...given }
  const error = adding.error ?? changing.error
  const wrong = fieldErrors(error)
  const secret = adding.data?.secret ?? changing.data?.secret
  if (secret !== undefined)
    return (
      <ShownOnce text={secret} label="Secret">
        The webhook is signed with it. Your receiver needs it, and it is not shown again.
      </ShownOnce>
    )

  function submit(event: FormEvent) {
    event.preventDefault()
    const body = { name, config: configOf(kind, draft), ...settingsOf(pace) }
    const onSuccess = (answer: { secret?: string | undefined }) => answer.secret === undefined && onDone()
    if (channel) changing.mutate({ ...body, enabled }, { onSuccess })
    else adding.mutate({ ...body, kind }, { onSuccess })
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4" noValidate>
      {channel === null && (
        <Field label="Kind" error={wrong.kind}>
          <Select value={kind} onValueChange={setKind} options={KIND_OPTIONS} />
        </Field>
      )}
      <p className="text-sm text-faint">{aboutKind(kind, slug === null)}</p>
      <Field label="Name" error={wrong.name}>
        <Input value={name} onValueChange={setName} placeholder="e.g. On call" autoComplete="off" />
      </Field>
      {KINDS[kind].fields.map((it) => (
        <ConfigField
          key={it.name}
          field={it}
          value={draft[it.name] ?? ''}
          error={errorOf(wrong, it.name)}
          onChange={(value) => setDraft((before) => ({ ...before, [it.name]: value }))}
        />
      ))}
      {channel && (
        <Field inline label="On" hint={channel.problem ?? 'When it is off, nothing is sent there.'}>
          <Switch checked={enabled} onCheckedChange={setEnabled} />
        </Field>
      )}
      <PaceFields
        pace={pace}
        change={(part) => setPace((before) => ({ ...before, ...part }))}
        wrong={wrong}
      />
      {error && isElsewhere(wrong, kind) && <ProblemNote error={error} />}
      <DialogFooter>
        <Button type="submit" variant="primary" pending={adding.isPending || changing.isPending}>
          {channel ? 'Save' : 'Add it'}
        </Button>
      </DialogFooter>
    </form>
  )
}

/** What is wrong stands at no field. */
const isElsewhere = (wrong: Record<string, string>, kind: ChannelKindName) => {
  const fields = KINDS[kind].fields.map((it) => `config.${it.name}`)
  const shown = [...fields, 'name', 'kind', 'quietHours', 'digestAt', 'maxPerHour']
  const isShown = (path: string) => shown.some((it) => path === it || path.startsWith(`${it}.`))
  return !Object.keys(wrong).some(isShown)
}

/** What is wrong with one of a list stands at the list. */
const errorOf = (wrong: Record<string, string>, name: string) =>
  Object.entries(wrong).find(([path]) => path === `config.${name}` || path.startsWith(`config.${name}.`))?.[1]

function ConfigField({
  field: { label, type, hint, placeholder, optional = false },
  value,
  error,
  onChange,
}: {
  field: ChannelField
  value: string
  error: string | undefined
  onChange(value: string): void
}) {
  const common = { label, optional, ...(hint && { hint }), ...(error && { error }) }
  if (type === 'switch')
    return (
      <Field inline {...common}>
        <Switch checked={value === 'true'} onCheckedChange={(on) => onChange(on ? 'true' : '')} />
      </Field>
    )
  if (type === 'list' || type === 'secrets')
    return (
      <Field {...common}>
        <Textarea
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
          placeholder={placeholder}
          spellCheck={false}
          className="min-h-16"
        />
      </Field>
    )
  return (
    <Field {...common}>
      <Input
        value={value}
        onValueChange={onChange}
        type={type === 'secret' ? 'password' : 'text'}
        inputMode={type === 'number' ? 'numeric' : undefined}
        placeholder={placeholder}
        autoComplete={type === 'secret' ? 'new-password' : 'off'}
        spellCheck={false}
      />
    </Field>
  )
}

function PaceFields({
  pace,
  change,
  wrong,
}: {
  pace: Typed
  change(part: Partial<Typed>): void
  wrong: Record<string, string>
}) {
  return (
    <Disclosure
      title="When, and how much"
      aside={paceInWords({ ...pace, maxPerHour: Number(pace.maxPerHour) }, useZone())}
    >
      <div className="flex flex-col gap-4 pt-2">
        <div className="grid gap-4 sm:grid-cols-3">
          <Field label="Quiet from" error={wrong['quietHours.from']} optional>
            <Input value={pace.from} onValueChange={(from) => change({ from })} placeholder="22:00" />
          </Field>
          <Field label="Quiet until" error={wrong['quietHours.to']} optional>
            <Input value={pace.to} onValueChange={(to) => change({ to })} placeholder="07:00" />
          </Field>
          <Field label="Time zone" error={wrong['quietHours.timezone']}>
            <Input value={pace.timezone} onValueChange={(timezone) => change({ timezone })} />
          </Field>
        </div>
        <Field
          label="Digest at"
          hint="Messages are collected and sent together at this time. Leave it empty to send each one at once."
          error={wrong.digestAt}
          optional
        >
          <Input
            value={pace.digestAt}
            onValueChange={(digestAt) => change({ digestAt })}
            placeholder="08:00"
          />
        </Field>
        <Field
          label="Messages an hour at most"
          hint="Any more are held and sent as one message."
          error={wrong.maxPerHour}
        >
          <Input
            value={pace.maxPerHour}
            onValueChange={(maxPerHour) => change({ maxPerHour })}
            inputMode="numeric"
          />
        </Field>
      </div>
    </Disclosure>
  )
}
