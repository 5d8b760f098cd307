'use client'
/** The part of a webhook in the form of a schedule: how its calls are signed and answered, and which of them count. */
import { FilterBuilder } from '#components/event/filter-builder.tsx'
import { WebhookFields } from './fields.tsx'
import type { WebhookDraft } from './draft.ts'
import { CALL_EXAMPLES } from './examples.ts'

export function WebhookPart({
  draft,
  errors,
  onChange,
}: {
  draft: WebhookDraft
  errors: Readonly<Record<string, string>>
  onChange(draft: WebhookDraft): void
}) {
  const below = Object.entries(errors).flatMap(([path, it]) =>
    path.startsWith('webhook.') ? [[path.slice('webhook.'.length), it]] : [],
  )
  return (
    <div className="flex flex-col gap-6">
      <WebhookFields
        value={draft.set}
        errors={Object.fromEntries(below)}
        onChange={(set) => onChange({ ...draft, set })}
      />
      <FilterBuilder
        legend="Only if"
        draft={draft.filter}
        examples={CALL_EXAMPLES}
        such="body.order"
        at="webhook.filter"
        errors={errors}
        onChange={(filter) => onChange({ ...draft, filter })}
      />
      <p className="text-sm text-soft">
        Its address and its secret are shown once it is made: whoever calls it is given them.
      </p>
    </div>
  )
}
