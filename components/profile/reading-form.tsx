'use client'
/** The zone, the clock and the language in which dates and numbers are written. */
import { type FormEvent, useState } from 'react'
import { ZonePicker } from '#components/schedule/zone-picker.tsx'
import { Button } from '#components/ui/button.tsx'
import { Card, CardBody, CardFooter, CardHeader, CardTitle } from '#components/ui/card.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'
import { Select } from '#components/ui/select.tsx'
import { Switch } from '#components/ui/switch.tsx'
import { useZone } from '#components/ui/time.tsx'
import { toast } from '#components/ui/toast.tsx'
import { useChangeMe } from '#lib/client/profile.ts'
import { keepReading } from '#lib/client/reading.ts'
import type { Preferences } from '#lib/contract/profile.ts'
import { LANGUAGES, type Language } from '#lib/contract/reading.ts'

const BROWSER = 'browser'
type Chosen<Value extends string> = Value | typeof BROWSER

const CLOCKS = [
  { value: BROWSER, label: 'As usual in the language' },
  { value: '24', label: '24 hours', hint: '21:30' },
  { value: '12', label: '12 hours', hint: '9:30 PM' },
] as const
const TONGUES = [
  { value: BROWSER, label: 'Same as this browser' },
  ...LANGUAGES.map(([value, label]) => ({ value, label })),
] as const

const orNull = <Value extends string>(it: Chosen<Value>) => (it === BROWSER ? null : it)

export function ReadingForm({ preferences }: { preferences: Preferences }) {
  const changing = useChangeMe()
  const here = useZone()
  const [timezone, setTimezone] = useState(preferences.timezone)
  const [clock, setClock] = useState<Chosen<'12' | '24'>>(preferences.clock ?? BROWSER)
  const [language, setLanguage] = useState<Chosen<Language>>(preferences.language ?? BROWSER)
  function submit(event: FormEvent) {
    event.preventDefault()
    changing.mutate(
      { timezone, clock: orNull(clock), language: orNull(language) },
      {
        // All that is drawn is drawn anew: the server draws it the same way.
        onSuccess: ({ preferences: kept }) =>
          keepReading(kept) ? location.reload() : toast.success('Saved'),
      },
    )
  }
  return (
    <Card aria-labelledby="reading">
      <CardHeader>
        <div className="min-w-0">
          <CardTitle id="reading">Dates, times and numbers</CardTitle>
          <p className="text-sm text-faint">
            Carillon is in English; dates, times and numbers are written your way.
          </p>
        </div>
      </CardHeader>
      <form onSubmit={submit} noValidate>
        <CardBody className="grid gap-5 sm:grid-cols-2">
          <Field
            inline
            label="Use the time zone of my browser"
            hint="It follows you when you travel."
            className="sm:col-span-2"
          >
            <Switch
              checked={timezone === null}
              onCheckedChange={(follows) => setTimezone(follows ? null : (here ?? 'UTC'))}
            />
          </Field>
          {timezone === null ? (
            <Field label="Time zone">
              <Input value={here?.replaceAll('_', ' ') ?? ''} readOnly disabled />
            </Field>
          ) : (
            <ZonePicker value={timezone} onChange={setTimezone} />
          )}
          <Field label="Clock">
            <Select value={clock} options={CLOCKS} onValueChange={setClock} />
          </Field>
          <Field label="Language of dates, numbers and patterns" className="sm:col-span-2">
            <Select value={language} options={TONGUES} onValueChange={setLanguage} />
          </Field>
          {changing.error && <ProblemNote error={changing.error} className="sm:col-span-2" />}
        </CardBody>
        <CardFooter>
          <Button type="submit" variant="primary" pending={changing.isPending}>
            Save
          </Button>
        </CardFooter>
      </form>
    </Card>
  )
}
