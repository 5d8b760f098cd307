'use client'
/** One rule: which channel hears of what, of which schedules, and how often. */
import { type FormEvent, useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { Choice } from '#components/ui/choice.tsx'
import { DialogFooter } from '#components/ui/dialog.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'
import { Segmented } from '#components/ui/segmented.tsx'
import { Select } from '#components/ui/select.tsx'
import { fieldErrors } from '#lib/client/problem.ts'
import { useSchedules } from '#lib/client/schedules.ts'
import { useRules, useSaveRule } from '#lib/client/telling.ts'
import { type Repeat, type Rule, TELLABLE, type Tellable } from '#lib/contract/delivery.ts'
import { TOLD } from './words.ts'

const REPEATS = [
  { value: 'once', label: 'Once' },
  { value: 'every', label: 'Each time' },
] as const

/** `rule` null: a new one. */
export default function RuleForm({
  slug,
  rule,
  onDone,
}: {
  slug: string
  rule: Rule | null
  onDone(): void
}) {
  const saving = useSaveRule(slug, rule?.id ?? null)
  const channels = useRules(slug).data?.channels ?? []
  const [channelId, setChannelId] = useState<string | null>(rule ? String(rule.channelId) : null)
  const [on, setOn] = useState<readonly Tellable[]>(rule?.on ?? ['failure', 'recovery', 'disabled'])
  const [triggerIds, setTriggerIds] = useState<readonly number[]>(rule?.triggerIds ?? [])
  const [repeat, setRepeat] = useState(rule?.repeat ?? 'once')
  const [afterFailures, setAfterFailures] = useState(String(rule?.afterFailures ?? 1))
  const [recoverAfter, setRecoverAfter] = useState(String(rule?.recoverAfter ?? 1))
  const wrong = fieldErrors(saving.error)
  const chosen = channelId ?? (channels[0] ? String(channels[0].id) : null)

  function submit(event: FormEvent) {
    event.preventDefault()
    const counts = { afterFailures: Number(afterFailures), recoverAfter: Number(recoverAfter) }
    const of = { triggerIds: triggerIds.length > 0 ? [...triggerIds] : null, on: [...on] }
    saving.mutate({ channelId: Number(chosen), repeat, ...of, ...counts }, { onSuccess: onDone })
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4" noValidate>
      <Field label="Channel" error={wrong.channelId}>
        <Select
          value={chosen}
          onValueChange={setChannelId}
          options={channels.map((it) => ({
            value: String(it.id),
            label: it.own ? `${it.name} (your own)` : it.name,
          }))}
        />
      </Field>
      <Many label="Notify when" error={wrong.on}>
        {TELLABLE.map((it) => (
          <Choice key={it} checked={on.includes(it)} onChange={(add) => setOn(toggled(on, it, add))}>
            {TOLD[it]}
          </Choice>
        ))}
      </Many>
      {on.includes('failure') && (
        <div className="grid gap-4 sm:grid-cols-2">
          <Field
            label="Starting with failure number"
            hint="Failures for the same reason are counted."
            error={wrong.afterFailures}
          >
            <Input value={afterFailures} onValueChange={setAfterFailures} inputMode="numeric" />
          </Field>
          <Field label="While it keeps failing" hint="Each time: until somebody acknowledges it.">
            <Segmented<Repeat>
              aria-label="While it keeps failing"
              value={repeat}
              onValueChange={setRepeat}
              options={REPEATS}
            />
          </Field>
        </div>
      )}
      {on.includes('recovery') && (
        <Field
          label="Successes in a row until it counts as working again"
          hint="Two or three spare you messages about a schedule that fails now and then."
          error={wrong.recoverAfter}
        >
          <Input value={recoverAfter} onValueChange={setRecoverAfter} inputMode="numeric" />
        </Field>
      )}
      <OfSchedules slug={slug} chosen={triggerIds} change={setTriggerIds} error={wrong.triggerIds} />
      {saving.error && Object.keys(wrong).length === 0 && <ProblemNote error={saving.error} />}
      <DialogFooter>
        <Button type="submit" variant="primary" pending={saving.isPending}>
          {rule ? 'Save' : 'Add it'}
        </Button>
      </DialogFooter>
    </form>
  )
}

const toggled = <Item,>(list: readonly Item[], it: Item, add: boolean) =>
  add ? [...list, it] : list.filter((one) => one !== it)

function Many({
  label,
  error,
  children,
}: {
  label: string
  error?: string | undefined
  children: React.ReactNode
}) {
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1.5 text-sm font-medium">{label}</legend>
      {children}
      {error && <p className="text-sm text-bad">{error}</p>}
    </fieldset>
  )
}

function OfSchedules({
  slug,
  chosen,
  change,
  error,
}: {
  slug: string
  chosen: readonly number[]
  change(ids: readonly number[]): void
  error: string | undefined
}) {
  const schedules = useSchedules(slug).data ?? []
  const [some, setSome] = useState(chosen.length > 0)
  return (
    <Many label="For which schedules" error={error}>
      <Choice
        checked={!some}
        onChange={(all) => {
          setSome(!all)
          if (all) change([])
        }}
      >
        All of them, including new ones
      </Choice>
      {some &&
        schedules.map((it) => (
          <Choice
            key={it.id}
            checked={chosen.includes(it.id)}
            onChange={(add) => change(toggled(chosen, it.id, add))}
          >
            {it.name}
          </Choice>
        ))}
    </Many>
  )
}
