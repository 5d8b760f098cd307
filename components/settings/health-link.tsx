/** The way to the checks of the installation, which have a page of their own. */
import { ButtonLink } from '#components/ui/button.tsx'
import { Card, CardHeader, CardTitle } from '#components/ui/card.tsx'

export const HealthLink = ({ slug }: { slug: string }) => (
  <Card aria-labelledby="health" className="pb-5">
    <CardHeader>
      <div className="min-w-0">
        <CardTitle id="health">Health</CardTitle>
        <p className="text-sm text-faint">What is wrong with this installation, and what to do about it.</p>
      </div>
      <ButtonLink href={`/w/${slug}/settings/health`}>Open</ButtonLink>
    </CardHeader>
  </Card>
)
