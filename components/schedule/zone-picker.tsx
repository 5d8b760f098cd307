'use client'
/** A time zone, found by its city or by its distance from UTC. */
import { Combobox } from '#components/ui/combobox.tsx'
import { Field } from '#components/ui/field.tsx'
import type { Option } from '#components/ui/select.tsx'
import { isZone } from '#lib/contract/zone.ts'
import { offsetLabel } from './wall-clock.ts'

/** What a distance is said for: it moves twice a year at most, so that of the page's opening will do. */
const openedMs = Date.now()

const zoneOption = (zone: string): Option => ({
  value: zone,
  label: zone.replaceAll('_', ' '),
  // Worked out when it is looked at: four hundred of them cost a noticeable moment.
  get hint() {
    return isZone(zone) && zone !== 'UTC' ? offsetLabel(zone, openedMs) : undefined
  },
})

let known: Option[] | undefined
/** The browser's list lacks UTC. */
const zones = () => {
  known ??= ['UTC', ...Intl.supportedValuesOf('timeZone').filter((it) => it !== 'UTC')].map(zoneOption)
  return known
}

export function ZonePicker({
  value,
  onChange,
  error,
  hint,
  disabled = false,
}: {
  value: string
  onChange(zone: string): void
  disabled?: boolean
  error?: string | undefined
  hint?: string | undefined
}) {
  const listed = zones()
  const options = listed.some((it) => it.value === value) ? listed : [zoneOption(value), ...listed]
  const distance = isZone(value) && value !== 'UTC' ? `Now ${offsetLabel(value, openedMs)}.` : ''
  return (
    <Field label="Time zone" error={error} hint={[distance, hint].filter(Boolean).join(' ') || undefined}>
      <Combobox
        value={value}
        options={options}
        onValueChange={onChange}
        disabled={disabled}
        placeholder="Search a city"
        empty="No zone is called that. Try a large city nearby."
      />
    </Field>
  )
}
