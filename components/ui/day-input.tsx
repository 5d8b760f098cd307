'use client'
/** A day, as filters have it: the address holds the day itself, whatever the zone. */
import { useId } from 'react'
import { Input } from './input.tsx'

/** Midnight of the reader, that many days later. */
export const midnight = (day: Date, later = 0) =>
  new Date(day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate() + later).toISOString()
/** From the first instant of a day to the last of another, for whoever reads. */
export const spanOf = ({ from, to }: { from: Date | null; to: Date | null }) => ({
  from: from ? midnight(from) : undefined,
  to: to ? midnight(to, 1) : undefined,
})

export function DayInput({
  label,
  value,
  onChange,
}: {
  label: string
  value: Date | null
  onChange(value: Date | null): void
}) {
  const id = useId()
  return (
    <label
      htmlFor={id}
      className="flex min-w-0 flex-1 basis-44 items-center gap-2 text-sm text-soft sm:flex-none"
    >
      <span className="max-sm:min-w-9 shrink-0">{label}</span>
      <Input
        id={id}
        type="date"
        className="w-full sm:w-36"
        value={value ? value.toISOString().slice(0, 10) : ''}
        onChange={({ target: { value: text } }) => onChange(text ? new Date(`${text}T00:00:00Z`) : null)}
      />
    </label>
  )
}
