/** The way to where people elsewhere are told, which has a page of its own. */
import { ButtonLink } from '#components/ui/button.tsx'
import { Card, CardHeader, CardTitle } from '#components/ui/card.tsx'

export const TellingPeople = ({ slug }: { slug: string }) => (
  <Card aria-labelledby="telling" className="pb-5">
    <CardHeader>
      <div className="min-w-0">
        <CardTitle id="telling">Notifications</CardTitle>
        <p className="text-sm text-faint">
          Channels and rules: who hears of what fails by mail, in a chat or on a telephone, and what was told.
        </p>
      </div>
      <ButtonLink href={`/w/${slug}/settings/telling`}>Open</ButtonLink>
    </CardHeader>
  </Card>
)
