/** The way to where people elsewhere are told, which has a page of its own. */
import { ButtonLink } from '#components/ui/button.tsx'
import { Card, CardHeader, CardTitle } from '#components/ui/card.tsx'

export const TellingPeople = ({ slug }: { slug: string }) => (
  <Card aria-labelledby="telling" className="pb-5">
    <CardHeader>
      <div className="min-w-0">
        <CardTitle id="telling">Notifications</CardTitle>
        <p className="text-sm text-faint">
          Channels and rules: who is told about failures, by mail, chat or phone, and what was sent.
        </p>
      </div>
      <ButtonLink href={`/w/${slug}/settings/telling`}>Open</ButtonLink>
    </CardHeader>
  </Card>
)
