'use client'
/** A calendar: its days as they are typed or pasted, or the address that they are read from. */
import { useRef, useState } from 'react'
import { ChangeList } from '#components/revision/change-list.tsx'
import { Outdated } from '#components/revision/outdated.tsx'
import { Button } from '#components/ui/button.tsx'
import { DialogFooter } from '#components/ui/dialog.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'
import { Segmented } from '#components/ui/segmented.tsx'
import { Textarea } from '#components/ui/textarea.tsx'
import { useSaveCalendar } from '#lib/client/calendars.ts'
import { fieldErrors, meanwhileIn } from '#lib/client/problem.ts'
import type { Calendar } from '#lib/contract/calendar.ts'
import { daysTyped } from './typed-days.ts'
import { changesOf } from './changes.ts'

const WAYS = [
  { value: 'dates', label: 'Days' },
  { value: 'icsUrl', label: 'An address' },
] as const
type Way = (typeof WAYS)[number]['value']

interface FormProps {
  slug: string
  /** Null: a new one. */
  calendar: Calendar | null
  onDone(): void
}

/** As it was when the form was opened: the list goes on meanwhile. */
export default function CalendarForm({ calendar: newest, ...props }: FormProps) {
  const [calendar, take] = useState(newest)
  return <Form key={calendar?.revision} {...{ ...props, calendar, newest, take }} />
}

function Form({
  slug,
  calendar,
  newest,
  take,
  onDone,
}: FormProps & { newest: Calendar | null; take(newest: Calendar): void }) {
  const saving = useSaveCalendar(slug, calendar)
  const meanwhile = meanwhileIn(saving.error)
  const isRead = newest !== null && meanwhile !== null && newest.revision >= meanwhile.revision
  const form = useRef<HTMLFormElement>(null)
  const [way, setWay] = useState<Way>(calendar?.icsUrl ? 'icsUrl' : 'dates')
  const [local, setLocal] = useState<Record<string, string>>({})
  const wrong = { ...byField(fieldErrors(saving.error)), ...local }

  /** `over`: the revision that was shown, where it is not the one that was opened. */
  function save(it: HTMLFormElement, over?: number) {
    const given = new FormData(it)
    const name = String(given.get('name') ?? '').trim()
    const typed = daysTyped(String(given.get('dates') ?? ''))
    if (way === 'dates' && typed.problem !== null) return setLocal({ dates: typed.problem })
    const url = String(given.get('icsUrl') ?? '').trim()
    const seen = over === undefined ? {} : { revision: over }
    saving.mutate(
      // An address that is left empty stays.
      way === 'dates'
        ? { name, dates: typed.dates, ...seen }
        : { name, icsUrl: url || calendar?.icsUrl || '', ...seen },
      { onSuccess: onDone },
    )
  }
  return (
    <form
      ref={form}
      onSubmit={(event) => {
        event.preventDefault()
        save(event.currentTarget)
      }}
      onChange={() => {
        setLocal({})
        if (saving.error && !meanwhile) saving.reset()
      }}
      className="flex flex-col gap-4"
      noValidate
    >
      <Field label="Name" error={wrong.name}>
        <Input
          name="name"
          defaultValue={calendar?.name}
          placeholder="e.g. Public holidays"
          autoComplete="off"
        />
      </Field>
      <Segmented
        aria-label="Where its days come from"
        value={way}
        onValueChange={(next) => setWay(next)}
        options={WAYS}
      />
      {way === 'dates' ? (
        <Days calendar={calendar} error={wrong.dates} />
      ) : (
        <Address calendar={calendar} error={wrong.icsUrl} />
      )}
      {meanwhile && newest && calendar ? (
        <Outdated
          error={saving.error}
          onTheirs={() => take(newest)}
          onMine={isRead ? () => form.current && save(form.current, newest.revision) : null}
        >
          <ChangeList changes={changesOf(calendar, newest)} />
        </Outdated>
      ) : (
        saving.error && Object.keys(wrong).length === 0 && <ProblemNote error={saving.error} />
      )}
      <DialogFooter>
        <Button type="submit" variant="primary" pending={saving.isPending}>
          {calendar ? 'Save' : 'Add it'}
        </Button>
      </DialogFooter>
    </form>
  )
}

const byField = (errors: Record<string, string>) =>
  Object.fromEntries(Object.entries(errors).map(([path, words]) => [path.split('.')[0], words]))

interface PartProps {
  calendar: Calendar | null
  error: string | undefined
}

const Days = ({ calendar, error }: PartProps) => (
  <Field label="Days" hint="One per line. Notes after a date are not saved." error={error}>
    <Textarea
      name="dates"
      className="min-h-32 font-mono tabular-nums"
      defaultValue={calendar?.icsUrl ? '' : calendar?.dates.join('\n')}
      placeholder={'2026-12-25 Christmas\n2027-01-01'}
      autoComplete="off"
      spellCheck={false}
    />
  </Field>
)

const Address = ({ calendar, error }: PartProps) => (
  <Field
    label="Address"
    hint={`Of a calendar in iCalendar format (ICS). Only all-day events count. ${
      calendar?.icsUrl
        ? 'Leave it empty to keep the current one.'
        : 'Stored encrypted, and never shown again.'
    }`}
    error={error}
  >
    <Input
      name="icsUrl"
      inputMode="url"
      placeholder={calendar?.host ? `https://${calendar.host}/…` : 'https://example.com/holidays.ics'}
      autoComplete="off"
      spellCheck={false}
    />
  </Field>
)
