'use client'
/** Who decides what a schedule's runs ask for, by when, and what becomes of it otherwise. */
import { Choice } from '#components/ui/choice.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { Select } from '#components/ui/select.tsx'
import type { ApprovalDraft } from './draft.ts'

const ROLES = [
  { value: 'editor', label: 'Editors and admins' },
  { value: 'admin', label: 'Admins only' },
] as const
const ENDS = [
  { value: 'fail', label: 'The run fails' },
  { value: 'reject', label: 'It goes on without it' },
] as const

export function Approvals({
  draft,
  error,
  onChange,
}: {
  draft: ApprovalDraft
  error: string | undefined
  onChange(draft: ApprovalDraft): void
}) {
  const change = (part: Partial<ApprovalDraft>) => onChange({ ...draft, ...part })
  return (
    <fieldset className="mt-6 flex flex-col gap-5 border-t border-line pt-5">
      <legend className="sr-only">Approvals</legend>
      <p className="text-sm text-soft">
        Agents that ask before they act: who decides, and what happens when nobody does.
      </p>
      <div className="grid gap-x-6 gap-y-5 sm:grid-cols-2">
        <Field label="Decided by">
          <Select value={draft.role} options={ROLES} onValueChange={(role) => change({ role })} />
        </Field>
        <Field label="Expires after" error={error}>
          <span className="flex items-center gap-2">
            <Input
              inputMode="decimal"
              className="w-28"
              value={draft.hours}
              autoComplete="off"
              onValueChange={(hours) => change({ hours })}
            />
            <span className="text-sm text-soft">hours</span>
          </span>
        </Field>
        <Field label="If nobody decides">
          <Select value={draft.onExpiry} options={ENDS} onValueChange={(onExpiry) => change({ onExpiry })} />
        </Field>
      </div>
      <Choice checked={draft.requireOther} onChange={(requireOther) => change({ requireOther })}>
        <span className="text-sm">
          Another person decides than whoever made or last changed the schedule or its agent
        </span>
      </Choice>
      <Choice checked={draft.holdSlot} onChange={(holdSlot) => change({ holdSlot })}>
        <span className="text-sm">No other run begins while one waits</span>
      </Choice>
    </fieldset>
  )
}
