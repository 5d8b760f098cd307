/** The way to exports and imports, which have a page of their own. */
import { ButtonLink } from '#components/ui/button.tsx'
import { Card, CardHeader, CardTitle } from '#components/ui/card.tsx'

export const ExchangeLink = ({ slug }: { slug: string }) => (
  <Card aria-labelledby="exchange" className="pb-5">
    <CardHeader>
      <div className="min-w-0">
        <CardTitle id="exchange">Export and import</CardTitle>
        <p className="text-sm text-faint">
          Schedules, agents, channels and the rest as a file: to keep in git, or to bring to another
          workspace.
        </p>
      </div>
      <ButtonLink href={`/w/${slug}/settings/exchange`}>Open</ButtonLink>
    </CardHeader>
  </Card>
)
