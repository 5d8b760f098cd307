'use client'
/** On which days a schedule does not run: calendars to choose from. Loaded when somebody asks for it. */
import { Link } from '#components/ui/link.tsx'
import { useId } from 'react'
import { Choice } from '#components/ui/choice.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { Skeleton, Waiting } from '#components/ui/skeleton.tsx'
import { useCalendars } from '#lib/client/calendars.ts'

interface Props {
  slug: string
  chosen: readonly number[]
  error: string | undefined
  onChange(chosen: number[]): void
}

export function SkipDays({ slug, chosen, error, onChange }: Props) {
  const id = useId()
  const calendars = useCalendars(slug)
  if (calendars.error && !calendars.data) return <Problem error={calendars.error} retry={calendars.refetch} />
  if (!calendars.data)
    return (
      <Waiting>
        <Skeleton className="h-10" />
      </Waiting>
    )
  const manage = (
    <Link
      className="font-medium text-accent-text underline underline-offset-4"
      href={`/w/${slug}/settings/calendars`}
    >
      settings, under Calendars
    </Link>
  )
  // What was deleted meanwhile can be let go of.
  const gone = chosen.filter((one) => !calendars.data.some((it) => it.id === one))
  const toggle = (one: number, on: boolean) =>
    onChange(on ? [...chosen, one] : chosen.filter((it) => it !== one))
  return (
    <fieldset className="flex flex-col gap-2" aria-describedby={`${id}-hint`}>
      <legend className="mb-1.5 text-sm font-medium">Skip days</legend>
      {calendars.data.map((it) => (
        <Choice key={it.id} checked={chosen.includes(it.id)} onChange={(on) => toggle(it.id, on)}>
          {it.name}
          {it.status === 'failing' && ' (cannot be read now)'}
        </Choice>
      ))}
      {gone.map((one) => (
        <Choice key={one} checked onChange={(on) => toggle(one, on)}>
          Calendar {one}, which no longer exists
        </Choice>
      ))}
      <p id={`${id}-hint`} className="text-sm text-faint">
        {calendars.data.length === 0 ? (
          <>There is no calendar yet. Add one in the {manage}.</>
        ) : (
          <>It is skipped on their days. Manage them in the {manage}.</>
        )}
      </p>
      {error && (
        <p role="alert" className="text-sm text-bad">
          {error}
        </p>
      )}
    </fieldset>
  )
}
