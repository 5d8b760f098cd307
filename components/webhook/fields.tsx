'use client'
/** What a webhook is set to, besides its filter: how its calls are signed, and what their senders are answered. */
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { Segmented } from '#components/ui/segmented.tsx'
import { Select } from '#components/ui/select.tsx'
import {
  MOST_WAIT_SECONDS,
  type WebhookConfigInput,
  type WebhookScheme,
} from '#lib/contract/webhook-trigger.ts'

export const SCHEMES: readonly { value: WebhookScheme; label: string; hint: string }[] = [
  {
    value: 'standard',
    label: 'Standard Webhooks',
    hint: 'Signed, with an id and a time. The best where you write the caller.',
  },
  { value: 'github', label: 'GitHub', hint: 'Signed by X-Hub-Signature-256.' },
  { value: 'stripe', label: 'Stripe', hint: 'Signed by Stripe-Signature, with a time.' },
  {
    value: 'token',
    label: 'A bearer token',
    hint: 'For callers that cannot sign: the secret goes with each call.',
  },
]
const ANSWERS = [
  { value: 'accepted', label: 'At once' },
  { value: 'result', label: 'With the result' },
] as const
const PLACES = [
  { value: 'usual', label: 'In the header Idempotency-Key' },
  { value: 'header', label: 'In another header' },
  { value: 'path', label: 'In the call itself' },
] as const
type Place = (typeof PLACES)[number]['value']

export interface WebhookFieldsProps {
  value: WebhookConfigInput
  onChange(next: WebhookConfigInput): void
  /** By the path of the field, below `webhook`. */
  errors?: Readonly<Record<string, string>> | undefined
}

const TIMED: readonly WebhookScheme[] = ['standard', 'stripe']

export function WebhookFields({ value, onChange, errors = {} }: WebhookFieldsProps) {
  const { scheme, toleranceSeconds = 300, respond = 'accepted', waitSeconds = 25 } = value
  const change = (part: Partial<WebhookConfigInput>) => onChange({ ...value, ...part })
  function choose(next: WebhookScheme) {
    const { idFrom: _, ...rest } = value
    onChange(next === 'token' ? { ...value, scheme: next } : { ...rest, scheme: next })
  }
  return (
    <div className="flex flex-col gap-4">
      <Field
        label="How calls are signed"
        hint={SCHEMES.find((it) => it.value === scheme)?.hint}
        error={errors.scheme}
      >
        <Select value={scheme} onValueChange={choose} options={SCHEMES} />
      </Field>
      {TIMED.includes(scheme) && (
        <Whole
          label="Seconds that a signature counts"
          hint="A call that is signed longer ago, or ahead of the clock by more, is refused."
          value={toleranceSeconds}
          onChange={(it) => change({ toleranceSeconds: it })}
          error={errors.toleranceSeconds}
        />
      )}
      {scheme === 'token' && <IdFields value={value} onChange={onChange} errors={errors} />}
      <Field label="The caller is answered" error={errors.respond}>
        <Segmented
          aria-label="The caller is answered"
          value={respond}
          onValueChange={(it) => change({ respond: it })}
          options={ANSWERS}
        />
      </Field>
      {respond === 'result' && (
        <Whole
          label="Seconds that the caller waits at the most"
          hint={`Up to ${MOST_WAIT_SECONDS}. A run that takes longer goes on; the caller is told that it was accepted.`}
          value={waitSeconds}
          onChange={(it) => change({ waitSeconds: it })}
          error={errors.waitSeconds}
        />
      )}
    </div>
  )
}

/** Where the id of a call stands, by which it is known when it comes twice. */
function IdFields({ value, onChange, errors = {} }: WebhookFieldsProps) {
  const { idFrom, ...rest } = value
  const place: Place = !idFrom ? 'usual' : 'header' in idFrom ? 'header' : 'path'
  const choose = (next: Place) =>
    onChange(
      next === 'usual'
        ? rest
        : { ...rest, idFrom: next === 'header' ? { header: 'X-Request-Id' } : { path: 'body.id' } },
    )
  const error = errors.idFrom ?? errors['idFrom.header'] ?? errors['idFrom.path']
  return (
    <>
      <Field
        label="Where the id of a call stands"
        hint="A call that comes twice with one id runs once."
        error={place === 'usual' ? error : undefined}
      >
        <Select value={place} onValueChange={choose} options={PLACES} />
      </Field>
      {idFrom && 'header' in idFrom && (
        <Field label="Header" error={error}>
          <Input
            value={idFrom.header}
            onValueChange={(header) => onChange({ ...rest, idFrom: { header } })}
            autoComplete="off"
          />
        </Field>
      )}
      {idFrom && 'path' in idFrom && (
        <Field label="Path" hint="It begins with headers, query or body, such as body.id." error={error}>
          <Input
            value={idFrom.path}
            onValueChange={(path) => onChange({ ...rest, idFrom: { path } })}
            autoComplete="off"
          />
        </Field>
      )}
    </>
  )
}

function Whole({
  label,
  hint,
  value,
  onChange,
  error,
}: {
  label: string
  hint: string
  value: number
  onChange(value: number): void
  error: string | undefined
}) {
  return (
    <Field label={label} hint={hint} error={error}>
      <Input
        inputMode="numeric"
        className="max-w-32"
        value={Number.isNaN(value) ? '' : String(value)}
        onValueChange={(text) => onChange(Number.parseInt(text, 10))}
      />
    </Field>
  )
}
