/** The way to the days on which schedules do not run, which have a page of their own. */
import { ButtonLink } from '#components/ui/button.tsx'
import { Card, CardHeader, CardTitle } from '#components/ui/card.tsx'

export const CalendarsLink = ({ slug }: { slug: string }) => (
  <Card aria-labelledby="calendars" className="pb-5">
    <CardHeader>
      <div className="min-w-0">
        <CardTitle id="calendars">Calendars</CardTitle>
        <p className="text-sm text-faint">Public holidays and other days on which schedules do not run.</p>
      </div>
      <ButtonLink href={`/w/${slug}/settings/calendars`}>Open</ButtonLink>
    </CardHeader>
  </Card>
)
