'use client'
/** The calendars of a schedule by their names, for those who may read them. Loaded with a schedule that has some. */
import { useCalendars } from '#lib/client/calendars.ts'
import { useMay } from '#lib/client/people.ts'

export function NamedCalendars({ slug, ids }: { slug: string; ids: readonly number[] }) {
  return useMay(slug, 'editor') ? <Names slug={slug} ids={ids} /> : countOf(ids)
}

function Names({ slug, ids }: { slug: string; ids: readonly number[] }) {
  const { data } = useCalendars(slug)
  if (!data) return countOf(ids)
  return ids.map((id) => data.find((it) => it.id === id)?.name ?? `calendar ${id}`).join(', ')
}

const countOf = ({ length }: readonly number[]) =>
  length === 1 ? 'of one calendar' : `of ${length} calendars`
