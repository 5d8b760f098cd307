'use client'
/** Days on which schedules do not run: each calendar with its next days, how it stands, and what goes by it. */
import { lazily } from '#components/ui/lazily.tsx'
import { formatDay } from '#components/ui/instants.ts'
import { CalendarOff } from 'lucide-react'
import { AddDialog } from '#components/ui/add-dialog.tsx'
import { BackLink } from '#components/ui/back-link.tsx'
import { Badge } from '#components/ui/badge.tsx'
import { Button } from '#components/ui/button.tsx'
import { ListCard } from '#components/ui/list-card.tsx'
import { Page } from '#components/ui/page.tsx'
import { RemoveButton } from '#components/ui/remove-button.tsx'
import { RelativeTime } from '#components/ui/time.tsx'
import { useCalendars, useCheckCalendar, useDeleteCalendar } from '#lib/client/calendars.ts'
import { useMay } from '#lib/client/people.ts'
import type { Calendar } from '#lib/contract/calendar.ts'

const CalendarForm = lazily(() => import('./calendar-form.tsx'))
const MOST_SHOWN = 6

export function Calendars({ slug }: { slug: string }) {
  const edits = useMay(slug, 'editor')
  return (
    <Page
      title="Calendars"
      width="narrow"
      back={<BackLink href={`/w/${slug}/settings`}>Settings</BackLink>}
      description="Schedules that name a calendar are skipped on its days, and say so."
    >
      {edits ? (
        <All slug={slug} />
      ) : (
        <p className="text-sm text-soft">Editors of this workspace manage its calendars.</p>
      )}
    </Page>
  )
}

const All = ({ slug }: { slug: string }) => (
  <ListCard
    id="calendars"
    title="Days off"
    about="Each schedule goes by the date in its own time zone."
    action={
      <AddDialog label="Add a calendar" title="Add a calendar">
        {(done) => <CalendarForm slug={slug} calendar={null} onDone={done} />}
      </AddDialog>
    }
    items={useCalendars(slug)}
    empty={{
      icon: <CalendarOff />,
      title: 'No calendars yet',
      words: 'Keep public holidays or a shutdown here, and have schedules leave those days out.',
    }}
  >
    {(it) => <One key={it.id} slug={slug} calendar={it} />}
  </ListCard>
)

function One({ slug, calendar: it }: { slug: string; calendar: Calendar }) {
  const checking = useCheckCalendar(slug)
  return (
    <li className="flex flex-col gap-2 px-5 py-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-52">
          <p className="flex flex-wrap items-center gap-2 font-medium wrap-anywhere">
            {it.name}
            {it.status === 'failing' && <Badge tone="bad">Cannot be read</Badge>}
          </p>
          <p className="text-sm text-soft">{nextDays(it.dates)}</p>
          <p className="text-sm text-faint wrap-anywhere">
            {it.icsUrl === null ? (
              'Entered by hand'
            ) : it.lastCheckedAt === null ? (
              `From ${it.host ?? 'an address'}, not read yet`
            ) : (
              <>
                From {it.host ?? 'an address'}, read <RelativeTime at={it.lastCheckedAt} />
              </>
            )}
            {it.usedBy.length > 0 && `; used by ${it.usedBy.map(({ name }) => name).join(', ')}`}
          </p>
        </div>
        <div className="flex flex-wrap gap-2">
          {it.icsUrl !== null && (
            <Button
              size="sm"
              pending={checking.isPending}
              aria-label={`Read now: ${it.name}`}
              onClick={() => checking.mutate(it.id)}
            >
              Read now
            </Button>
          )}
          <AddDialog label="Edit" title={`Edit ${it.name}`} quiet>
            {(done) => <CalendarForm slug={slug} calendar={it} onDone={done} />}
          </AddDialog>
          <Remove slug={slug} calendar={it} />
        </div>
      </div>
      <p role="status" className="text-sm text-bad wrap-anywhere empty:hidden">
        {checking.error?.message ?? said(it)}
      </p>
      {it.note && <p className="text-sm text-warn wrap-anywhere">{it.note}</p>}
    </li>
  )
}

const said = ({ status, lastError, dates }: Calendar): string | null =>
  status === 'failing' && dates.length > 0
    ? `${lastError} The days that were read last still count.`
    : lastError

/** From yesterday on: somewhere it is still that day. */
function nextDays(dates: readonly string[]): string {
  const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)
  const next = dates.filter((it) => it >= yesterday)
  if (next.length === 0) return dates.length === 0 ? 'No days are known.' : 'All of its days have passed.'
  const shown = next.slice(0, MOST_SHOWN).map(inWords).join(' · ')
  return next.length > MOST_SHOWN ? `${shown} and ${next.length - MOST_SHOWN} more` : shown
}
const inWords = (day: string) =>
  formatDay(day, { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' }).replace(',', '')

function Remove({ slug, calendar: { id, name, usedBy } }: { slug: string; calendar: Calendar }) {
  const remove = useDeleteCalendar(slug)
  return (
    <RemoveButton of={name} title={`Remove “${name}”?`} onConfirm={() => remove.mutateAsync(id)}>
      {usedBy.length === 0
        ? 'No schedule uses it. Runs that were skipped stay skipped.'
        : `It is used by ${usedBy.map((it) => it.name).join(', ')}: take it out of them first.`}
    </RemoveButton>
  )
}
